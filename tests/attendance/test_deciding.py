"""Deciding on a note: what is excused in the journal, what stays, and what is proposed."""

import asyncio
from typing import Any

import pytest

from models import AbsenceNote, AbsenceNoteState, Attendance, AttendanceCode
from tests.attendance.story import DAY, Story
from tests.factories import a_school, an_absence_note, gid
from tests.traces import Deed, announced, deeds, number, reasons

_DECIDED = """note { state decidedBy { id } decisionReason }
    attendance { code note lesson { id } } conflicts { code lesson { id } }"""
_ID = "note { id }"
_PAGE = """query ($class: ID!, $subject: ID!, $term: ID!) {
    classJournal(classId: $class, subjectId: $subject, termId: $term) {
        rows { student { id } entries { lessonId expectedAbsence { code note { text } } } } } }"""


@pytest.mark.parametrize(
    ("reason", "code"),
    [("SICK", "ABSENT_SICK"), ("FAMILY", "ABSENT_EXCUSED"), ("OTHER", "ABSENT_EXCUSED")],
)
async def test_absence_without_a_reason_has_the_notes_reason_afterwards(
    story: Story, reason: str, code: str
) -> None:
    lesson, other = await story.lesson(), await story.lesson()
    row = await lesson.attendance(story.pupil, note="Не было")
    theirs = await lesson.attendance(story.classmate)
    later = await (await story.lesson(1)).attendance(story.pupil)
    note_id = await story.submitted(reason=reason)

    payload = await story.do(story.homeroom, "ApproveAbsenceNote", _DECIDED, noteId=note_id)
    assert payload == {
        "note": {
            "state": "APPROVED",
            "decidedBy": {"id": gid("StaffMember", story.homeroom.id)},
            "decisionReason": None,
        },
        "attendance": [
            {"code": code, "note": "Не было", "lesson": {"id": gid("Lesson", lesson.id)}}
        ],
        "conflicts": [],
        "userErrors": [],
    }
    rows = await Attendance.filter(lesson__school_class_id=story.klass.id).order_by("id")
    assert [(each.id, each.code.value) for each in rows] == [
        (row.id, code),
        (theirs.id, "ABSENT"),
        (later.id, "ABSENT"),
    ]
    assert not await Attendance.filter(lesson_id=other.id).exists()
    assert (await announced(story.school))[1:] == [
        (2, "ATTENDANCE", "CORRECTED", row.id, story.pupil.id),
        (3, "ABSENCES", "APPROVED", number(note_id), story.pupil.id),
    ]
    roles = ["HOMEROOM_TEACHER", "TEACHER"]
    before, after = {"code": "ABSENT", "note": "Не было"}, {"code": code, "note": "Не было"}
    told = Deed("attendance.recorded", story.homeroom.id, roles, before, after)
    assert await deeds("Attendance", row.id) == [told]
    assert (await deeds("AbsenceNote", number(note_id)))[-1] == Deed(
        "attendance.note_approved",
        story.homeroom.id,
        roles,
        None,
        {"student_id": story.pupil.id},
    )


async def test_what_says_something_else_stays_and_is_told(story: Story) -> None:
    codes = [code for code in AttendanceCode if code is not AttendanceCode.ABSENT]
    rows = {code: await (await story.lesson()).attendance(story.pupil, code) for code in codes}
    note_id = await story.submitted()
    payload = await story.do(story.deputy, "ApproveAbsenceNote", _DECIDED, noteId=note_id)
    assert payload["attendance"] == []
    agreeing = AttendanceCode.ABSENT_SICK
    assert payload["conflicts"] == [
        {"code": code.value, "lesson": {"id": gid("Lesson", rows[code].lesson_id)}}
        for code in codes
        if code is not agreeing
    ]
    for code, row in rows.items():
        assert (await Attendance.get(id=row.id)).code is code
        assert await deeds("Attendance", row.id) == []


async def test_single_lessons_are_excused_alone(story: Story) -> None:
    rows = [await (await story.lesson()).attendance(story.pupil) for _ in range(3)]
    note_id = await story.submitted(firstLesson=2, lastLesson=3)
    await story.do(story.homeroom, "ApproveAbsenceNote", _ID, noteId=note_id)
    found = [(await Attendance.get(id=row.id)).code.value for row in rows]
    assert found == ["ABSENT", "ABSENT_SICK", "ABSENT_SICK"]


async def test_a_school_excuses_from_its_own_lessons_alone(story: Story) -> None:
    lesson = await story.lesson()
    row = await lesson.attendance(story.pupil)
    elsewhere = await an_absence_note(story.klass, story.pupil, story.mother)
    other = await (await a_school()).class_("7А")
    await AbsenceNote.filter(id=elsewhere.id).update(
        organization_id=other.school.id, school_class_id=other.id
    )
    await other.led_by(await other.school.teacher())
    await other.enroll(story.pupil)
    deputy = await other.school.staff(story.deputy.post.row.position)
    payload = await story.do(
        deputy, "ApproveAbsenceNote", _DECIDED, noteId=gid("AbsenceNote", elsewhere.id)
    )
    assert (payload["attendance"], payload["conflicts"]) == ([], [])
    assert (await Attendance.get(id=row.id)).code is AttendanceCode.ABSENT
    assert await _expected(story, story.teacher) == {}


async def test_a_declined_note_excuses_nothing_and_says_why(story: Story) -> None:
    row = await (await story.lesson()).attendance(story.pupil)
    note_id = await story.submitted()
    fields = "note { state decisionReason decidedBy { id } }"
    payload = await story.do(
        story.homeroom, "DeclineAbsenceNote", fields, noteId=note_id, reason=" Нет справки "
    )
    assert payload["note"] == {
        "state": "DECLINED",
        "decisionReason": "Нет справки",
        "decidedBy": {"id": gid("StaffMember", story.homeroom.id)},
    }
    assert (await Attendance.get(id=row.id)).code is AttendanceCode.ABSENT
    assert await _expected(story, story.teacher) == {}
    after = {"student_id": story.pupil.id, "decision_reason": "Нет справки"}
    assert (await deeds("AbsenceNote", number(note_id)))[-1].after == after


@pytest.mark.parametrize(("reason", "code"), [(" ", "REQUIRED"), ("ё" * 1001, "TOO_LONG")])
async def test_declining_needs_a_reason(quiet: Story, reason: str, code: str) -> None:
    note = await AbsenceNote.filter(student_id=quiet.pupil.id).first()
    note_id = gid("AbsenceNote", note.id) if note else await quiet.submitted()
    told = await quiet.refused(
        quiet.homeroom, "DeclineAbsenceNote", _ID, noteId=note_id, reason=reason
    )
    assert told == [(code, "reason")]


async def test_teachers_are_proposed_the_code_and_do_not_read_the_note(story: Story) -> None:
    lessons = [await story.lesson(days) for days in (0, 1, 2, 3)]
    first, last = (str(story.school.today + days * DAY) for days in (1, 2))
    note_id = await story.submitted(startsOn=first, endsOn=last)
    assert await _expected(story, story.teacher) == {}
    await story.do(story.homeroom, "ApproveAbsenceNote", _ID, noteId=note_id)
    for who, text in ((story.teacher, None), (story.homeroom, "Температура")):
        note = text and {"text": text}
        assert await _expected(story, who) == {
            (gid("Student", story.pupil.id), gid("Lesson", lesson.id)): {
                "code": "ABSENT_SICK",
                "note": note,
            }
            for lesson in lessons[1:3]
        }


async def _expected(story: Story, who: Any) -> dict[tuple[str, str], Any]:
    """What the page of the algebra proposes, by pupil and lesson."""
    given = {
        "class": gid("SchoolClass", story.klass.id),
        "subject": gid("Subject", story.section.subject.id),
        "term": gid("Term", story.klass.term.id),
    }
    client = await story.client(who)
    plan = await client.plan(_PAGE, **given)
    assert (plan["planned"], plan["statements"]) == (True, 1)
    rows = (await client.send(_PAGE, **given)).data["classJournal"]["rows"]
    return {
        (row["student"]["id"], entry["lessonId"]): entry["expectedAbsence"]
        for row in rows
        for entry in row["entries"]
        if entry["expectedAbsence"]
    }


async def test_of_two_who_decide_at_once_one_is_told_of_the_other(story: Story) -> None:
    note_id = await story.submitted()
    given = {"noteId": note_id}
    answers = await asyncio.gather(
        story.send(story.homeroom, "ApproveAbsenceNote", _ID, given),
        story.send(story.deputy, "DeclineAbsenceNote", _ID, {**given, "reason": "Нет"}),
        story.send(story.mother, "WithdrawAbsenceNote", _ID, given),
    )
    told = [reasons(payload) for answer in answers for payload in answer.data.values()]
    assert sorted(told) == [[], [("CONFLICT", "noteId")], [("CONFLICT", "noteId")]]
    row = await AbsenceNote.get(id=number(note_id))
    assert row.state is not AbsenceNoteState.SUBMITTED
    assert len(await deeds("AbsenceNote", row.id)) == 2


async def test_attendance_that_is_taken_meanwhile_is_not_lost(story: Story) -> None:
    """Whoever comes second sees what the first one wrote: nothing is excused that was PRESENT."""
    lesson = await story.lesson()
    await lesson.attendance(story.pupil)
    note_id = await story.submitted()
    taken = {
        "lessonId": gid("Lesson", lesson.id),
        "entries": [{"studentId": gid("Student", story.pupil.id), "code": "PRESENT"}],
    }
    fields = "attendance { code } conflicts { code }"
    approved, recorded = await asyncio.gather(
        story.send(story.homeroom, "ApproveAbsenceNote", fields, {"noteId": note_id}),
        story.send(story.teacher, "RecordAttendance", "attendance { code }", taken),
    )
    assert reasons(recorded.data["recordAttendance"]) == []
    payload = approved.data["approveAbsenceNote"]
    assert reasons(payload) == []
    row = await Attendance.get(lesson_id=lesson.id, student_id=story.pupil.id)
    assert row.code is AttendanceCode.PRESENT
    told = await deeds("Attendance", row.id)
    assert [deed.before["code"] for deed in told] == [
        "ABSENT",
        *(deed.after["code"] for deed in told[:-1]),
    ]
    assert len(payload["attendance"]) + len(payload["conflicts"]) == 1
