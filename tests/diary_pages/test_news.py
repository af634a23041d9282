"""What is new in the diary since somebody looked: each account for itself, each child by itself."""

from typing import Any

import pytest

from models import ChangeEntry, DiaryMarker, Position
from subscriptions import cursor, topics
from tests.diary import Client
from tests.diary_pages.desk import Desk, do
from tests.factories import PupilMade, gid
from tests.hearing import now, record
from tests.homework.story import Story
from tests.live import end_of
from tests.sessions import signed_in
from tests.traces import reasons

pytestmark = pytest.mark.usefixtures("database")

_NEWS = """query ($id: ID!) { student(id: $id) { news {
    newMarkCount newAttendanceCount newHomeworkCount isComplete
    changes { totalCount edges { node {
        area kind mark { text } attendance { code } homework { text }
    } } }
} } }"""
_REST = """query ($id: ID!) { student(id: $id) { news {
    newHomeworkAnswerCount newFinalMarkCount newAssignmentCount newDebtCount newAbsenceNoteCount
    newAbsenceAlertCount newLessonChangeCount
    changes { edges { node {
        area kind homeworkAnswer { isDone } periodMark { text } assignment { title }
        debt { deadline } absenceNote { state } lesson { cancellationReason }
    } } }
} } }"""
_CHILDREN = """{ viewer { children { id news {
    newMarkCount newAttendanceCount newHomeworkCount
} } } }"""
_SEEN = """mutation ($input: MarkDiarySeenInput!) { markDiarySeen(input: $input) {
    student { news { newMarkCount changes { totalCount } } } userErrors { code message field }
} }"""


async def _news(client: Client, pupil: PupilMade) -> Any:
    answer = await client.send(_NEWS, id=gid("Student", pupil.id))
    return answer.data["student"]["news"]


async def _counts(client: Client, pupil: PupilMade) -> tuple[int, int, int]:
    found = await _news(client, pupil)
    return found["newMarkCount"], found["newAttendanceCount"], found["newHomeworkCount"]


async def _seen(client: Client, pupil: PupilMade, upto: str) -> Any:
    answer = await client.send(_SEEN, input={"studentId": gid("Student", pupil.id), "cursor": upto})
    return answer.data["markDiarySeen"]


async def _attend(story: Story, code: str) -> None:
    entry = {"studentId": gid("Student", story.pupil.id), "code": code}
    lesson = gid("Lesson", story.lesson.id)
    payload = await story.teacher.do("RecordAttendance", lessonId=lesson, entries=[entry])
    assert payload["userErrors"] == []


async def _something(story: Story) -> str:
    """A mark, attendance that is corrected at once, and homework; returns the mark's id."""
    mark = await record(story.teacher, story.lesson, story.pupil, 4)
    await _attend(story, "LATE")
    await _attend(story, "ABSENT_SICK")
    await story.assign()
    return mark


async def test_who_never_looked_has_all_of_it_each_row_once(story: Story) -> None:
    await _something(story)
    await record(story.teacher, story.lesson, story.classmate, 2)
    nothing = {"mark": None, "attendance": None, "homework": None}
    expected = [
        {**nothing, "area": "HOMEWORK", "kind": "ASSIGNED", "homework": {"text": "№ 12"}},
        {
            **nothing,
            "area": "ATTENDANCE",
            "kind": "CORRECTED",
            "attendance": {"code": "ABSENT_SICK"},
        },
        {**nothing, "area": "MARKS", "kind": "RECORDED", "mark": {"text": "4"}},
    ]
    for client in (story.mother, story.pupil_client):
        found = await _news(client, story.pupil)
        assert [each["node"] for each in found.pop("changes")["edges"]] == expected
        assert found == {
            "newMarkCount": 1,
            "newAttendanceCount": 1,
            "newHomeworkCount": 1,
            "isComplete": True,
        }


async def test_what_was_seen_is_new_no_more_to_who_has_seen_it_alone(story: Story) -> None:
    mark = await _something(story)
    payload = await _seen(story.mother, story.pupil, await now(story.school))
    news = {"newMarkCount": 0, "changes": {"totalCount": 0}}
    assert payload == {"student": {"news": news}, "userErrors": []}
    assert await _counts(story.mother, story.pupil) == (0, 0, 0)
    assert await _counts(story.pupil_client, story.pupil) == (1, 1, 1)
    father = await signed_in(story.diary, await story.pupil.guardian())
    assert await _counts(father, story.pupil) == (1, 1, 1)

    await story.teacher.do("RemoveMark", markId=mark, version=1, reason="Не тому ученику")
    found = await _news(story.mother, story.pupil)
    [change] = [each["node"] for each in found["changes"]["edges"]]
    assert (change["area"], change["kind"], change["mark"]) == ("MARKS", "REMOVED", None)
    assert found["newMarkCount"] == 0


async def test_a_marker_only_moves_forward(story: Story) -> None:
    before = await now(story.school)
    await _something(story)
    for upto in (await now(story.school), before):
        assert reasons(await _seen(story.mother, story.pupil, upto)) == []
        assert await _counts(story.mother, story.pupil) == (0, 0, 0)
    assert await DiaryMarker.filter(student_id=story.pupil.id).count() == 1


async def test_whatever_else_a_family_waits_for_is_news_too(story: Story) -> None:
    homeroom = await story.school.teacher()
    await story.klass.led_by(homeroom)
    desk = Desk(story, await signed_in(story.diary, homeroom))
    homework = (await story.assign())["homework"]["id"]
    await _seen(story.mother, story.pupil, await now(story.school))
    await do(story.pupil_client, "markHomeworkDone", homeworkId=homework)
    essay, test = await desk.work("Эссе"), await desk.work("Контрольная")
    await do(story.teacher, "removeAssignment", assignmentId=test, version=1)
    debt = await desk.debt(essay)
    await do(story.teacher, "changeDebt", debtId=debt, deadline=desk.day(12))
    await do(story.teacher, "clearDebt", debtId=await desk.debt(await desk.work("Доклад")))
    await desk.mark(None, 4)
    await do(desk.homeroom, "approveAbsenceNote", noteId=await desk.note(0))
    await do(story.mother, "withdrawAbsenceNote", noteId=await desk.note(1))
    deputy = await signed_in(story.diary, await story.school.staff(Position.DEPUTY_HEAD))
    lesson = {"lessonId": gid("Lesson", story.following.id)}
    await do(deputy, "cancelLesson", **lesson, reason="Карантин")
    # Of what was written down at a lesson the family is told otherwise.
    await do(story.teacher, "recordLesson", lessonId=gid("Lesson", story.lesson.id), topic="Дроби")

    given = {"id": gid("Student", story.pupil.id)}
    mother = story.mother
    told, unplanned = [
        (await send(_REST, **given)).data for send in (mother.send, mother.send_unplanned)
    ]
    assert told == unplanned
    news = told["student"]["news"]
    changes = [each["node"] for each in news.pop("changes")["edges"]]
    assert news == {
        "newHomeworkAnswerCount": 1,
        "newFinalMarkCount": 1,
        "newAssignmentCount": 2,
        "newDebtCount": 1,
        "newAbsenceNoteCount": 2,
        "newAbsenceAlertCount": 0,
        "newLessonChangeCount": 1,
    }
    found = [
        (each.pop("area"), each.pop("kind"), [*filter(None, each.values())]) for each in changes
    ]
    assert found == [
        ("LESSONS", "CANCELLED", [{"cancellationReason": "Карантин"}]),
        ("ABSENCES", "REMOVED", [{"state": "WITHDRAWN"}]),
        ("ABSENCES", "APPROVED", [{"state": "APPROVED"}]),
        ("FINAL_MARKS", "RECORDED", [{"text": "4"}]),
        ("DEBTS", "REMOVED", []),
        ("WORKS", "ASSIGNED", [{"title": "Доклад"}]),
        ("DEBTS", "CHANGED", [{"deadline": desk.day(12)}]),
        ("WORKS", "REMOVED", []),
        ("WORKS", "ASSIGNED", [{"title": "Эссе"}]),
        ("ANSWERS", "RECORDED", [{"isDone": True}]),
    ]
    plan = await story.mother.plan(_REST, **given)
    assert (plan["planned"], plan["statements"]) == (True, 1)


async def test_several_children_are_asked_for_at_once(story: Story) -> None:
    await story.classmate.guardian(story.guardian)
    await record(story.teacher, story.lesson, story.pupil)
    await story.assign(studentIds=[gid("Student", story.classmate.id)])
    await _seen(story.mother, story.pupil, await now(story.school))
    answer = await story.mother.send(_CHILDREN)
    found = {each["id"]: tuple(each["news"].values()) for each in answer.data["viewer"]["children"]}
    assert found == {
        gid("Student", story.pupil.id): (0, 0, 0),
        gid("Student", story.classmate.id): (0, 0, 1),
    }
    plan = await story.mother.plan(_CHILDREN)
    assert (plan["planned"], plan["statements"]) == (True, 1)


async def test_staff_have_no_news_and_strangers_none_of_others(story: Story) -> None:
    await _something(story)
    assert await _news(story.teacher, story.pupil) is None
    given = {"studentId": gid("Student", story.pupil.id), "cursor": await now(story.school)}
    for client, code in (
        (story.teacher, "FORBIDDEN"),
        (story.diary.nobody, "UNAUTHENTICATED"),
    ):
        answer = await client.send(_SEEN, input=given)
        assert (answer.partial, answer.refused) == (None, [(code, "markDiarySeen")])
    stranger = await signed_in(story.diary, await story.classmate.guardian())
    payload = await _seen(stranger, story.pupil, await now(story.school))
    assert (payload["student"], reasons(payload)) == (None, [("NOT_FOUND", "studentId")])
    assert await DiaryMarker.filter(student_id=story.pupil.id).count() == 0


async def test_what_was_forgotten_is_not_said_to_be_all(story: Story) -> None:
    before = await now(story.school)
    await _seen(story.mother, story.pupil, before)
    await _something(story)
    topic = topics.school(story.school.id)
    first = await ChangeEntry.filter(topic=topic).order_by("seq").first()
    await ChangeEntry.filter(id=first.id if first else 0).delete()
    assert (await _news(story.mother, story.pupil))["isComplete"] is False
    await _seen(story.mother, story.pupil, await now(story.school))
    assert (await _news(story.mother, story.pupil))["isComplete"] is True


async def test_a_cursor_of_the_future_moves_nothing(story: Story) -> None:
    topic = topics.school(story.school.id)
    for upto, code in (
        (cursor.encode({topic: await end_of(topic) + 1}), "RESYNC_REQUIRED"),
        ("никакой", "BAD_USER_INPUT"),
    ):
        given = {"studentId": gid("Student", story.pupil.id), "cursor": upto}
        answer = await story.mother.send(_SEEN, input=given)
        assert answer.codes == [code]
    assert await DiaryMarker.filter(student_id=story.pupil.id).count() == 0
