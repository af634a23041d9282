"""Order is that of the commits: not that of the beginnings, nor of any clock."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from models import ChangeArea, ChangeEntry, MarkChangeKind
from subscriptions import log, topics
from subscriptions.log import Change
from tests.diary import Diary
from tests.factories import gid
from tests.hearing import Story, a_story, hearing, now
from tests.locks import waiting

pytestmark = pytest.mark.usefixtures("database")

# Fewer than the pool has connections, since stories and entries are read meanwhile.
WRITERS, MARKS = 6, 5
SLOWEST_SECONDS = 0.05


@pytest.fixture
async def story(diary: Diary) -> Story:
    return await a_story(diary)


async def mark_slowly(story: Story, chance: Random) -> None:
    """Give a mark in a transaction that takes its time; nobody publishes it."""
    async with in_transaction() as connection:
        pauses = [chance.uniform(0, SLOWEST_SECONDS) for _ in range(2)]
        await connection.execute_query("SELECT pg_sleep($1)", [pauses[0]])
        await log.append(connection, [await _marked(story)])
        await connection.execute_query("SELECT pg_sleep($1)", [pauses[1]])


async def _marked(story: Story) -> Change:
    mark = await story.lesson.mark(story.pupil, 5)
    topic = topics.school(story.school.id)
    recorded = MarkChangeKind.RECORDED
    return Change(topic, ChangeArea.MARKS, recorded, mark.id, student_id=story.pupil.id)


async def entries_of(story: Story) -> list[ChangeEntry]:
    return await ChangeEntry.filter(topic=topics.school(story.school.id)).order_by("seq")


async def test_slow_transactions_on_one_topic_are_heard_whole_and_in_order(story: Story) -> None:
    async def write(writer: int) -> None:
        # The same waits in every run.
        chance = Random(writer)  # noqa: S311
        for _ in range(MARKS):
            await mark_slowly(story, chance)

    async with hearing(story.parent, after=await now(story.school)) as stream:
        writing = asyncio.gather(*(write(writer) for writer in range(WRITERS)))
        # And what is recorded through the door in between, which wakes the stream at once.
        for _ in range(MARKS):
            await story.record()
        await writing
        heard = await stream.marks((WRITERS + 1) * MARKS)

    entries = await entries_of(story)
    assert heard == [gid("Mark", each.row_id) for each in entries]
    begun = [each.at for each in entries]
    assert begun != sorted(begun), "each committed in the order in which it began"


async def test_who_commits_first_is_heard_first(story: Story) -> None:
    """The one that began first commits last; the stream hears the other before that."""
    async with hearing(story.parent, after=await now(story.school)) as stream:
        async with in_transaction() as connection:
            early = await _marked(story)
            late = await asyncio.create_task(story.record())
            assert await stream.marks(1) == [late]
            await log.append(connection, [early])
        assert await stream.marks(1) == [gid("Mark", early.row_id)]


async def test_who_holds_the_topic_is_heard_before_whoever_waits_for_it(story: Story) -> None:
    async with hearing(story.parent, after=await now(story.school)) as stream:
        async with in_transaction() as connection:
            first = await _marked(story)
            await log.append(connection, [first])
            recording = asyncio.create_task(story.record())
            await waiting(connection, 1)
        second = await recording
        assert await stream.marks(2) == [gid("Mark", first.row_id), second]


async def test_a_clock_that_is_set_back_changes_no_order(story: Story) -> None:
    before = await now(story.school)
    marks = [await story.record(value) for value in (2, 3, 4)]
    for place, each in enumerate(await entries_of(story)):
        shifted = datetime.now(UTC) + timedelta(minutes=5) * (1 - place)
        await get_connection("default").execute_query(
            "UPDATE change_entry SET at = $1 WHERE id = $2", [shifted, each.id]
        )
    async with hearing(story.parent, after=before) as stream:
        assert await stream.marks(3) == marks
