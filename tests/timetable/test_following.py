"""Homework and works that are due at a lesson go with it, and families hear of that."""

from datetime import UTC, datetime

import pytest

from models import Assignment, Homework
from tests.diary import Diary
from tests.factories import gid
from tests.hearing import hearing, now
from tests.sessions import signed_in
from tests.timetable.story import DAY, Story
from tests.traces import announced, deeds, told_students

pytestmark = pytest.mark.usefixtures("database")

_ALL = """subscription ($after: String) { dashboardChanges(after: $after) {
    area kind lesson { date } homework { dueOn } assignment { dueOn } } }"""


async def _given(story: Story) -> tuple[Homework, list[int]]:
    """Homework that is due at the lesson, a work that is written there, and one to be handed in."""
    today = await story.section.lesson(story.school.today, 5)
    homework = await today.homework("№ 12", story.tomorrow, due_lesson_id=story.lesson.id)
    await today.homework("№ 13", due_on=story.tomorrow)
    works = [
        (await story.lesson.assignment(title, due_on=story.tomorrow + days * DAY)).id
        for title, days in (("Контрольная", 0), ("Эссе", 5))
    ]
    return homework, works


async def test_what_is_due_at_a_lesson_moves_with_it(diary: Diary, story: Story) -> None:
    homework, (test, essay) = await _given(story)
    family = await signed_in(diary, await story.pupil.guardian())
    day = story.tomorrow + 2 * DAY
    async with hearing(family, _ALL, after=await now(story.school)) as stream:
        payload = await story.do("MoveLesson", date=str(day))
        assert payload["userErrors"] == []
        told = [(await stream.socket.next(10))["dashboardChanges"] for _ in range(3)]
        await stream.socket.nothing()
    nothing = {"lesson": None, "homework": None, "assignment": None}
    assert told == [
        {**nothing, "area": "LESSONS", "kind": "MOVED", "lesson": {"date": str(day)}},
        {**nothing, "area": "HOMEWORK", "kind": "CHANGED", "homework": {"dueOn": str(day)}},
        {**nothing, "area": "WORKS", "kind": "MOVED", "assignment": {"dueOn": str(day)}},
    ]
    assert [(area, row) for _, area, _, row, _ in await announced(story.school)] == [
        ("LESSONS", story.lesson.id),
        ("HOMEWORK", homework.id),
        ("WORKS", test),
    ]
    assert await told_students(story.school) == [[story.pupil.id]] * 3
    assert (await Homework.get(id=homework.id)).due_on == day
    [deed] = await deeds("Assignment", test)
    before, after = {"due_on": str(story.tomorrow)}, {"due_on": str(day)}
    assert (deed.action, deed.before, deed.after) == ("journal.work_changed", before, after)
    assert (await Assignment.get(id=essay)).due_on == story.tomorrow + 5 * DAY


async def test_a_work_is_never_due_before_its_lesson(story: Story) -> None:
    _, (test, essay) = await _given(story)
    day = story.tomorrow + 6 * DAY
    assert (await story.do("MoveLesson", date=str(day)))["userErrors"] == []
    for work in (test, essay):
        assert (await Assignment.get(id=work)).due_on == day


async def test_another_slot_of_the_same_day_moves_nothing(story: Story) -> None:
    await _given(story)
    assert (await story.do("MoveLesson", number=3))["userErrors"] == []
    areas = [area for _, area, *_ in await announced(story.school)]
    assert areas == ["LESSONS"]


async def test_a_work_of_a_lesson_that_was_cancelled_is_overdue_for_nobody(
    diary: Diary, story: Story
) -> None:
    past = await story.section.lesson(story.school.today - 3 * DAY, 4)
    await past.assignment("Контрольная")
    await past.assignment("Эссе", due_on=story.school.today - DAY)
    family = await signed_in(diary, await story.pupil.guardian())
    asked = "query ($id: ID!) { student(id: $id) { overdueAssignments { title } } }"

    async def overdue() -> list[str]:
        answer = await family.send(asked, id=gid("Student", story.pupil.id))
        return [each["title"] for each in answer.data["student"]["overdueAssignments"]]

    assert await overdue() == ["Контрольная", "Эссе"]
    await past.change(cancelled_at=datetime.now(UTC), cancellation_reason="Карантин")
    assert await overdue() == ["Эссе"]
