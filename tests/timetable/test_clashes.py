"""Two lessons at once: for a class, for pupils of two groups, for a teacher, in a room."""

import asyncio
from typing import Any

import pytest

from models import Lesson
from tests.factories import a_school, gid
from tests.factories.timetable import bell
from tests.timetable.story import DAY, Story
from tests.traces import announced, reasons

pytestmark = pytest.mark.usefixtures("database")

_CLASH = ("CLASH", "number")


def _messages(payload: Any) -> list[str]:
    return [error["message"] for error in payload["userErrors"]]


async def test_all_clashes_are_told_at_once(story: Story) -> None:
    room = await story.school.room("305")
    other = await story.school.class_("9А")
    await (await story.klass.section("Химия")).lesson(story.tomorrow, 3)
    await (await other.section("Геометрия", story.teacher)).lesson(story.tomorrow, 3)
    await (await other.section("Биология")).lesson(story.tomorrow, 4, room=room)
    english = await (await story.klass.group("7А англ.", story.pupil)).section("Английский язык")
    await english.lesson(story.tomorrow, 4)
    three = await story.do("MoveLesson", number=3, roomId=gid("Room", room.id))
    assert reasons(three) == [_CLASH, _CLASH]
    assert _messages(three) == [
        "The class has another lesson: «Химия» of 7А is then (lesson 3).",
        "The teacher has another lesson: «Геометрия» of 9А is then (lesson 3).",
    ]
    four = await story.do("MoveLesson", number=4, roomId=gid("Room", room.id))
    assert _messages(four) == [
        "1 of the pupils have another lesson: «Английский язык» of 7А англ. is then (lesson 4).",
        "Room 305 is taken: «Биология» of 9А is then (lesson 4).",
    ]
    assert await story.is_untouched()
    assert await announced(story.school) == []


async def test_groups_without_a_pupil_in_common_have_lessons_at_once(story: Story) -> None:
    other = await story.klass.pupil()
    first = await story.klass.group("7А англ. 1", story.pupil)
    second = await story.klass.group("7А англ. 2", other)
    await (await first.section("Английский язык")).lesson(story.tomorrow, 4)
    german = await second.section("Немецкий язык")
    given = {"sectionId": gid("CourseSection", german.id), "date": str(story.tomorrow), "number": 4}
    joined = await second.enroll(story.pupil, story.tomorrow)
    assert reasons(await story.do("ScheduleLesson", **given)) == [_CLASH]
    await joined.end(story.tomorrow)
    assert (await story.do("ScheduleLesson", **given))["userErrors"] == []


async def test_a_group_is_in_its_class_before_anybody_is_in_the_group(story: Story) -> None:
    empty = await story.klass.group("7А хор")
    choir = await empty.section("Хор")
    given = {"sectionId": gid("CourseSection", choir.id), "date": str(story.tomorrow), "number": 2}
    payload = await story.do("ScheduleLesson", **given)
    assert _messages(payload) == [
        "The class has another lesson: «Алгебра» of 7А is then (lesson 2)."
    ]


async def test_who_stands_in_is_busy_too(story: Story) -> None:
    substitute = await story.school.teacher()
    other = await (await story.school.class_("9А")).section("Геометрия", substitute)
    await other.lesson(story.tomorrow, 3)
    await story.section.substituted_by(substitute, story.tomorrow, story.tomorrow + DAY)
    assert reasons(await story.do("MoveLesson", number=3)) == [_CLASH]
    given = {"sectionId": gid("CourseSection", other.id), "date": str(story.tomorrow), "number": 2}
    assert reasons(await story.do("ScheduleLesson", **given)) == [_CLASH]
    assert await Lesson.filter(section_id=other.id).count() == 1


async def test_times_clash_across_shifts(story: Story) -> None:
    starts_at, ends_at = bell(3)
    other = await (await story.school.class_("9А")).section("Геометрия", story.teacher)
    await other.lesson(story.tomorrow, 1, shift=2, starts_at=starts_at, ends_at=ends_at)
    assert reasons(await story.do("MoveLesson", number=3)) == [_CLASH]
    assert (await story.do("MoveLesson", number=4))["userErrors"] == []


async def test_a_cancelled_lesson_leaves_its_slot_to_others(story: Story) -> None:
    await story.do("CancelLesson", reason="Карантин")
    chemistry = await story.klass.section("Химия", story.teacher)
    given = {"sectionId": gid("CourseSection", chemistry.id), "number": 2}
    given["date"] = str(story.tomorrow)
    assert (await story.do("ScheduleLesson", **given))["userErrors"] == []
    refused = await story.do("RestoreLesson")
    assert reasons(refused) == [("CLASH", "lessonId")] * 2
    assert (await story.row()).cancelled_at is not None


async def test_of_another_school_it_is_told_that_the_teacher_is_busy(story: Story) -> None:
    elsewhere = await (await a_school()).class_("5Г")
    await (await elsewhere.section("Музыка", story.teacher)).lesson(story.tomorrow, 3)
    payload = await story.do("MoveLesson", number=3)
    assert _messages(payload) == ["The teacher has a lesson at another school then."]


async def test_two_who_plan_at_once_do_not_book_twice(story: Story) -> None:
    room = await story.school.room()
    sections = [
        await (await story.school.class_(name)).section("Химия") for name in ("8А", "8Б", "8В")
    ]
    payloads = await asyncio.gather(
        *(
            story.do(
                "ScheduleLesson",
                sectionId=gid("CourseSection", section.id),
                date=str(story.tomorrow),
                number=5,
                roomId=gid("Room", room.id),
            )
            for section in sections
        )
    )
    assert sorted(map(len, map(reasons, payloads))) == [0, 1, 1]
    assert await Lesson.filter(room_id=room.id).count() == 1
