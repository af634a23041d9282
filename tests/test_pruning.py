"""Old changes are forgotten, from the beginning on; who comes back too late is told so."""

import asyncio
from contextvars import copy_context
from datetime import UTC, datetime, timedelta

import pytest
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from models import ChangeArea, ChangeEntry
from models.alone import Alone
from subscriptions import log, topics
from subscriptions.log import Change, ChangeLog
from subscriptions.pruning import Pruning
from tests.diary import Diary
from tests.factories import serial
from tests.hearing import a_story, hearing, now
from tests.live import end_of
from tests.programs import serving

_KEPT_DAYS = 7
_OLD, _YOUNG = timedelta(days=8), timedelta(days=6)
_SOME_LOCK = f"SELECT pg_advisory_xact_lock({Alone.PRUNING:d})"

pytestmark = pytest.mark.usefixtures("database")


async def a_topic_of(*ages: timedelta) -> str:
    """A topic with an entry of each age, in this order."""
    topic = f"old:{serial()}"
    changes = [Change(topic, ChangeArea.MARKS, "RECORDED", 1)] * len(ages)
    await log.append(get_connection("default"), changes)
    for seq, age in enumerate(ages, start=1):
        await ChangeEntry.filter(topic=topic, seq=seq).update(at=datetime.now(UTC) - age)
    return topic


async def kept(topic: str) -> list[int]:
    return [entry.seq for entry in await ChangeLog().after(topic, 0, 2000)]


async def test_what_is_old_goes_and_the_rest_stays() -> None:
    topic, other = await a_topic_of(_OLD, _OLD, _YOUNG), await a_topic_of(_YOUNG)
    assert await Pruning(_KEPT_DAYS).prune() >= 2
    assert (await kept(topic), await kept(other)) == ([3], [1])


async def test_what_a_clock_set_back_has_made_old_leaves_no_hole() -> None:
    topic = await a_topic_of(_OLD, _YOUNG, _OLD, _YOUNG)
    await Pruning(_KEPT_DAYS).prune()
    assert await kept(topic) == [2, 3, 4]


async def test_a_whole_topic_goes_in_pieces_and_its_last_number_stays() -> None:
    topic = await a_topic_of(*[_OLD] * 1001)
    await Pruning(_KEPT_DAYS).prune()
    assert await kept(topic) == []
    assert await end_of(topic) == 1001


async def test_who_writes_meanwhile_does_not_wait_nor_is_waited_for() -> None:
    topic, outside = await a_topic_of(_OLD, _YOUNG), copy_context()
    async with in_transaction() as connection:
        change = Change(topic, ChangeArea.MARKS, "RECORDED", 1)
        await log.append(connection, [change])
        pruned = asyncio.create_task(Pruning(_KEPT_DAYS).prune(), context=outside)
        assert await asyncio.wait_for(pruned, 5) >= 1
    assert await kept(topic) == [2, 3]


async def test_one_process_prunes_at_a_time() -> None:
    topic, outside = await a_topic_of(_OLD), copy_context()
    async with in_transaction() as connection:
        await connection.execute_query(_SOME_LOCK)
        pruned = asyncio.create_task(Pruning(_KEPT_DAYS).prune(), context=outside)
        assert await asyncio.wait_for(pruned, 5) == 0
        assert await kept(topic) == [1]
    await Pruning(_KEPT_DAYS).prune()
    assert await kept(topic) == []


async def test_a_cursor_from_before_asks_to_read_anew(diary: Diary) -> None:
    story = await a_story(diary)
    before = await now(story.school)
    await story.record()
    after = await now(story.school)
    topic = topics.school(story.school.id)
    await ChangeEntry.filter(topic=topic).update(at=datetime.now(UTC) - _OLD)
    await Pruning(_KEPT_DAYS).prune()

    assert await kept(topic) == []
    async with hearing(story.parent, after=before) as stream:
        assert await stream.end() == ["RESYNC_REQUIRED"]
    async with hearing(story.parent, after=after) as stream:
        mark = await story.record()
        assert await stream.marks(1) == [mark]


async def test_the_service_prunes_by_itself(database: str) -> None:
    topic = await a_topic_of(timedelta(hours=30), timedelta(hours=20))
    with serving(DATABASE_URL=database, CHANGES_KEPT_DAYS="1"):
        async with asyncio.timeout(10):
            while await kept(topic) != [2]:  # noqa: ASYNC110 - it is another process that prunes
                await asyncio.sleep(0.05)
