"""One stream of everything: a parent's dashboard hears of journals, mail and events alike."""

from datetime import timedelta

import pytest

from models import Attendance, Position
from tests.diary import Diary
from tests.factories import gid
from tests.hearing import Hearing, Story, a_story, hearing, now, record, signed_in

pytestmark = pytest.mark.usefixtures("database")

EVERYTHING = """
subscription ($after: String) {
  dashboardChanges(after: $after) {
    area kind nodeId
    mark { value } attendance { code } homework { text } event { title }
  }
}
"""
HOMEWORK = """
subscription ($after: String) {
  homeworkChanges(after: $after) { kind homeworkId homework { text } }
}
"""
ATTENDANCE = """
subscription ($after: String) { attendanceChanges(after: $after) { kind attendance { code } } }
"""
LESSONS = "subscription ($after: String) { lessonChanges(after: $after) { kind lesson { id } } }"
SUBSTITUTE = """
mutation ($input: AssignSubstituteInput!) {
  assignSubstitute(input: $input) { userErrors { code message field } }
}
"""


@pytest.fixture
async def story(diary: Diary) -> Story:
    return await a_story(diary)


async def change(stream: Hearing) -> dict[str, object]:
    """The next change, without the rows that its area is not about."""
    found = (await stream.socket.next(10))["dashboardChanges"]
    return {name: value for name, value in found.items() if value is not None}


async def test_a_parent_hears_of_everything_in_one_stream(story: Story) -> None:
    async with hearing(story.parent, EVERYTHING, after=await now(story.school)) as stream:
        mark = await story.record(4)
        assert await change(stream) == {
            "area": "MARKS",
            "kind": "RECORDED",
            "nodeId": mark,
            "mark": {"value": 4},
        }
        homework = await story.teacher.do(
            "AssignHomework",
            lessonId=gid("Lesson", story.lesson.id),
            text="§ 12",
            dueOn=str(story.lesson.row.date),
        )
        assert await change(stream) == {
            "area": "HOMEWORK",
            "kind": "ASSIGNED",
            "nodeId": homework["homework"]["id"],
            "homework": {"text": "§ 12"},
        }
        await story.teacher.do(
            "RecordAttendance",
            lessonId=gid("Lesson", story.lesson.id),
            entries=[{"studentId": gid("Student", story.pupil.id), "code": "LATE"}],
        )
        late = await Attendance.get(student_id=story.pupil.id)
        assert await change(stream) == {
            "area": "ATTENDANCE",
            "kind": "RECORDED",
            "nodeId": gid("Attendance", late.id),
            "attendance": {"code": "LATE"},
        }


async def test_each_area_is_heard_by_itself(story: Story) -> None:
    before = await now(story.school)
    async with hearing(story.parent, HOMEWORK, after=before) as stream:
        await stream.socket.subscribe(ATTENDANCE, after=before)
        given = await story.teacher.do(
            "AssignHomework",
            lessonId=gid("Lesson", story.lesson.id),
            text="§ 13",
            dueOn=str(story.lesson.row.date),
        )
        first = await stream.socket.next(10)
        await story.teacher.do(
            "RecordAttendance",
            lessonId=gid("Lesson", story.lesson.id),
            entries=[{"studentId": gid("Student", story.pupil.id), "code": "ABSENT_SICK"}],
        )
        second = await stream.socket.next(10)

    assert first["homeworkChanges"] == {
        "kind": "ASSIGNED",
        "homeworkId": given["homework"]["id"],
        "homework": {"text": "§ 13"},
    }
    assert second["attendanceChanges"] == {
        "kind": "RECORDED",
        "attendance": {"code": "ABSENT_SICK"},
    }


async def test_a_family_hears_who_gives_a_lesson_instead(diary: Diary, story: Story) -> None:
    deputy = await signed_in(diary, await story.school.staff(Position.DEPUTY_HEAD))
    given = {
        "sectionId": gid("CourseSection", story.lesson.section.id),
        "teacherId": gid("StaffMember", (await story.school.teacher()).id),
        "validFrom": str(story.school.today),
        "validUntil": str(story.school.today + timedelta(days=1)),
    }
    async with hearing(story.parent, LESSONS, after=await now(story.school)) as stream:
        await deputy.send(SUBSTITUTE, input=given)
        assert (await stream.socket.next(10))["lessonChanges"] == {
            "kind": "SUBSTITUTED",
            "lesson": {"id": gid("Lesson", story.lesson.id)},
        }


async def test_a_parent_hears_nothing_of_another_class(diary: Diary, story: Story) -> None:
    other = await a_story(diary)
    elsewhere = await story.school.class_("8Б")
    section = await elsewhere.section("Физика")
    lesson, pupil = await section.lesson(), await elsewhere.pupil()
    teacher = await signed_in(diary, section.teacher)
    async with hearing(story.parent, EVERYTHING, after=await now(story.school)) as stream:
        for who, where, whose in (
            (teacher, lesson, pupil),
            (other.teacher, other.lesson, other.pupil),
        ):
            await record(who, where, whose)
            await who.do(
                "AssignHomework",
                lessonId=gid("Lesson", where.id),
                text="не для всех",
                dueOn=str(where.row.date),
            )
        mark = await story.record(4)
        assert (await change(stream))["nodeId"] == mark
