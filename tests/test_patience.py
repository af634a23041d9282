"""Connections over which nobody says anything, or half of something, are closed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from service import patience
from tests.servers import free_port

_HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
_SECONDS = 0.3


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Take longer than a head may."""
    await asyncio.sleep(2 * _SECONDS)
    await PlainTextResponse("answered")(scope, receive, send)


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """Return the port of a server that waits for a head for a moment only."""
    monkeypatch.setattr(patience, "HEAD_SECONDS", _SECONDS)
    number = free_port()
    config = uvicorn.Config(
        _answer, port=number, http=patience.ImpatientProtocol, lifespan="off", log_config=None
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())  # noqa: SLF001 — without taking over signals
    while not server.started:  # noqa: ASYNC110 — it has no event
        await asyncio.sleep(0.01)
    yield number
    server.should_exit = True
    await serving


@pytest.mark.parametrize("said", [b"", b"G", _HEAD], ids=["nothing", "a letter", "half a head"])
async def test_a_head_that_does_not_come_is_not_waited_for(port: int, said: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said)
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()


async def test_an_answer_takes_its_time_and_the_connection_goes_on(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(10):
        for _ in range(2):
            writer.write(_HEAD + b"\r\n")
            assert (await reader.readuntil(b"answered")).startswith(b"HTTP/1.1 200")
        # The next one begins and does not come.
        writer.write(_HEAD)
        assert await reader.read() == b""
    writer.close()


@pytest.mark.parametrize(
    "head",
    [
        [_HEAD, b"X-Long: ", b"x" * 300_000, b"\r\n\r\n"],
        [_HEAD, b"X-Many: x\r\n" * 5_000, b"\r\n"],
        [_HEAD, b"X-Endless: ", *[b"x" * 60_000] * 20],
    ],
    ids=["one long header", "many headers", "a header without end"],
)
async def test_a_large_head_is_refused(port: int, head: list[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    # Whoever is still sending may be cut off before the answer arrives.
    answer = b"HTTP/1.1 431 "
    async with asyncio.timeout(10):
        with suppress(ConnectionError):
            for part in head:
                writer.write(part)
                await writer.drain()
            answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 431 ")
    writer.close()


async def test_a_head_of_usual_size_is_taken(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(10):
        for _ in range(2):
            writer.write(_HEAD + b"X-Cookies: " + b"x" * 30_000 + b"\r\n\r\n")
            assert (await reader.readuntil(b"answered")).startswith(b"HTTP/1.1 200")
    writer.close()
