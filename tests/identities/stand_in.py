"""A stand-in for ESIA that checks what clients say as strictly as ESIA, and may misbehave."""

import asyncio
import base64
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID, uuid4

import jwt
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.identities.cms import is_signed
from tests.identities.declared import ISSUER, REDIRECT_URI, SYSTEM, pair
from tests.servers import free_port, wait_until

_FRESH = timedelta(minutes=1)
Claims = dict[str, Any]


def honest(claims: Claims) -> str:
    """The token that ESIA signs."""
    return jwt.encode(claims, pair("esia").key, algorithm="RS256")


@dataclass
class StandIn:
    """Its people by their oids, and what it does when it is asked.

    `oid` is who sits in front of it. `sign` makes a token of claims; `instead` holds answers that
    replace its own, by the last word of the path.
    """

    url: str
    oid: str = "1000000001"
    trusted: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[Claims], str] = honest
    instead: dict[str, Callable[[], Response]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    _codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)
    _states: set[str] = field(default_factory=set)

    def behave(self) -> None:
        """Be honest and well again."""
        self.sign = honest
        self.instead.clear()
        self.asked.clear()

    def somebody(self, *, trusted: Any = True) -> str:
        """Let a new person sit in front of it."""
        self.oid = str(10**9 + len(self.trusted))
        self.trusted[self.oid] = trusted
        return self.oid

    def routes(self) -> list[Route]:
        return [
            Route("/aas/oauth2/ac", self._authorise, methods=["GET"]),
            Route("/aas/oauth2/te", self._token, methods=["POST"]),
            Route("/rs/prns/{oid}", self._person, methods=["GET"]),
        ]

    async def _authorise(self, request: Request) -> Response:
        given = request.query_params
        expected = {"response_type": "code", "access_type": "online"}
        if not self._is_right(given, expected):
            return Response("ESIA-007003", 400)
        code = str(uuid4())
        self._codes[code] = (self.oid, given["redirect_uri"])
        back = urlencode({"code": code, "state": given["state"]})
        return RedirectResponse(f"{given['redirect_uri']}?{back}")

    async def _token(self, request: Request) -> Response:
        self.asked.append("te")
        if "te" in self.instead:
            return self.instead["te"]()
        given = dict(parse_qsl((await request.body()).decode()))
        expected = {"grant_type": "authorization_code", "token_type": "Bearer"}
        oid, redirect_uri = self._codes.pop(given.get("code", ""), ("", ""))
        if not oid or given["redirect_uri"] != redirect_uri or not self._is_right(given, expected):
            return JSONResponse({"error": "invalid_grant"}, 400)
        token = self.sign(self._claims(oid))
        self._tokens[token] = oid
        return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": 3600})

    async def _person(self, request: Request) -> Response:
        self.asked.append("prns")
        if "prns" in self.instead:
            return self.instead["prns"]()
        oid = request.path_params["oid"]
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or self._tokens.get(token) != oid:
            return JSONResponse({"code": "ESIA-005011"}, 401)
        return JSONResponse({"firstName": "Иван", "trusted": self.trusted[oid]})

    def _claims(self, oid: str) -> Claims:
        now = int(time.time())
        return {
            "iss": ISSUER,
            "client_id": SYSTEM,
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
            "scope": f"openid?oid={oid}",
            "urn:esia:sid": str(uuid4()),
            "urn:esia:sbj_id": int(oid),
        }

    def _is_right(self, given: Mapping[str, str], expected: Mapping[str, str]) -> bool:
        """Whether a request is one of the system's, signed by it just now and never seen before."""
        try:
            moment = datetime.strptime(given["timestamp"], "%Y.%m.%d %H:%M:%S %z")
            is_new = UUID(given["state"]).version == 4 and given["state"] not in self._states
            secret = given["client_secret"]
            signature = base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
            data = f"{given['scope']}{given['timestamp']}{given['client_id']}{given['state']}"
        except (KeyError, ValueError):
            return False
        self._states.add(given["state"])
        public = pair("system").key.public_key()
        return (
            is_new
            and abs(datetime.now(UTC) - moment) < _FRESH
            and given["client_id"] == SYSTEM
            and given["redirect_uri"] == REDIRECT_URI
            and is_signed(signature, data.encode(), public)
            and all(given.get(name) == value for name, value in expected.items())
        )


def slow() -> Response:
    """An answer that begins and does not come to its end."""

    async def pieces() -> Any:
        yield b"{"
        await asyncio.sleep(30)

    return _streamed(pieces())


def huge() -> Response:
    """An answer that is longer than anybody can hold."""

    async def pieces() -> Any:
        for _ in range(1000):
            yield b" " * 65_536
            # Whoever hangs up is only noticed in between.
            await asyncio.sleep(0)

    return _streamed(pieces())


def _streamed(pieces: Any) -> Response:
    return StreamingResponse(pieces, media_type="application/json")


@contextmanager
def serving_esia() -> Iterator[StandIn]:
    """Run one on a loopback port of its own."""
    stand_in = StandIn("")
    with in_thread(Starlette(routes=stand_in.routes())) as url:
        stand_in.url = url
        yield stand_in


@contextmanager
def in_thread(app: Starlette) -> Iterator[str]:
    """Serve the application beside the tests; gives its address."""
    port = free_port()
    config = uvicorn.Config(
        app, port=port, log_level="critical", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started, "a provider to serve")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
