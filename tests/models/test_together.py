"""Many ask at the same moment, and few statements are sent."""

import asyncio
from collections.abc import Sequence

import pytest
from tortoise.connection import get_connection

from models.statements import counted
from models.together import MOST_OF_A_LOT, Row, Together

_DOUBLED = "SELECT key, 2 * key FROM unnest($1::bigint[]) AS key WHERE key > 0"


class Database:
    """Answers when it is told to, and notes what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[set[int]] = []
        self.gate = asyncio.Event()
        self.together = Together(self._answer)

    async def _answer(self, keys: Sequence[int]) -> Sequence[Row]:
        self.asked.append(set(keys))
        await self.gate.wait()
        if -1 in keys:
            raise ConnectionError
        return [(key, f"row {place} of {key}") for key in keys for place in range(key)]

    def ask(self, *keys: int) -> list[asyncio.Task[Sequence[Row]]]:
        return [asyncio.create_task(self.together.of(key)) for key in keys]


async def _turns() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_who_comes_while_one_is_asked_for_waits_for_the_next() -> None:
    database = Database()
    first = database.ask(1)
    await _turns()
    others = database.ask(2, 0, 2)
    await _turns()
    assert database.asked == [{1}]
    database.gate.set()
    found = await asyncio.gather(*first, *others)
    assert database.asked == [{1}, {0, 2}]
    two = [(2, "row 0 of 2"), (2, "row 1 of 2")]
    assert [list(each) for each in found] == [[(1, "row 0 of 1")], two, [], two]


async def test_who_comes_later_is_told_what_was_read_later() -> None:
    database = Database()
    database.gate.set()
    for _ in range(2):
        await asyncio.gather(*database.ask(1))
    assert database.asked == [{1}, {1}]


async def test_a_lot_is_not_larger_than_it_may_be() -> None:
    database = Database()
    database.gate.set()
    await asyncio.gather(*database.ask(*range(2 * MOST_OF_A_LOT + 1)))
    assert [len(each) for each in database.asked] == [MOST_OF_A_LOT, MOST_OF_A_LOT, 1]


async def test_a_failure_is_told_to_those_who_asked_and_to_nobody_else() -> None:
    database = Database()
    first = database.ask(1)
    await _turns()
    failing = database.ask(-1, 2)
    await _turns()
    database.gate.set()
    await asyncio.gather(*first)
    told = await asyncio.gather(*failing, return_exceptions=True)
    assert [type(each) for each in told] == [ConnectionError] * 2
    assert len(await database.together.of(3)) == 3


async def test_whoever_is_gone_is_not_asked_for_and_keeps_nobody_waiting() -> None:
    database = Database()
    first, gone, other = database.ask(1, 2, 3)
    later = database.ask(4, 5)
    await _turns()
    first.cancel()
    later[0].cancel()
    await _turns()
    database.gate.set()
    assert len(await other) == 3
    assert len(await later[1]) == 5
    assert len(await gone) == 2
    assert database.asked == [{1, 2, 3, 4, 5}]


@pytest.mark.usefixtures("database")
async def test_the_client_asks_postgresql_for_all_who_wait() -> None:
    client = get_connection("default")
    with counted() as count:
        found = await asyncio.gather(*(client.rows_of(key, _DOUBLED) for key in (1, 2, 0)))  # type: ignore[attr-defined]
        await count.settle()
    assert [[tuple(row) for row in rows] for rows in found] == [[(1, 2)], [(2, 4)], []]
    assert count.statements == 3, "each has waited for one"
