"""A homeroom teacher reads the class's journal, and writes where the school's policy lets them."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from models import Homework, Mark, SchoolPolicy
from tests.diary import Client, Diary
from tests.factories import LessonMade, StaffMade, gid
from tests.journal.story import Story, a_story, page_of, untouched
from tests.sessions import signed_in
from tests.traces import deeds_of, reasons

pytestmark = pytest.mark.usefixtures("database")

_OPERATIONS = ("RecordMark", "CorrectMark", "RemoveMark", "AssignHomework")


@dataclass
class Led:
    """A class, whose homeroom teacher teaches it nothing."""

    story: Story
    leader: StaffMade
    client: Client

    async def policy(self, *, on: bool) -> None:
        await SchoolPolicy.update_or_create(
            {"homeroom_writes_marks": on}, organization_id=self.story.school.id
        )

    async def write(self, lesson: LessonMade) -> dict[str, str | None]:
        """Every way to write at the lesson, and the error that came of it."""
        mark = await lesson.mark(self.story.pupil, 3)
        at, pupil = {"lessonId": gid("Lesson", lesson.id)}, gid("Student", self.story.pupil.id)
        changed = {"markId": gid("Mark", mark.id), "reason": "Описка"}
        due_on = str(lesson.row.date + timedelta(days=1))
        told = {}
        for operation, given in (
            ("RecordMark", {**at, "studentId": pupil, "value": 5}),
            ("CorrectMark", {**changed, "version": 1, "value": 5}),
            ("RemoveMark", {**changed, "version": 2}),
            ("AssignHomework", {**at, "text": "№ 1", "dueOn": due_on}),
        ):
            errors = reasons(await self.client.do(operation, **given))
            told[operation] = errors[0][0] if errors else None
        if told["CorrectMark"]:
            await untouched(mark)
        return told


@pytest.fixture
async def led(diary: Diary) -> Led:
    story = await a_story(diary)
    leader = await story.school.teacher()
    await story.klass.led_by(leader)
    return Led(story, leader, await signed_in(diary, leader))


async def test_without_a_policy_they_read_and_note_attendance(led: Led) -> None:
    lesson = led.story.lesson
    assert await led.write(lesson) == dict.fromkeys(_OPERATIONS, "FORBIDDEN")
    assert await Mark.filter(lesson_id=lesson.id).count() == 1
    assert await Homework.filter(lesson_id=lesson.id).count() == 0
    assert await deeds_of(led.leader.id) == 0
    entry = {"studentId": gid("Student", led.story.pupil.id), "code": "LATE"}
    payload = await led.client.do(
        "RecordAttendance", lessonId=gid("Lesson", lesson.id), entries=[entry]
    )
    assert payload["userErrors"] == []
    assert len((await page_of(led.story, client=led.client))["rows"]) == 1


async def test_the_policy_is_a_fact_that_begins_and_ends(led: Led) -> None:
    for on, told in ((True, None), (False, "FORBIDDEN"), (True, None)):
        await led.policy(on=on)
        assert await led.write(led.story.lesson) == dict.fromkeys(_OPERATIONS, told)


async def test_it_is_of_the_own_class_and_its_groups(led: Led) -> None:
    await led.policy(on=True)
    klass = led.story.klass
    group = await klass.group("Английский, 1-я группа")
    await group.enroll(led.story.pupil)
    in_group = await (await group.section("Английский язык")).lesson()
    assert await led.write(in_group) == dict.fromkeys(_OPERATIONS)

    other = await led.story.school.class_("7Б")
    await other.pupil()
    elsewhere = await (await other.section("Алгебра")).lesson()
    assert await led.write(elsewhere) == {
        # Of the mark of their own pupil they know, wherever it was given.
        **dict.fromkeys(_OPERATIONS, "NOT_FOUND"),
        "CorrectMark": "FORBIDDEN",
        "RemoveMark": "FORBIDDEN",
    }


async def test_a_policy_of_another_school_opens_nothing(diary: Diary, led: Led) -> None:
    other = await a_story(diary)
    await SchoolPolicy.create(organization=other.school.row, homeroom_writes_marks=True)
    assert await led.write(led.story.lesson) == dict.fromkeys(_OPERATIONS, "FORBIDDEN")
