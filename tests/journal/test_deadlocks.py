"""Whoever gives a mark and whoever plans its lesson wait for each other, and both are done."""

import asyncio
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from models import Lesson, Mark
from tests.factories import gid
from tests.hearing import record
from tests.journal.story import Story
from tests.locks import waiting
from tests.traces import announced, number, reasons

pytestmark = pytest.mark.usefixtures("database")

_HOLD_TOPIC = "UPDATE change_topic SET last_seq = last_seq WHERE topic = $1"


async def _both(story: Story, given: Any) -> Any:
    """Hold the lesson as whoever plans it does, and come to the log when the other holds that."""
    before = await record(story.client, story.lesson, story.pupil, 3)
    async with in_transaction() as connection:
        held = Lesson.filter(id=story.lesson.id).using_db(connection)
        await held.select_for_update().get()
        asked = asyncio.create_task(given())
        await waiting(connection, 1)
        # The other waits for the lesson by now, and is undone when it has waited for a second.
        await connection.execute_query(_HOLD_TOPIC, [f"school:{story.school.id}"])
    return before, await asked


async def test_a_mark_is_given_behind_who_plans_the_lesson(story: Story) -> None:
    first, payload = await _both(story, story.record)
    assert reasons(payload) == []
    marks = [first, payload["mark"]["id"]]
    rows = await Mark.filter(lesson_id=story.lesson.id).order_by("id")
    assert [row.id for row in rows] == [number(each) for each in marks]
    assert [(seq, row) for seq, _, _, row, _ in await announced(story.school)] == [
        (place, number(each)) for place, each in enumerate(marks, start=1)
    ]


async def test_homework_is_given_behind_who_plans_the_lesson(story: Story) -> None:
    async def assign() -> Any:
        lesson = gid("Lesson", story.lesson.id)
        due = str(story.school.today)
        return await story.client.do("AssignHomework", lessonId=lesson, text="№ 1", dueOn=due)

    _, payload = await _both(story, assign)
    assert reasons(payload) == []
    [_, (_, area, kind, row, _)] = await announced(story.school)
    assert (area, kind, row) == ("HOMEWORK", "ASSIGNED", number(payload["homework"]["id"]))
