"""A load generator: HTTP/1.1 over kept-alive connections, on bare sockets, for it must cost little.

It runs in a process of its own beside the server's, and answers are checked as they come.
"""

import asyncio
import gc
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import orjson

from bench.figures import Load

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"
_PATIENCE_SECONDS = 30.0

Check = Callable[[bytes], bool]


def request(document: str, variables: dict[str, Any], token: str | None = None) -> bytes:
    """The bytes of one GraphQL request."""
    body = orjson.dumps({"query": document, "variables": variables})
    head = "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    if token is not None:
        head += f"Authorization: Bearer {token}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def ask(url: str, message: bytes) -> bytes:
    """The body that answers one request."""
    return asyncio.run(answer(url, message))


async def answer(url: str, message: bytes) -> bytes:
    """The same, inside of a running loop."""
    bodies: list[bytes] = []

    def keep(body: bytes) -> bool:
        bodies.append(body)
        return True

    # Its time is up at once, so that it sends one request.
    client = _Client(iter([message]), 0.0, keep)
    async with asyncio.timeout(_PATIENCE_SECONDS):
        await asyncio.get_running_loop().create_connection(lambda: client, *address(url))
        await client.done
    return bodies[0]


def press(
    url: str, messages: Sequence[bytes], *, connections: int, seconds: float, check: Check
) -> Load:
    """Send the messages in turn over so many connections, each waiting for its answer.

    Raises RuntimeError where an answer is not a 200 for which `check` holds.
    """
    with _undisturbed():
        return asyncio.run(_press(url, itertools.cycle(messages), connections, seconds, check))


def address(url: str) -> tuple[str, int]:
    """Host and port of a server's address."""
    parts = urlsplit(url)
    if parts.hostname is None or parts.port is None:
        raise ValueError(f"{url} names no host and port.")
    return parts.hostname, parts.port


async def _press(
    url: str, messages: Iterator[bytes], connections: int, seconds: float, check: Check
) -> Load:
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    clients = [_Client(messages, began + seconds, check) for _ in range(connections)]
    async with asyncio.timeout(seconds + _PATIENCE_SECONDS):
        for client in clients:
            await loop.create_connection(partial(_same, client), *address(url))
        await asyncio.gather(*(client.done for client in clients))
    took = time.perf_counter() - began
    return Load([each for client in clients for each in client.latencies], took)


class _Client(asyncio.Protocol):
    """One connection: sends, waits for the whole answer, checks it, sends the next."""

    def __init__(self, messages: Iterator[bytes], until: float, check: Check) -> None:
        self.latencies: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._messages = messages
        self._until = until
        self._check = check
        self._buffer = b""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("A connection is expected.")
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        """Take what came; go on when the answer is whole."""
        self._buffer += data
        head, found, body = self._buffer.partition(_HEAD_END)
        if found and len(body) >= _length(head):
            self.latencies.append(time.perf_counter() - self._sent_at)
            self._buffer = b""
            self._go_on(head, body)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail where the server closed before the last answer."""
        if not self.done.done():
            self.done.set_exception(RuntimeError(f"the connection was closed: {exc}"))

    def _go_on(self, head: bytes, body: bytes) -> None:
        if not head.startswith(b"HTTP/1.1 200 ") or not self._check(body):
            answer = (head.splitlines()[0] + b" " + body[:500]).decode()
            self.done.set_exception(RuntimeError(f"an answer is not as expected: {answer}"))
            self._transport.close()
        elif time.perf_counter() < self._until:
            self._send()
        else:
            self.done.set_result(None)
            self._transport.close()

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        self._transport.write(next(self._messages))


def _same(client: _Client) -> _Client:
    return client


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
