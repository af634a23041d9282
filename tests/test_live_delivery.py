"""Delivery by itself: whoever asks is told, whenever they ask and whatever the database does."""

import asyncio
from collections.abc import Hashable, Sequence
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from access.viewer import Viewer, anonymous
from errors import Unavailable
from models import ChangeArea
from planner.roll import Asked, Standing
from subscriptions import delivery
from subscriptions.delivery import MOST_AT_ONCE, MOST_READ_AT_ONCE, Delivery
from subscriptions.entry import Entry
from subscriptions.told import Told

_NOBODY = anonymous(date(2026, 11, 25), datetime(2026, 11, 25, tzinfo=UTC))


class Hearer:
    """Somebody who asks and notes what they are told."""

    hearing: Any = SimpleNamespace(reach={"MARKS": None})
    key: Hashable = "alike"
    session_id = 1

    def __init__(self) -> None:
        self.viewer = _NOBODY
        self.answer: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()

    async def tell(self, entry: Entry, _reached: object) -> Told:
        return Told(b"%d" % entry.seq, is_personal=False)

    def told(self, _entry: Entry, told: Told | None) -> None:
        self.answer.set_result(None if told is None else told.json(""))

    def failed(self, error: Exception) -> None:
        self.answer.set_exception(error)


def entry(seq: int) -> Entry:
    return Entry("school:1", seq, "RECORDED", None, seq, ChangeArea.MARKS, datetime.now(UTC))


def ask(made: Delivery, seq: int) -> Hearer:
    hearer = Hearer()
    made.ask(hearer, entry(seq), hearer)
    return hearer


async def all_told(hearers: Sequence[Hearer]) -> list[bytes | None]:
    async with asyncio.timeout(5):
        return await asyncio.gather(*(each.answer for each in hearers))


async def after_turns(turns: int) -> None:
    """Let everybody else have so many turns."""
    for _ in range(turns):
        await asyncio.sleep(0)


@pytest.mark.parametrize("turns", range(12))
async def test_who_asks_while_all_who_work_are_done_is_told(
    monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    """They are all done in one and the same turn, and the next one asks in it, or around it."""
    gate = asyncio.Event()

    async def called(_scope: object, _alike: Viewer, asked: Sequence[Asked]) -> list[Standing]:
        await gate.wait()
        return [Standing.REACHED] * len(asked)

    monkeypatch.setattr(delivery, "called", called)
    made = Delivery()
    hearers = []
    for seq in range(1, MOST_AT_ONCE + 1):
        hearers.append(ask(made, seq))
        await after_turns(3)
    # Woken behind them, and so behind the last of them in each turn.
    late = asyncio.create_task(_ask_behind(made, gate, turns))
    await after_turns(3)
    gate.set()
    hearers.append(await late)

    assert await all_told(hearers) == [b"1", b"2", b"3", b"4", b"5"]


async def _ask_behind(made: Delivery, gate: asyncio.Event, turns: int) -> Hearer:
    await gate.wait()
    await after_turns(turns)
    return ask(made, MOST_AT_ONCE + 1)


@pytest.mark.parametrize("fails", ["called", "viewers_of"])
async def test_a_database_that_is_away_delays_and_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    """Whether it goes away before the roll or before the roles are looked at anew."""
    failures, standings = [Unavailable()] * 3, [Standing.CHANGED, Standing.REACHED]

    def fail(where: str) -> None:
        if where == fails and failures:
            raise failures.pop()

    async def called(*_: object) -> list[Standing]:
        fail("called")
        return [standings.pop(0)]

    async def viewers_of(numbers: set[int]) -> dict[int, Viewer]:
        fail("viewers_of")
        return dict.fromkeys(numbers, _NOBODY)

    monkeypatch.setattr(delivery, "called", called)
    monkeypatch.setattr(delivery, "viewers_of", viewers_of)
    monkeypatch.setattr(delivery, "_FIRST_PAUSE", 0.001)

    assert await all_told([ask(Delivery(), 1)]) == [b"1"]
    assert (failures, standings) == ([], [])


async def test_others_have_connections_however_much_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Forty entries, each for one person, are read a few at once."""
    reading, most = 0, 0

    async def called(_scope: object, _alike: Viewer, asked: Sequence[Asked]) -> list[Standing]:
        return [Standing.REACHED] * len(asked)

    async def tell(_: Hearer, entry: Entry, _reached: object) -> Told:
        nonlocal reading, most
        reading += 1
        most = max(most, reading)
        await after_turns(3)
        reading -= 1
        return Told(b"%d" % entry.seq, is_personal=True)

    monkeypatch.setattr(delivery, "called", called)
    monkeypatch.setattr(Hearer, "tell", tell)
    made = Delivery()
    assert await all_told([ask(made, seq) for seq in range(40)]) == [b"%d" % n for n in range(40)]
    assert most == MOST_READ_AT_ONCE
