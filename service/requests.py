"""What every request gets, whatever answers it: an id in logs and answer, and safe headers."""

import re
from uuid import uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, clear_contextvars

_HEADER = b"x-request-id"
_WELL_FORMED = re.compile(rb"[A-Za-z0-9._-]{8,64}")
# Defaults: a page or a file that needs another value sets its own.
_SAFE = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)


class Surroundings:
    """Gives each request its id, in `scope["state"]["request_id"]`, and each answer its headers.

    An `X-Request-Id` of 8 to 64 letters, digits, dots, dashes and underscores is taken over; any
    other is replaced.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; only the head of its answer is touched."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id.decode()
        # Left bound at the end: the server logs an unexpected error after the answer.
        clear_contextvars()
        bind_contextvars(request_id=request_id.decode())

        async def send_surrounded(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.accept"}:
                message["headers"] = _completed(list(message.get("headers", ())), request_id)
            await send(message)

        await self._app(scope, receive, send_surrounded)


def _request_id(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == _HEADER and _WELL_FORMED.fullmatch(value):
            return bytes(value)
    return uuid4().hex.encode()


def _completed(headers: list[tuple[bytes, bytes]], request_id: bytes) -> list[tuple[bytes, bytes]]:
    present = {name.lower() for name, _ in headers}
    headers.append((_HEADER, request_id))
    headers.extend(pair for pair in _SAFE if pair[0] not in present)
    return headers
