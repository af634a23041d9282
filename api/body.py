"""The body of a request: read within limits of size and time, and decoded."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson
from starlette.types import Receive

_MOST_IGNORED = 8 * 1024 * 1024
_IGNORED_SECONDS = 2
_SHAPE: Mapping[str, type] = {
    "query": str,
    "documentId": str,
    "operationName": str,
    "variables": dict,
    "extensions": dict,
}

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_KEY = "idempotencyKey"


class Refusal(Exception):
    """A request that is refused before it is one of GraphQL's."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


class Asked(NamedTuple):
    """What a request says, of the right types; what it says beyond this is ignored."""

    query: str | None = None
    document_id: str | None = None
    operation_name: str | None = None
    variables: Mapping[str, Any] | None = None
    extensions: Mapping[str, Any] = _NOTHING

    @property
    def idempotency_key(self) -> str | None:
        """The key under which a mutation is done once, where no header can be sent."""
        return self.extensions.get(_KEY)


async def read(receive: Receive, seconds: float, most: int) -> bytes | None:
    """The whole body, of `most` bytes; None where the client went away.

    Raises `Refusal` with 408 or 413.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    if task is None:
        raise RuntimeError("A body is read by a task.")
    # What asyncio.timeout does, at a third of its price: nearly every body is here already.
    late: list[bool] = []
    timer = loop.call_later(seconds, _give_up, task, late)
    try:
        return await _whole(receive, most)
    except asyncio.CancelledError:
        if not late or task.uncancel():
            raise
        raise Refusal(
            HTTPStatus.REQUEST_TIMEOUT, f"The body did not arrive within {seconds:g} seconds."
        ) from None
    finally:
        timer.cancel()


def check_length(header: str, most: int) -> None:
    """Raise `Refusal` where the body says of itself that it has more than `most` bytes."""
    if header.isdecimal() and (len(header) > len(str(most)) or int(header) > most):
        raise _too_large(most)


def _too_large(most: int) -> Refusal:
    return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A request has at most {most} bytes.")


def asked(body: Any) -> Asked:
    """What a decoded body asks; raises `Refusal` where it has not a request's shape."""
    if not isinstance(body, dict):
        raise _malformed("The body is one JSON object; batches are not taken.")
    for name, kind in _SHAPE.items():
        value = body.get(name)
        if value is not None and not isinstance(value, kind):
            raise _malformed(f"`{name}` is not what it should be.")
    extensions = body.get("extensions") or _NOTHING
    if not isinstance(extensions.get(_KEY), str | None):
        raise _malformed(f"`extensions.{_KEY}` is not what it should be.")
    given = Asked(
        body.get("query"),
        body.get("documentId"),
        body.get("operationName"),
        body.get("variables"),
        extensions,
    )
    if given.query is None and given.document_id is None and "persistedQuery" not in extensions:
        raise _malformed("`query` is missing.")
    return given


def decoded(body: bytes) -> Any:
    """The body as JSON; raises `Refusal` where it is none."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refusal(HTTPStatus.BAD_REQUEST, "The body is no JSON in UTF-8.") from None


async def ignore_rest(receive: Receive) -> None:
    """Let a body that is too large arrive for a while, so that its sender hears the answer.

    A connection that is closed with something unread in it is reset, and the answer lost with it.
    """
    left = _MOST_IGNORED
    with suppress(TimeoutError):
        async with asyncio.timeout(_IGNORED_SECONDS):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body"):
                    return


def _give_up(task: "asyncio.Task[Any]", late: list[bool]) -> None:
    late.append(True)
    task.cancel()


async def _whole(receive: Receive, most: int) -> bytes | None:
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        parts = [body]
        size = len(body)
        while message.get("more_body") and size <= most:
            message = await receive()
            parts.append(message.get("body", b""))
            size += len(parts[-1])
        body = b"".join(parts)
    if message["type"] == "http.disconnect":
        return None
    if len(body) > most:
        raise _too_large(most)
    return body


def _malformed(message: str) -> Refusal:
    return Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, message)
