"""Homework: given at a lesson, read in the diary."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from models import AuditEntry, Homework, Position
from tests.diary import Client, Diary
from tests.factories import LessonMade, PupilMade, StaffMade, a_school, gid
from tests.sessions import signed_in
from tests.traces import Deed, announced, deeds, number, reasons, told_students

pytestmark = pytest.mark.usefixtures("database")

_DAY = timedelta(days=1)


@dataclass
class Story:
    """A lesson with its teacher's client and a pupil."""

    lesson: LessonMade
    pupil: PupilMade
    teacher: StaffMade
    client: Client

    def given(self, **given: Any) -> dict[str, Any]:
        usual = {
            "lessonId": gid("Lesson", self.lesson.id),
            "text": "№ 12",
            "dueOn": str(self.lesson.row.date + _DAY),
        }
        return usual | given


@pytest.fixture(scope="module")
async def story(diary: Diary) -> Story:
    """One story for tests that only compare it before with it after."""
    return await _a_story(diary)


async def _a_story(diary: Diary) -> Story:
    school = await a_school()
    klass = await school.class_("7А")
    teacher = await school.teacher()
    lesson = await (await klass.section("Алгебра", teacher)).lesson()
    return Story(lesson, await klass.pupil(), teacher, await signed_in(diary, teacher))


async def test_homework_is_given_and_read(diary: Diary) -> None:
    story = await _a_story(diary)
    day = story.lesson.row.date
    payload = await story.client.do("AssignHomework", **story.given(text="  §5,\n№ 12 "))

    row = await Homework.get(lesson_id=story.lesson.id)
    homework = {"id": gid("Homework", row.id), "text": "§5,\n№ 12", "dueOn": str(day + _DAY)}
    assert payload == {"homework": homework, "userErrors": []}
    assert (row.text, row.due_on) == ("§5,\n№ 12", day + _DAY)
    after = {
        "text": "§5,\n№ 12",
        "due_on": str(day + _DAY),
        "due_lesson_id": None,
        "expected_minutes": None,
        "is_mandatory": False,
        "takes_answers": False,
        "takes_late_answers": False,
        "student_ids": None,
    }
    told = Deed("homework.assigned", story.teacher.id, ["TEACHER"], None, after)
    assert await deeds("Homework", row.id) == [told]
    school = story.lesson.section.klass.school
    assert await announced(school) == [(1, "HOMEWORK", "ASSIGNED", row.id, None)]
    assert await told_students(school) == [[story.pupil.id]]
    family = await signed_in(diary, await story.pupil.guardian())
    student = gid("Student", story.pupil.id)
    week = await family.ask("DiaryWeek", studentId=student, **{"from": str(day), "to": str(day)})
    [lesson] = week.data["student"]["diary"][0]["lessons"]
    assert lesson["homework"] == [homework]


@pytest.mark.parametrize(
    "given", [{"dueOn": "today"}, {"text": "ё" * 4000}], ids=["due at once", "long"]
)
async def test_the_limits_themselves_are_allowed(story: Story, given: dict[str, str]) -> None:
    given = {
        name: value.replace("today", str(story.lesson.row.date)) for name, value in given.items()
    }
    payload = await story.client.do("AssignHomework", **story.given(**given))
    assert reasons(payload) == []
    row = await Homework.get(id=number(payload["homework"]["id"]))
    assert {"text": row.text, "dueOn": str(row.due_on)}.items() >= given.items()


async def _left_alone(story: Story, client: Client, **given: Any) -> Any:
    """Ask, and assert that nothing was written anywhere."""
    school = story.lesson.section.klass.school

    async def traces() -> tuple[Any, ...]:
        return (
            await Homework.filter(lesson__school_class__organization_id=school.id).count(),
            await announced(school),
            await AuditEntry.filter(person_id=story.teacher.id).count(),
        )

    before = await traces()
    answer = await client.ask("AssignHomework", input=story.given(**given))
    assert await traces() == before
    return answer


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"text": ""}, [("REQUIRED", "text")]),
        ({"text": " \n\t"}, [("REQUIRED", "text")]),
        ({"text": "ё" * 4001}, [("TOO_LONG", "text")]),
        ({"text": "а\x00"}, [("OUT_OF_RANGE", "text")]),
        ({"dueOn": "2000-01-01"}, [("IN_PAST", "dueOn")]),
        ({"lessonId": gid("Lesson", 2**62)}, [("NOT_FOUND", "lessonId")]),
        ({"lessonId": gid("Homework", 1)}, [("NOT_FOUND", "lessonId")]),
    ],
)
async def test_homework_is_refused(story: Story, given: Any, errors: Any) -> None:
    answer = await _left_alone(story, story.client, **given)
    payload = answer.data["assignHomework"]
    assert (payload["homework"], reasons(payload)) == (None, errors)


async def test_homework_is_not_due_before_its_lesson(story: Story) -> None:
    yesterday = str(story.lesson.row.date - _DAY)
    answer = await _left_alone(story, story.client, dueOn=yesterday)
    assert reasons(answer.data["assignHomework"]) == [("IN_PAST", "dueOn")]


@pytest.mark.parametrize("day", ["tomorrow", "2026-02-30", "", 7])
async def test_a_day_that_is_none_is_malformed(story: Story, day: Any) -> None:
    answer = await _left_alone(story, story.client, dueOn=day)
    assert (answer.body.get("data"), answer.codes) == (None, ["BAD_USER_INPUT"])


async def test_a_colleagues_lesson_is_hidden_and_a_homeroom_teacher_gives_no_homework(
    diary: Diary, story: Story
) -> None:
    klass = story.lesson.section.klass
    colleague = await klass.school.teacher()
    client = await signed_in(diary, colleague)
    answer = await _left_alone(story, client)
    assert reasons(answer.data["assignHomework"]) == [("NOT_FOUND", "lessonId")]
    await klass.led_by(colleague)
    answer = await _left_alone(story, client)
    assert reasons(answer.data["assignHomework"]) == [("FORBIDDEN", "lessonId")]


async def test_a_family_and_nobody_give_no_homework(diary: Diary, story: Story) -> None:
    psychologist = await story.lesson.section.klass.school.staff(Position.PSYCHOLOGIST)
    for client, code in (
        (await signed_in(diary, story.pupil), "FORBIDDEN"),
        (await signed_in(diary, psychologist), "FORBIDDEN"),
        (diary.nobody, "UNAUTHENTICATED"),
    ):
        answer = await _left_alone(story, client)
        assert (answer.partial, answer.refused) == (None, [(code, "assignHomework")])
