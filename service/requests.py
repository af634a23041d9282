"""What every request gets, whatever answers it: an id in logs and answer, and safe headers."""

import os
import re
from collections.abc import Iterable
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.hosts import Hosts
from service.logs import REQUEST_ID

_HEADER = b"x-request-id"
_WELL_FORMED = re.compile(rb"[A-Za-z0-9._-]{8,64}")
# Defaults: a page or a file that needs another value sets its own.
_SAFE = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)


_MISDIRECTED = b'{"error":"This host is not served here: set ALLOWED_HOSTS."}'
_NO_HOST = b""
_SAFE_NAMES = frozenset(name for name, _ in _SAFE)
_HEADS = frozenset({"http.response.start", "websocket.accept"})


class Direct:
    """Sends what is posted to one path to its application, past the routing of all else."""

    def __init__(self, path: str, app: ASGIApp, others: ASGIApp) -> None:
        self._path = path
        self._app = app
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        is_direct = scope.get("method") == "POST" and scope["path"] == self._path
        await (self._app if is_direct else self._others)(scope, receive, send)


class Surroundings:
    """Gives each request its id, in `scope["state"]["request_id"]`, and each answer its headers.

    An `X-Request-Id` of 8 to 64 letters, digits, dots, dashes and underscores is taken over; any
    other is replaced. `cors` wraps the same application for requests of pages, which name their
    origin. What is meant for a host that is none of `hosts` is refused with 421.
    """

    def __init__(self, app: ASGIApp, cors: ASGIApp, hosts: Hosts) -> None:
        self._app = app
        self._cors = cors
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; only the head of its answer is touched."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        given, has_origin, host = _given(scope)
        request_id = given or os.urandom(16).hex().encode()
        told = request_id.decode()
        scope.setdefault("state", {})["request_id"] = told
        # Left as it is at the end: the server logs an unexpected error after the answer.
        REQUEST_ID.set(told)

        async def send_surrounded(message: Message) -> None:
            if message["type"] in _HEADS:
                message["headers"] = _completed(message.get("headers", ()), request_id)
            await send(message)

        if not self._hosts.is_ours(host):
            await _refuse_host(scope, send_surrounded)
            return
        await (self._cors if has_origin else self._app)(scope, receive, send_surrounded)


async def _refuse_host(scope: Scope, send: Send) -> None:
    """Answer a request that was meant for somebody else; a socket is not opened."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close"})
        return
    head = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_MISDIRECTED))]
    status = HTTPStatus.MISDIRECTED_REQUEST
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": _MISDIRECTED})


def _given(scope: Scope) -> tuple[bytes | None, bool, bytes | None]:
    """The request's own id, where it is well-formed, whether it names an origin, and its host."""
    request_id = host = None
    has_origin = False
    for name, value in scope["headers"]:
        if name == b"origin":
            has_origin = True
        elif name == _HEADER and request_id is None and _WELL_FORMED.fullmatch(value):
            request_id = value
        elif name == b"host":
            # Of several the one that a proxy before us believed is unknown.
            host = value if host is None else _NO_HOST
    return request_id, has_origin, host


def _completed(
    headers: Iterable[tuple[bytes, bytes]], request_id: bytes
) -> list[tuple[bytes, bytes]]:
    completed = [*headers, (_HEADER, request_id)]
    present = {name.lower() for name, _ in completed}
    if present.isdisjoint(_SAFE_NAMES):
        completed += _SAFE
    else:
        completed += [pair for pair in _SAFE if pair[0] not in present]
    return completed
