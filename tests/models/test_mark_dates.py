"""A mark's date is its lesson's, whoever writes either of them."""

from datetime import date, timedelta

import pytest

from models import Lesson, Mark
from tests.factories import ClassMade, LessonMade, MarkMade, a_school
from tests.models.story import a_story

pytestmark = pytest.mark.usefixtures("database")

_WEEK = timedelta(days=7)


@pytest.fixture
async def klass() -> ClassMade:
    return await (await a_school()).class_("7А")


@pytest.fixture
async def lesson(klass: ClassMade) -> LessonMade:
    return await (await klass.section("Алгебра")).lesson()


@pytest.fixture
async def mark(klass: ClassMade, lesson: LessonMade) -> MarkMade:
    return await lesson.mark(await klass.pupil(), 5)


async def _date(mark_id: int) -> date:
    return (await Mark.get(id=mark_id)).date


async def test_a_mark_without_a_date_takes_its_lessons() -> None:
    story = await a_story()
    await story.copy("mark", date="NULL")
    dates = await Mark.filter(lesson_id=story.rows["lesson"]).values_list("date", flat=True)
    assert dates == [(await Lesson.get(id=story.rows["lesson"])).date] * 2


async def test_a_mark_follows_its_lesson_to_another_day(lesson: LessonMade, mark: MarkMade) -> None:
    moved = lesson.row.date + _WEEK
    await Lesson.filter(id=lesson.id).update(date=moved)
    assert await _date(mark.id) == moved


async def test_a_mark_at_another_lesson_has_that_lessons_date(
    lesson: LessonMade, mark: MarkMade
) -> None:
    later = await lesson.section.lesson(on=lesson.row.date + _WEEK)
    await Mark.filter(id=mark.id).update(lesson_id=later.id)
    assert await _date(mark.id) == later.row.date
