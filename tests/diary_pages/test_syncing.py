"""A phone that was away ends with what one has that asks anew, by `changes` alone."""

from typing import Any

import pytest

from models import Position
from tests.diary import Client
from tests.diary_pages.desk import Desk, do
from tests.factories import gid
from tests.hearing import now, record
from tests.homework.story import DAY, Story, run
from tests.sessions import signed_in

pytestmark = pytest.mark.usefixtures("database")

_LESSON = "id date number cancelledAt cancellationReason"
_FIELDS = {
    "mark": "id text comment version",
    "attendance": "id code note",
    "homework": "id text dueOn version",
    "homeworkAnswer": "id isDone text version comment",
    "periodMark": "id kind text version",
    "assignment": "id title dueOn",
    "debt": "id deadline",
    "absenceNote": "id state decisionReason",
    "lesson": _LESSON,
}
"""What a phone keeps of each row that `Change` shows."""
_CHANGES = f"""query ($after: String!) {{ changes(after: $after, first: 3) {{
    cursor hasMore changes {{
        nodeId {" ".join(f"{name} {{ {fields} }}" for name, fields in _FIELDS.items())}
    }}
}} }}"""
_ALL = f"""query ($id: ID!, $from: Date!, $to: Date!) {{ student(id: $id) {{
    diary(from: $from, to: $to) {{ lessons {{
        {_LESSON}
        marks {{ {_FIELDS["mark"]} }} homework {{ {_FIELDS["homework"]} }}
        assignmentsDue {{ {_FIELDS["assignment"]} }} debts {{ {_FIELDS["debt"]} }}
        attendance {{ {_FIELDS["attendance"]} }}
    }} }}
    homework(from: $from, to: $to) {{ answer {{ {_FIELDS["homeworkAnswer"]} }} }}
    periodMarks {{ edges {{ node {{ {_FIELDS["periodMark"]} }} }} }}
    absenceNotes {{ edges {{ node {{ {_FIELDS["absenceNote"]} }} }} }}
}} }}"""
_IN_LESSON = ("marks", "homework", "assignmentsDue", "debts")

Copy = dict[str, Any]
"""Rows by their ids, as a phone keeps them."""


async def _asked_anew(story: Story, client: Client) -> Copy:
    day = story.lesson.row.date
    days = {"from": str(day), "to": str(story.following.row.date)}
    student = (await client.send(_ALL, id=gid("Student", story.pupil.id), **days)).data["student"]
    rows = [each["answer"] for each in student["homework"] if each["answer"]]
    for name in ("periodMarks", "absenceNotes"):
        rows += [edge["node"] for edge in student[name]["edges"]]
    for lesson in (each for one in student["diary"] for each in one["lessons"]):
        rows += [row for name in _IN_LESSON for row in lesson.pop(name)]
        rows += [each for each in [lesson.pop("attendance")] if each]
        rows.append(lesson)
    return {row["id"]: row for row in rows}


async def _brought_up_to_date(client: Client, copy: Copy, after: str) -> Copy:
    """Put what is shown in place of what was kept, and drop what is shown no more."""
    has_more = True
    while has_more:
        page = (await client.send(_CHANGES, after=after)).data["changes"]
        for change in page["changes"]:
            shown = next((change[name] for name in _FIELDS if change[name]), None)
            if shown:
                copy[shown["id"]] = shown
            else:
                copy.pop(change["nodeId"], None)
        after, has_more = page["cursor"], page["hasMore"]
    return copy


async def _attend(story: Story, code: str) -> None:
    entry = {"studentId": gid("Student", story.pupil.id), "code": code}
    lesson = gid("Lesson", story.lesson.id)
    assert (await story.teacher.do("RecordAttendance", lessonId=lesson, entries=[entry]))[
        "userErrors"
    ] == []


async def _before(story: Story) -> tuple[list[str], list[Any]]:
    marks = [await record(story.teacher, story.lesson, story.pupil, value) for value in (3, 4, 5)]
    await _attend(story, "LATE")
    homework = [(await story.assign(text=text))["homework"] for text in ("№ 1", "№ 2")]
    return marks, homework


async def _meanwhile(story: Story, marks: list[str], homework: list[Any]) -> None:
    """All that may happen to what the phone has, and rows that come and go."""
    teacher, reason = story.teacher, {"reason": "Описка", "version": 1}
    await teacher.do("CorrectMark", markId=marks[0], value=5, **reason)
    await teacher.do("RemoveMark", markId=marks[1], **reason)
    await record(teacher, story.lesson, story.pupil, 2)
    passing = await record(teacher, story.lesson, story.pupil, 1)
    await teacher.do("RemoveMark", markId=passing, **reason)
    await record(teacher, story.lesson, story.classmate, 2)
    await _attend(story, "ABSENT_SICK")
    changed = await story.change(homework[0], text="№ 1 и 3", takesAnswers=True)
    await story.remove(homework[1])
    await story.assign(text="№ 4")
    await story.assign(text="Не для всех", studentIds=[gid("Student", story.classmate.id)])
    answer = await story.pupil_client.send(
        'mutation ($id: ID!) { answerHomework(input: {homeworkId: $id, text: "x"}) '
        "{ answer { id } } }",
        id=changed["homework"]["id"],
    )
    said = {"answerId": answer.data["answerHomework"]["answer"]["id"], "version": 1}
    await teacher.send(
        "mutation ($input: CommentHomeworkAnswerInput!) "
        "{ commentHomeworkAnswer(input: $input) { userErrors { code } } }",
        input={**said, "comment": "Верно"},
    )


async def test_a_phone_that_was_away_has_what_is_there(story: Story) -> None:
    marks, homework = await _before(story)
    after = await now(story.school)
    copies = [await _asked_anew(story, client) for client in (story.mother, story.pupil_client)]
    await _meanwhile(story, marks, homework)
    for client, copy in zip((story.mother, story.pupil_client), copies, strict=True):
        there = await _asked_anew(story, client)
        assert copy != there
        assert await _brought_up_to_date(client, copy, after) == there
        # Who hears all of it once more has the same.
        assert await _brought_up_to_date(client, copy, after) == there


async def test_works_debts_final_marks_and_notes_are_kept_up_to_date_too(story: Story) -> None:
    homeroom = await story.school.teacher()
    await story.klass.led_by(homeroom)
    desk = Desk(story, await signed_in(story.diary, homeroom))
    works = [await desk.work(title) for title in ("Эссе", "Контрольная", "Зачёт")]
    debts = [await desk.debt(work) for work in works[:2]]
    notes = [await desk.note(days) for days in (0, 1, 2)]
    await desk.mark(None, 3)
    homework = (await story.assign(takesAnswers=True))["homework"]["id"]
    await do(story.pupil_client, "markHomeworkDone", homeworkId=homework)
    after = await now(story.school)
    copies = [await _asked_anew(story, client) for client in (story.mother, story.pupil_client)]

    first: dict[str, Any] = {"assignmentId": works[0], "version": 1}
    await do(story.teacher, "changeAssignment", **first, dueOn=desk.day(2))
    await do(story.teacher, "removeAssignment", assignmentId=works[2], version=1)
    await do(story.teacher, "changeDebt", debtId=debts[0], deadline=desk.day(12))
    place = {"lessonId": gid("Lesson", story.lesson.id), "assignmentId": works[1]}
    pupil = gid("Student", story.pupil.id)
    await do(story.teacher, "recordMark", **place, studentId=pupil, value=4)
    passing = await desk.debt(await desk.work("Доклад"))
    await do(story.teacher, "clearDebt", debtId=passing)
    await do(desk.homeroom, "approveAbsenceNote", noteId=notes[0])
    await do(desk.homeroom, "declineAbsenceNote", noteId=notes[1], reason="Каникулы")
    await do(story.mother, "withdrawAbsenceNote", noteId=notes[2])
    await desk.note(3)
    await desk.mark(1, 4)
    await do(story.pupil_client, "markHomeworkDone", homeworkId=homework, done=False)

    for client, copy in zip((story.mother, story.pupil_client), copies, strict=True):
        there = await _asked_anew(story, client)
        kept = {*copy}
        assert {*works, *debts, *notes} <= kept
        assert kept - {*there} == {works[2], debts[1]}
        assert there[notes[2]]["state"] == "WITHDRAWN"
        for _ in range(2):
            assert await _brought_up_to_date(client, copy, after) == there


async def test_a_lesson_that_was_cancelled_stays_and_says_so(story: Story) -> None:
    deputy = await signed_in(story.diary, await story.school.staff(Position.DEPUTY_HEAD))
    after, copy = await now(story.school), await _asked_anew(story, story.mother)
    await deputy.send(
        "mutation ($input: CancelLessonInput!) { cancelLesson(input: $input) "
        "{ userErrors { code message } } }",
        input={"lessonId": gid("Lesson", story.following.id), "reason": "Карантин"},
    )
    there = await _asked_anew(story, story.mother)
    assert there[gid("Lesson", story.following.id)]["cancellationReason"] == "Карантин"
    assert await _brought_up_to_date(story.mother, copy, after) == there


async def test_what_is_due_at_a_lesson_goes_with_it_to_another_day(story: Story) -> None:
    deputy = await signed_in(story.diary, await story.school.staff(Position.DEPUTY_HEAD))
    homework = (await story.assign())["homework"]
    work = await story.following.assignment("Контрольная")
    after, copy = await now(story.school), await _asked_anew(story, story.mother)
    day = str(story.lesson.row.date + DAY)
    await do(deputy, "moveLesson", lessonId=gid("Lesson", story.following.id), date=day)
    there = await _asked_anew(story, story.mother)
    for row in (homework["id"], gid("Assignment", work.id)):
        assert (copy[row]["dueOn"], there[row]["dueOn"]) == (str(story.following.row.date), day)
    assert await _brought_up_to_date(story.mother, copy, after) == there


async def test_homework_is_not_given_for_a_lesson_that_was_cancelled(story: Story) -> None:
    deputy = await signed_in(story.diary, await story.school.staff(Position.DEPUTY_HEAD))
    last = await story.section.lesson(on=story.following.row.date + DAY)
    await deputy.send(
        "mutation ($input: CancelLessonInput!) { cancelLesson(input: $input) "
        "{ userErrors { code message } } }",
        input={"lessonId": gid("Lesson", story.following.id), "reason": "Карантин"},
    )
    given = {"lessonId": gid("Lesson", story.lesson.id), "text": "№ 1"}
    homework = (await run(story.teacher, "assignHomework", **given))["homework"]
    assert homework["dueLesson"]["id"] == gid("Lesson", last.id)
