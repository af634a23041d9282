"""Dated facts give rights from `valid_from` until the day before `valid_until`, by the request."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from models import Position
from tests.diary import Client, Diary
from tests.factories import (
    ClassMade,
    Fact,
    LessonMade,
    PupilMade,
    SchoolMade,
    StaffMade,
    a_school,
    an_event,
    gid,
)

pytestmark = pytest.mark.usefixtures("database")

_STUDENT = "query ($id: ID!) { student(id: $id) { id } }"
_CLASS = "query ($id: ID!) { schoolClass(id: $id) { id } }"
_DIARY = """query ($id: ID!, $from: Date!, $to: Date!) { student(id: $id) {
    diary(from: $from, to: $to) { lessons { topic homework { text } } }
    recentMarks { comment lesson { topic homework { text } } }
} }"""
_EVENTS = "{ viewer { upcomingEvents { title } } }"


@dataclass
class Story:
    """A class with one pupil and one lesson."""

    school: SchoolMade
    klass: ClassMade
    pupil: PupilMade
    lesson: LessonMade

    @property
    def tomorrow(self) -> date:
        return self.school.today + timedelta(days=1)


Granting = Callable[[Story, date], Awaitable[tuple[Any, Fact[Any]]]]


async def _guardianship(story: Story, since: date) -> tuple[Any, Fact[Any]]:
    guardian = await story.pupil.guardian(since=since)
    return guardian, guardian.guardianship


async def _assignment(story: Story, since: date) -> tuple[Any, Fact[Any]]:
    teacher = await story.school.teacher()
    return teacher, await story.lesson.section.taught_by(teacher, since)


async def _post(story: Story, since: date) -> tuple[Any, Fact[Any]]:
    staff = await story.school.staff(Position.HEAD, since=since)
    return staff, staff.post


async def _post_of_a_teacher(story: Story, since: date) -> tuple[Any, Fact[Any]]:
    """Teaching goes on in the rows; without a post it gives nothing."""
    teacher = await story.school.staff(Position.TEACHER, since=since)
    await story.lesson.section.taught_by(teacher)
    return teacher, teacher.post


async def _enrolment(story: Story, since: date) -> tuple[Any, Fact[Any]]:
    """The pupil's own: who is enrolled nowhere is no pupil."""
    await (await story.klass.enrollment(story.pupil)).change(valid_from=since)
    return story.pupil, await story.klass.enrollment(story.pupil)


async def _enrolment_for_staff(story: Story, since: date) -> tuple[Any, Fact[Any]]:
    """The pupil's, as the head sees it: who has left is no longer the school's."""
    _, enrolment = await _enrolment(story, since)
    return await story.school.staff(Position.HEAD), enrolment


async def _enrolment_for_a_teacher(story: Story, since: date) -> tuple[Any, Fact[Any]]:
    _, enrolment = await _enrolment(story, since)
    return story.lesson.section.teacher, enrolment


async def _enrolment_for_the_homeroom(story: Story, since: date) -> tuple[Any, Fact[Any]]:
    _, enrolment = await _enrolment(story, since)
    teacher = await story.school.teacher()
    await story.klass.led_by(teacher)
    return teacher, enrolment


_FACTS = (
    _guardianship,
    _assignment,
    _post,
    _post_of_a_teacher,
    _enrolment,
    _enrolment_for_staff,
    _enrolment_for_a_teacher,
    _enrolment_for_the_homeroom,
)


@pytest.mark.parametrize("grant", _FACTS)
async def test_a_fact_gives_rights_between_its_days(diary: Diary, grant: Granting) -> None:
    story = await _story()
    yesterday = story.school.today - timedelta(days=1)
    person, fact = await grant(story, yesterday)
    client = await diary.as_(person)
    assert await _finds(client, story)
    await fact.end(story.tomorrow)
    assert await _finds(client, story)
    await fact.end(story.school.today)
    assert not await _finds(client, story)
    await fact.change(valid_until=None)
    assert await _finds(client, story)
    await fact.change(valid_from=story.school.today)
    assert await _finds(client, story)
    await fact.change(valid_from=story.tomorrow)
    assert not await _finds(client, story)


async def test_a_pupil_who_moves_takes_the_past_along(diary: Diary) -> None:
    """What was is still read by the family; what the former class does from then on is not."""
    story = await _story()
    today = story.school.today
    before = await story.lesson.section.lesson(today - timedelta(days=3), topic="До")
    await before.homework("Прежнее")
    await before.mark(story.pupil, 5, comment="Было")
    await story.lesson.homework("Новое")
    await (await story.klass.enrollment(story.pupil)).end(today)
    other = await story.school.class_("7Б")
    await other.enroll(story.pupil, since=today)
    author = await story.school.teacher()
    await an_event(author, story.klass, title="Прежний класс")
    await an_event(author, other, title="Новый класс")
    for person in (story.pupil, await story.pupil.guardian()):
        client = await diary.as_(person)
        student = (
            await client.send(
                _DIARY,
                id=gid("Student", story.pupil.id),
                **{"from": str(today - timedelta(days=10)), "to": str(today)},
            )
        ).data["student"]
        lesson = {"topic": "До", "homework": [{"text": "Прежнее"}]}
        assert student["diary"] == [{"lessons": [lesson]}]
        assert student["recentMarks"] == [{"comment": "Было", "lesson": lesson}]
        events = (await client.send(_EVENTS)).data["viewer"]["upcomingEvents"]
        assert events == [{"title": "Новый класс"}]


async def test_a_class_of_tomorrow_is_not_there_today(diary: Diary) -> None:
    story = await _story()
    await (await story.klass.enrollment(story.pupil)).end(story.tomorrow)
    other = await story.school.class_("7Б")
    await other.enroll(story.pupil, since=story.tomorrow)
    author = await story.school.teacher()
    await an_event(author, other, title="Завтрашний класс")
    for person in (story.pupil, await story.pupil.guardian()):
        client = await diary.as_(person)
        answer = await client.send(_CLASS, id=gid("SchoolClass", other.id))
        assert answer.data == {"schoolClass": None}
        assert (await client.send(_EVENTS)).data["viewer"]["upcomingEvents"] == []
        today = await client.send(_CLASS, id=gid("SchoolClass", story.klass.id))
        assert today.data["schoolClass"] is not None


async def test_a_homeroom_ends_with_its_year(diary: Diary) -> None:
    story = await _story()
    teacher: StaffMade = await story.school.teacher()
    await story.klass.led_by(teacher)
    client = await diary.as_(teacher)
    assert await _finds(client, story)
    yesterday = story.school.today - timedelta(days=1)
    await _end_year(story, yesterday)
    assert not await _finds(client, story)
    await _end_year(story, story.school.today)
    assert await _finds(client, story)


async def _end_year(story: Story, last: date) -> None:
    story.school.year.ends_on = last
    await story.school.year.save(update_fields=["ends_on"])


async def _story() -> Story:
    school = await a_school()
    klass = await school.class_("7А")
    pupil = await klass.pupil()
    lesson = await (await klass.section("Алгебра")).lesson(topic="Сегодня")
    return Story(school, klass, pupil, lesson)


async def _finds(client: Client, story: Story) -> bool:
    answer = await client.send(_STUDENT, id=gid("Student", story.pupil.id))
    return answer.data["student"] is not None
