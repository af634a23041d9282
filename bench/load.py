"""A load generator: HTTP/1.1 over kept-alive connections, on bare sockets, for it must cost little.

It runs in a process of its own beside the server's, and answers are checked as they come.
"""

import asyncio
import gc
import itertools
import math
import selectors
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlsplit

import orjson

from bench.figures import Load

_HEAD_END = b"\r\n\r\n"
_GOOD = b"HTTP/1.1 200 "
_LENGTH = b"content-length:"
_CHUNK = 1 << 18
_PATIENCE_SECONDS = 60.0

Check = Callable[[bytes], bool]


def request(
    document: str,
    variables: dict[str, Any],
    token: str | None = None,
    extensions: dict[str, Any] | None = None,
) -> bytes:
    """The bytes of one GraphQL request."""
    asked = {"query": document, "variables": variables}
    return posted(orjson.dumps(asked | ({"extensions": extensions} if extensions else {})), token)


def posted(body: bytes, token: str | None = None) -> bytes:
    """The bytes of a request with this body."""
    head = "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    if token is not None:
        head += f"Authorization: Bearer {token}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def ask(url: str, message: bytes) -> bytes:
    """The body that answers one request."""
    bodies: list[bytes] = []

    def keep(body: bytes) -> bool:
        bodies.append(body)
        return True

    # Its time is up at once, so that it sends one request.
    press(url, [message], connections=1, seconds=0.0, check=keep)
    return bodies[0]


async def answer(url: str, message: bytes) -> bytes:
    """The same, beside a running loop."""
    return await asyncio.to_thread(ask, url, message)


def press(
    url: str,
    messages: Sequence[bytes],
    *,
    connections: int,
    seconds: float,
    check: Check | bytes,
) -> Load:
    """Send the messages in turn over so many connections, each waiting for its answer.

    Raises RuntimeError where an answer is not a 200 whose body is `check`, or for which it holds.
    """
    return _load(url, itertools.cycle(messages), connections, seconds, check)


def send(url: str, messages: Iterator[bytes], *, connections: int, check: Check | bytes) -> Load:
    """Send each of the messages once, as `press` does."""
    return _load(url, messages, connections, math.inf, check)


def _load(
    url: str, messages: Iterator[bytes], connections: int, seconds: float, check: Check | bytes
) -> Load:
    with _undisturbed(), ExitStack() as stack:
        selector = stack.enter_context(selectors.DefaultSelector())
        clients = [
            _Client(stack.enter_context(socket.create_connection(address(url))), check)
            for _ in range(connections)
        ]
        for each in clients:
            each.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(each.socket, selectors.EVENT_READ, each)
        began, own = time.perf_counter(), time.process_time()
        latencies = _pressed(selector, clients, messages, began + seconds)
        took, own = time.perf_counter() - began, time.process_time() - own
    return Load(latencies, took, own)


def address(url: str) -> tuple[str, int]:
    """Host and port of a server's address."""
    parts = urlsplit(url)
    if parts.hostname is None or parts.port is None:
        raise ValueError(f"{url} names no host and port.")
    return parts.hostname, parts.port


class _Client:
    """One connection: sends, waits for the whole answer, checks it."""

    __slots__ = ("_body", "_buffer", "_check", "sent_at", "socket")

    def __init__(self, own: socket.socket, check: Check | bytes) -> None:
        self.socket = own
        self.sent_at = 0.0
        self._body = check if isinstance(check, bytes) else None
        self._check = check.__eq__ if isinstance(check, bytes) else check
        self._buffer = b""

    def send(self, message: bytes) -> None:
        """Send a request."""
        self.sent_at = time.perf_counter()
        self.socket.sendall(message)

    def receive(self) -> bool:
        """Take what came; whether the answer is whole. Raises RuntimeError for a wrong one."""
        came = self.socket.recv(_CHUNK)
        self._buffer = self._buffer + came if self._buffer else came
        if not came:
            raise RuntimeError("the connection was closed before its answer was whole.")
        if self._is_as_expected() or self._is_whole():
            self._buffer = b""
            return True
        return False

    def _is_as_expected(self) -> bool:
        """Seen without reading the head, which costs more than all else."""
        body = self._body
        return body is not None and self._buffer.endswith(body) and self._buffer.startswith(_GOOD)

    def _is_whole(self) -> bool:
        head, found, body = self._buffer.partition(_HEAD_END)
        if not found or len(body) < _length(head):
            return False
        if not head.startswith(_GOOD) or not self._check(body):
            answer = (head.splitlines()[0] + b" " + body[:500]).decode(errors="replace")
            raise RuntimeError(f"an answer is not as expected: {answer}")
        return True


def _pressed(
    selector: selectors.BaseSelector,
    clients: Sequence[_Client],
    messages: Iterator[bytes],
    until: float,
) -> list[float]:
    """The seconds of each request; all that were sent are waited for."""
    latencies: list[float] = []
    waiting = 0
    for each, message in zip(clients, messages, strict=False):
        each.send(message)
        waiting += 1
    while waiting:
        ready = selector.select(_PATIENCE_SECONDS)
        if not ready:
            raise RuntimeError(f"nothing was answered for {_PATIENCE_SECONDS:g} seconds.")
        for key, _ in ready:
            client: _Client = key.data
            if not client.receive():
                continue
            now = time.perf_counter()
            latencies.append(now - client.sent_at)
            if now < until and (following := next(messages, None)) is not None:
                client.send(following)
            else:
                waiting -= 1
    return latencies


def _length(head: bytes) -> int:
    lines = (line for line in head.lower().splitlines() if line.startswith(_LENGTH))
    return int(next(lines).removeprefix(_LENGTH))


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep the garbage collector away, whose pauses would be taken for the server's."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
