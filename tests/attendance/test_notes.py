"""Notes about absence: who writes which, who reads them, and who hears of them."""

import asyncio
from typing import Any

import pytest

from models import AbsenceNote, AbsenceNoteState
from tests.attendance.story import DAY, Story
from tests.factories import gid
from tests.hearing import hearing, now
from tests.traces import Deed, announced, deeds, moment, number, reasons

_NOTE = """note {
    startsOn endsOn firstLesson lastLesson reason text state submittedAt submittedBy decidedAt
    decidedBy { id } decisionReason student { id } schoolClass { id }
}"""
_HEARD = """subscription ($after: String) { absenceNoteChanges(after: $after) {
    kind noteId note { state reason } } }"""
_DASHBOARD = """subscription ($after: String) { dashboardChanges(after: $after) {
    area kind nodeId absenceNote { state } } }"""
_ID = "note { id }"


async def test_a_note_is_kept_as_it_was_written(story: Story) -> None:
    today = story.school.today
    given = story.a_note(endsOn=str(today + 2 * DAY), text="  Грипп, врач был  ")
    payload = await story.do(story.mother, "SubmitAbsenceNote", _NOTE, **given)

    note = payload["note"]
    assert moment(note.pop("submittedAt"))
    assert note == {
        "startsOn": str(today),
        "endsOn": str(today + 2 * DAY),
        "firstLesson": None,
        "lastLesson": None,
        "reason": "SICK",
        "text": "Грипп, врач был",
        "state": "SUBMITTED",
        "submittedBy": story.mother.row.full_name,
        "decidedAt": None,
        "decidedBy": None,
        "decisionReason": None,
        "student": {"id": gid("Student", story.pupil.id)},
        "schoolClass": {"id": gid("SchoolClass", story.klass.id)},
    }
    row = await AbsenceNote.get(student_id=story.pupil.id)
    assert (row.organization_id, row.submitted_by_id) == (story.school.id, story.mother.id)
    assert await announced(story.school) == [
        (1, "ABSENCES", "SUBMITTED", row.id, story.pupil.id),
    ]
    after = {
        "student_id": story.pupil.id,
        "starts_on": str(today),
        "ends_on": str(today + 2 * DAY),
        "first_lesson": None,
        "last_lesson": None,
        "reason": "SICK",
        "text": "Грипп, врач был",
    }
    told = Deed("attendance.note_submitted", story.mother.id, ["GUARDIAN"], None, after)
    assert await deeds("AbsenceNote", row.id) == [told]


async def test_a_note_may_be_of_some_lessons_of_a_day(story: Story) -> None:
    given = story.a_note(firstLesson=0, lastLesson=2, reason="FAMILY")
    note = (await story.do(story.mother, "SubmitAbsenceNote", _NOTE, **given))["note"]
    assert (note["firstLesson"], note["lastLesson"], note["reason"]) == (0, 2, "FAMILY")
    # The rest of the day is free for another note, its beginning is not.
    await story.submitted(firstLesson=3, lastLesson=3)
    again = await story.refused(story.mother, "SubmitAbsenceNote", _ID, **given)
    assert again == [("DUPLICATE", "startsOn")]


@pytest.mark.parametrize(
    ("days", "given", "error"),
    [
        ((0, 0), {"text": " "}, ("REQUIRED", "text")),
        ((0, 0), {"text": "ё" * 1001}, ("TOO_LONG", "text")),
        ((0, 0), {"text": "\x00"}, ("OUT_OF_RANGE", "text")),
        ((0, -1), {}, ("OUT_OF_RANGE", "endsOn")),
        ((0, 62), {}, ("OUT_OF_RANGE", "endsOn")),
        ((-31, -31), {}, ("IN_PAST", "startsOn")),
        ((181, 181), {}, ("OUT_OF_RANGE", "startsOn")),
        ((0, 0), {"firstLesson": 1}, ("REQUIRED", "lastLesson")),
        ((0, 0), {"lastLesson": 1}, ("REQUIRED", "firstLesson")),
        ((0, 0), {"firstLesson": 3, "lastLesson": 2}, ("OUT_OF_RANGE", "lastLesson")),
        ((0, 0), {"firstLesson": -1, "lastLesson": 2}, ("OUT_OF_RANGE", "lastLesson")),
        ((0, 0), {"firstLesson": 1, "lastLesson": 21}, ("OUT_OF_RANGE", "lastLesson")),
        ((0, 1), {"firstLesson": 1, "lastLesson": 2}, ("OUT_OF_RANGE", "endsOn")),
    ],
)
async def test_what_cannot_be_is_refused(
    quiet: Story, days: tuple[int, int], given: dict[str, Any], error: tuple[str, str]
) -> None:
    first, last = (str(quiet.school.today + day * DAY) for day in days)
    note = quiet.a_note(startsOn=first, endsOn=last, **given)
    assert await quiet.refused(quiet.mother, "SubmitAbsenceNote", _ID, **note) == [error]


async def test_the_longest_and_the_farthest_note_is_taken(story: Story) -> None:
    today = story.school.today
    for first, last in ((-30, 31), (180, 241)):
        await story.submitted(startsOn=str(today + first * DAY), endsOn=str(today + last * DAY))
    assert await AbsenceNote.filter(student_id=story.pupil.id).count() == 2


async def test_a_note_is_of_ones_own_child_who_is_in_a_class(story: Story) -> None:
    foreign = await story.refused(story.stranger, "SubmitAbsenceNote", _ID, **story.a_note())
    assert foreign == [("NOT_FOUND", "studentId")]
    await (await story.klass.enrollment(story.pupil)).end(story.school.today)
    gone = await story.refused(story.mother, "SubmitAbsenceNote", _ID, **story.a_note())
    assert gone == [("NOT_ENROLLED", "studentId")]


async def test_of_two_parents_who_write_at_once_one_is_told_of_the_other(story: Story) -> None:
    father = await story.pupil.guardian()
    assert await story.client(father) is not await story.client(story.mother)
    answers = await asyncio.gather(
        *(
            story.send(who, "SubmitAbsenceNote", _ID, story.a_note())
            for who in (story.mother, father, story.mother, father)
        )
    )
    told = [reasons(answer.data["submitAbsenceNote"]) for answer in answers]
    assert sorted(told) == [[], *[[("DUPLICATE", "startsOn")]] * 3]
    assert await AbsenceNote.filter(student_id=story.pupil.id).count() == 1


async def test_a_note_is_taken_back_until_it_is_decided_on(story: Story) -> None:
    note_id = await story.submitted()
    note = (await story.do(story.mother, "WithdrawAbsenceNote", _NOTE, noteId=note_id))["note"]
    assert (note["state"], note["decidedBy"]) == ("WITHDRAWN", None)
    assert moment(note["decidedAt"]) >= moment(note["submittedAt"])
    row = number(note_id)
    assert (await announced(story.school))[-1] == (2, "ABSENCES", "REMOVED", row, story.pupil.id)
    assert [deed.action for deed in await deeds("AbsenceNote", row)] == [
        "attendance.note_submitted",
        "attendance.note_withdrawn",
    ]
    for who, operation, more in (
        (story.mother, "WithdrawAbsenceNote", {}),
        (story.homeroom, "ApproveAbsenceNote", {}),
        (story.deputy, "DeclineAbsenceNote", {"reason": "Поздно"}),
    ):
        again = await story.refused(who, operation, _ID, noteId=note_id, **more)
        assert again == [("CONFLICT", "noteId")]
    # What was taken back stands in no way.
    await story.submitted()


async def test_only_a_guardian_of_today_takes_a_note_back(story: Story) -> None:
    note_id = await story.submitted()
    hidden = await story.refused(story.stranger, "WithdrawAbsenceNote", _ID, noteId=note_id)
    assert hidden == [("NOT_FOUND", "noteId")]
    answer = await story.send(story.homeroom, "WithdrawAbsenceNote", _ID, {"noteId": note_id})
    assert answer.refused == [("FORBIDDEN", "withdrawAbsenceNote")]
    assert (await AbsenceNote.get(id=number(note_id))).state is AbsenceNoteState.SUBMITTED


async def test_the_family_and_the_school_have_their_lists(story: Story) -> None:
    first = await story.submitted()
    await story.do(story.mother, "WithdrawAbsenceNote", _ID, noteId=first)
    second = await story.submitted()
    pupils = """query ($id: ID!, $state: AbsenceNoteState) { found: student(id: $id) {
        absenceNotes(state: $state) { nodes { id } totalCount } } }"""
    classes = pupils.replace("student(", "schoolClass(")
    pupil, klass = gid("Student", story.pupil.id), gid("SchoolClass", story.klass.id)
    for who, document, wanted, seen in (
        (story.mother, pupils, pupil, [second, first]),
        (story.pupil, pupils, pupil, [second, first]),
        (story.homeroom, classes, klass, [second, first]),
        (story.deputy, classes, klass, [second, first]),
        (story.teacher, classes, klass, []),
        (story.classmate, classes, klass, []),
    ):
        client = await story.client(who)
        found = (await client.send(document, id=wanted)).data["found"]["absenceNotes"]
        assert [each["id"] for each in found["nodes"]] == seen
        assert found["totalCount"] == len(seen)
        only = (await client.send(document, id=wanted, state="SUBMITTED")).data["found"]
        assert [each["id"] for each in only["absenceNotes"]["nodes"]] == seen[:1]
        plan = await client.plan(document, id=wanted, state="SUBMITTED")
        assert (plan["planned"], plan["statements"]) == (True, 1)


async def test_the_family_and_the_homeroom_teacher_hear_of_it_and_nobody_else(
    story: Story,
) -> None:
    before = await now(story.school)
    clients = [await story.client(each) for each in (story.homeroom, story.pupil, story.mother)]
    teacher, stranger = await story.client(story.teacher), await story.client(story.stranger)
    async with (
        hearing(teacher, _HEARD, after=before) as deaf,
        hearing(stranger, _HEARD, after=before) as foreign,
    ):
        note_id = await story.submitted()
        await story.do(
            story.homeroom, "DeclineAbsenceNote", _ID, noteId=note_id, reason="Нет справки"
        )
        for client in clients:
            async with hearing(client, _HEARD, after=before) as stream:
                heard = [(await stream.socket.next(10))["absenceNoteChanges"] for _ in range(2)]
            note = {"state": "DECLINED", "reason": "SICK"}
            assert heard == [
                {"kind": kind, "noteId": note_id, "note": note}
                for kind in ("SUBMITTED", "DECLINED")
            ]
        await deaf.socket.nothing()
        await foreign.socket.nothing()


async def test_a_dashboard_hears_of_it_too(story: Story) -> None:
    mother = await story.client(story.mother)
    async with hearing(mother, _DASHBOARD, after=await now(story.school)) as stream:
        note_id = await story.submitted()
        heard = (await stream.socket.next(10))["dashboardChanges"]
        assert heard == {
            "area": "ABSENCES",
            "kind": "SUBMITTED",
            "nodeId": note_id,
            "absenceNote": {"state": "SUBMITTED"},
        }
        await story.do(story.mother, "WithdrawAbsenceNote", _ID, noteId=note_id)
        heard = (await stream.socket.next(10))["dashboardChanges"]
        assert (heard["kind"], heard["absenceNote"]) == ("REMOVED", {"state": "WITHDRAWN"})
