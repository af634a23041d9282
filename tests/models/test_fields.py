"""Columns whose values Tortoise would not carry there and back by itself."""

from datetime import time

import pytest

from models import DiaryEntry, Lesson
from tests.factories import a_school

pytestmark = pytest.mark.usefixtures("database")


async def test_a_clock_time_comes_back_without_a_zone_and_can_be_written_again() -> None:
    klass = await (await a_school()).class_("7А")
    pupil = await klass.pupil()
    made = await (await klass.section("Алгебра")).lesson(number=2)

    lesson = await Lesson.get(id=made.id)
    await lesson.save()
    for row in (await Lesson.get(id=made.id), await DiaryEntry.get(student_id=pupil.id)):
        assert (row.starts_at, row.ends_at) == (time(9, 25), time(10, 10))
    assert await Lesson.filter(id=made.id, starts_at=time(9, 25)).count() == 1
