"""Memory over churn: sockets, streams, documents and topics come and go, and the worker stays."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack

import httpx
import pytest

from bench.process import memory
from tests.diary import Diary
from tests.hearing import Story, a_story
from tests.programs import Program, serving

pytestmark = pytest.mark.usefixtures("database")

_ROUNDS, _WARM = 10, 4
_SOCKETS, _AT_ONCE, _KEPT = 150, 25, 100
_MOST_GROWN_MEGABYTES = 15


@pytest.fixture
async def churned(database: str) -> AsyncIterator[tuple[Program, list[Story]]]:
    """One worker, and families of three schools."""
    room = {"MAX_SOCKETS_PER_SESSION": "1000", "MAX_SUBSCRIPTIONS_PER_SESSION": "1000"}
    with serving(DATABASE_URL=database, **room) as program:
        async with httpx.AsyncClient(timeout=20) as http:
            yield program, [await a_story(Diary(program.url, http)) for _ in range(3)]


async def test_memory_levels_off_however_many_come_and_go(
    churned: tuple[Program, list[Story]],
) -> None:
    program, stories = churned
    held = []
    open_ones: deque[AsyncExitStack] = deque()
    try:
        for turn in range(_ROUNDS):
            await _come_and_go(stories, turn, open_ones)
            held.append(memory(program.process.pid).held)
    finally:
        await _close(open_ones, 0)
    told = ", ".join(f"{each:.0f}" for each in held)
    print(f"megabytes after each {_SOCKETS} sockets, twice as many documents: {told}")  # noqa: T201  # shown by pytest -rP

    assert held[-1] - held[_WARM] < _MOST_GROWN_MEGABYTES


async def _come_and_go(
    stories: Sequence[Story], turn: int, open_ones: deque[AsyncExitStack]
) -> None:
    """Open sockets with a stream each, tell them of a mark, and close those that came first."""
    numbers = range(turn * _SOCKETS, (turn + 1) * _SOCKETS)
    for first in numbers[::_AT_ONCE]:
        some = [
            (stories[number % len(stories)], number) for number in range(first, first + _AT_ONCE)
        ]
        open_ones += await asyncio.gather(*(_opened(*each) for each in some))
        await stories[turn % len(stories)].record()
        await _close(open_ones, _KEPT)


async def _opened(story: Story, number: int) -> AsyncExitStack:
    """A socket of the parent's that listens, and has asked something, by documents of its own."""
    stack = AsyncExitStack()
    socket = await stack.enter_async_context(story.parent.socket())
    await socket.subscribe(f"query {{ q{number}: __typename }}")
    for _ in range(2):
        await socket.receive()
    mark = "markChanges { cursor mark { id text student { id fullName } } }"
    await socket.subscribe(f"subscription {{ s{number}: {mark} }}")
    await socket.settled()
    return stack


async def _close(open_ones: deque[AsyncExitStack], kept: int) -> None:
    while len(open_ones) > kept:
        await open_ones.popleft().aclose()
