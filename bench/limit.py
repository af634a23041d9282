"""The limit: what a hand-written program can do, served exactly as the service is.

A bare ASGI application that answers a few known operations, each by one hand-written statement in
which PostgreSQL checks the rights and builds the whole answer. It parses no GraphQL and knows one
role for each operation; nothing that answers any document can be faster. It is run as a program.
"""

import base64
import os
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import asyncpg
import orjson

import settings as configuration
from access.tokens import Claims, TokenSigner
from models.database import config
from service import logs, server
from settings import Settings

Values = tuple[Any, ...]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

_STATEMENTS = Path(__file__).parent / "statements"
_CONNECTIONS = 20  # as many as a worker of the service has


def _number(given: str) -> int:
    return int(base64.b64decode(given).partition(b":")[2])


def _of_mark(given: Mapping[str, Any]) -> Values:
    asked = given["input"]
    return _number(asked["lessonId"]), _number(asked["studentId"]), asked["value"]


# For each operation, by the first words of its document: the statement's file, and how its
# parameters behind session and account are taken from the variables.
_OPERATIONS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], Values]]] = {
    "query DiaryWeek": (
        "diary_week",
        lambda given: (
            _number(given["studentId"]),
            date.fromisoformat(given["from"]),
            date.fromisoformat(given["to"]),
        ),
    ),
    "query ParentDashboard": ("parent_dashboard", lambda _given: ()),
    "query ClassJournal": (
        "class_journal",
        lambda given: tuple(_number(given[name]) for name in ("classId", "subjectId", "termId")),
    ),
    "query Inbox": ("inbox", lambda given: (given["first"],)),
    "query Tiny": ("tiny", lambda _given: ()),
    "mutation RecordMark": ("record_mark", _of_mark),
}


class Limit:
    """The application of one worker."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._signer = TokenSigner(settings.secret_key)
        self._verified: dict[bytes, Claims] = {}
        self._statements = {
            name: ((_STATEMENTS / f"{file}.sql").read_text(), values)
            for name, (file, values) in _OPERATIONS.items()
        }

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"] == "/graphql":
            await _answer(send, await self._ask(scope["headers"], await _body(receive)))
        else:
            await _answer(send, b"{}")

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        url, zone = self._settings.database_url, self._settings.timezone.key
        connection = config(url, timezone=zone)["connections"]["default"]["credentials"]
        self._pool = await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=_CONNECTIONS,
            # Nothing that is done here leaves anything behind, so there is nothing to reset.
            reset=_nothing,
            server_settings=connection["server_settings"],
        )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._pool.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _ask(self, headers: list[tuple[bytes, bytes]], body: bytes) -> bytes:
        asked = orjson.loads(body)
        claims = self._claims(next(value for name, value in headers if name == b"authorization"))
        words = asked["query"].replace("(", " ", 1).split(None, 2)
        statement, values = self._statements[f"{words[0]} {words[1]}"]
        given = values(asked["variables"])
        answer: bytes = await self._pool.fetchval(
            statement, claims.session_id, claims.account_id, *given
        )
        return answer

    def _claims(self, header: bytes) -> Claims:
        """What a token says, verified once in its life; one that has run out is looked at again."""
        claims = self._verified.get(header)
        if claims is None or claims.expires_at < datetime.now(UTC):
            claims = self._signer.verify(header.decode().removeprefix("Bearer "))
            self._verified[header] = claims
        return claims


async def _nothing(_connection: Any) -> None:
    """Do nothing."""


async def _body(receive: Receive) -> bytes:
    parts = b""
    more = True
    while more:
        message = await receive()
        parts += message.get("body", b"")
        more = message.get("more_body", False)
    return parts


async def _answer(send: Send, body: bytes) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def create() -> Limit:
    """Make the application of one worker, from the environment."""
    settings = configuration.load(os.environ)
    logs.set_up(settings.log_level, for_people=False)
    return Limit(settings)


def main() -> None:
    """Serve as the service does: the same workers, and uvicorn with the same settings."""
    settings = configuration.load(os.environ)
    listener = server.bound(settings.host, settings.port)
    server.run(settings, "bench.limit:create", listener, lambda: None)


if __name__ == "__main__":
    main()
