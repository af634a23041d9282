"""Whoever gives a mark and whoever plans its lesson wait for each other, and both are done."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from errors import Deadlocked
from models import Lesson
from tests.factories import gid
from tests.hearing import record
from tests.journal.story import Story
from tests.locks import waiting
from tests.traces import announced, number, reasons

pytestmark = pytest.mark.usefixtures("database")

_HOLD_TOPIC = "UPDATE change_topic SET last_seq = last_seq WHERE topic = $1"
_TRIES = 5


async def _behind_a_planner(story: Story, write: Callable[[], Awaitable[Any]]) -> Any:
    """Hold the lesson as whoever plans it does, and come to the log when the other holds that.

    PostgreSQL undoes whoever has waited for a second first: the other, or else it is tried again.
    """
    await record(story.client, story.lesson, story.pupil, 3)
    for _ in range(_TRIES):
        try:
            async with in_transaction() as connection:
                await Lesson.select_for_update().using_db(connection).get(id=story.lesson.id)
                writing = asyncio.create_task(_payload(write))
                await waiting(connection, 1)
                await connection.execute_query(_HOLD_TOPIC, [f"school:{story.school.id}"])
        except Deadlocked:
            assert reasons(await writing) == []
        else:
            return await writing
    raise AssertionError("The other was never undone.")


async def _payload(write: Callable[[], Awaitable[Any]]) -> Any:
    return await write()


async def _last(story: Story) -> tuple[str, str, int]:
    *_, (_, area, kind, row, _) = await announced(story.school)
    return area, kind, row


async def test_a_mark_is_given_behind_whoever_plans_the_lesson(story: Story) -> None:
    payload = await _behind_a_planner(story, story.record)
    assert reasons(payload) == []
    assert await _last(story) == ("MARKS", "RECORDED", number(payload["mark"]["id"]))
    assert await story.marks() == len(await announced(story.school))


async def test_homework_is_given_behind_whoever_plans_the_lesson(story: Story) -> None:
    async def assign() -> Any:
        lesson, due = gid("Lesson", story.lesson.id), str(story.school.today)
        return await story.client.do("AssignHomework", lessonId=lesson, text="№ 1", dueOn=due)

    payload = await _behind_a_planner(story, assign)
    assert reasons(payload) == []
    assert await _last(story) == ("HOMEWORK", "ASSIGNED", number(payload["homework"]["id"]))
