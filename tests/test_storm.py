"""Everybody comes back at once after a cut: all are served soon, and others hardly notice."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from tests.cuttable import Line, cuttable
from tests.diary import Client, Diary
from tests.hearing import Story, a_story, hearing, now
from tests.live import eventually
from tests.programs import Program, serving
from tests.workers import worker_of

pytestmark = pytest.mark.usefixtures("database")

MANY = 300
_WITHIN_SECONDS = 10.0
_OTHERS_WAIT_SECONDS = 2.0
_HEARING = "subscription ($after: String) { markChanges(after: $after) { cursor markId } }"


@pytest.fixture(scope="module")
def program(database: str) -> Iterator[Program]:
    room = {"MAX_SOCKETS_PER_SESSION": "1000", "MAX_SUBSCRIPTIONS_PER_SESSION": "1000"}
    with serving(DATABASE_URL=database, **room) as program:
        yield program


@pytest.fixture
async def story(program: Program) -> AsyncIterator[Story]:
    async with httpx.AsyncClient(timeout=20) as http:
        yield await a_story(Diary(program.url, http))


@pytest.fixture
async def line(program: Program) -> AsyncIterator[Line]:
    async with cuttable(program.url) as line:
        yield line


async def test_three_hundred_are_back_within_ten_seconds(
    program: Program, story: Story, line: Line
) -> None:
    parent = Client(line.url, story.parent.http, story.parent.token)
    async with hearing(story.parent) as kept, AsyncExitStack() as stack:
        pid = worker_of(program, kept.socket.connection.local_address[1])
        before, begun = open_files(pid), await now(story.school)
        for _ in range(MANY):
            await stack.enter_async_context(hearing(parent, _HEARING, after=begun))
        await eventually(lambda: open_files(pid) >= before + MANY, "all to be connected")
        assert line.cut() == MANY
        await eventually(lambda: open_files(pid) < before + MANY // 10, "all to be forgotten")
        mark = await story.record()

        others = asyncio.create_task(waits(story.teacher))
        began = time.monotonic()
        async with asyncio.timeout(_WITHIN_SECONDS):
            heard = await asyncio.gather(*(back(parent, begun) for _ in range(MANY)))
        seconds = time.monotonic() - began
        others.cancel()
        longest = max(await others)
        await eventually(lambda: open_files(pid) < before + MANY // 10, "all to be forgotten")

    print(f"{MANY} back in {seconds:.1f} s, others waited {longest:.2f} s")  # noqa: T201  # shown by pytest -rP
    assert heard == [mark] * MANY
    assert longest < _OTHERS_WAIT_SECONDS


async def back(client: Client, after: str) -> str:
    """The mark that somebody who comes back has missed."""
    async with hearing(client, _HEARING, after=after) as stream:
        (mark,) = await stream.marks(1)
        return mark


async def waits(client: Client) -> list[float]:
    """How long one query after the other takes, until it is cancelled."""
    seconds: list[float] = []
    while True:
        began = time.monotonic()
        try:
            assert (await client.send("{ viewer { login } }")).data
        except asyncio.CancelledError:
            return seconds
        seconds.append(time.monotonic() - began)


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))
