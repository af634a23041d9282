"""Everybody comes back at once: all are served in time, others too, and nothing stays behind."""

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from tests.diary import Client, Diary
from tests.hearing import Hearing, a_story, hearing, now
from tests.live import eventually
from tests.programs import serving
from tests.workers import worker_of

pytestmark = pytest.mark.usefixtures("database")

_MANY = 300
_SECONDS, _PROBE_SECONDS = 10.0, 2.0
# Connections to the database that are kept for later.
_POOL = 20


def _open_files(pid: int) -> int:
    return len([*Path(f"/proc/{pid}/fd").iterdir()])


async def _probes(client: Client, until: asyncio.Event) -> list[float]:
    """How long each of the questions took that were asked one after the other meanwhile."""
    seconds = []
    while not until.is_set():
        began = time.monotonic()
        assert (await client.send("{ viewer { id } }")).data["viewer"]
        seconds.append(time.monotonic() - began)
    return seconds


async def test_three_hundred_come_back_and_nothing_stays_behind(database: str) -> None:
    room = {"MAX_SOCKETS_PER_SESSION": "1000", "MAX_SUBSCRIPTIONS_PER_SESSION": "1000"}
    with serving(DATABASE_URL=database, **room) as program:
        async with httpx.AsyncClient(timeout=20) as http:
            story = await a_story(Diary(program.url, http))
            begun = await now(story.school)
            mark = await story.record()
            async with hearing(story.parent, after=begun) as first:
                pid = worker_of(program, first.socket.connection.local_address[1])
                before = _open_files(pid)
            over = asyncio.Event()
            probing = asyncio.create_task(_probes(story.parent, over))
            async with AsyncExitStack() as stack:
                began = time.monotonic()
                heard = await asyncio.gather(
                    *(_missed(stack, story.parent, begun) for _ in range(_MANY))
                )
                seconds = time.monotonic() - began
                over.set()
                probes = await probing
                assert _open_files(pid) >= before + _MANY - 1
            await eventually(lambda: _open_files(pid) <= before + _POOL, "all to be closed")
    print(f"{_MANY} were back after {seconds:.1f} s; others waited {max(probes):.2f} s at most")  # noqa: T201  # shown by pytest -rP

    assert heard == [mark] * _MANY
    assert seconds < _SECONDS
    assert max(probes) < _PROBE_SECONDS


async def _missed(stack: AsyncExitStack, client: Client, after: str) -> str:
    """The mark that somebody is told who comes back."""
    stream: Hearing = await stack.enter_async_context(hearing(client, after=after))
    (mark,) = await stream.marks(1)
    return mark
