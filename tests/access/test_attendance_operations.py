"""Every operation on absence × everybody: notes of the pupil of 7А, and the class's day."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from models import AbsenceNote
from tests.access.cast import EVERYBODY, Cast, Who
from tests.access.outcomes import (
    NOBODY,
    Deed,
    Outcome,
    Table,
    assert_comes_to,
    assert_names_everybody_once,
    cases,
    others_forbidden,
)
from tests.access.world import World
from tests.factories import an_absence_note, gid, serial

_BY_GUARDIANS = others_forbidden(
    {
        Outcome.DONE: {Who.GUARDIAN, Who.TEACHER_AND_GUARDIAN},
        Outcome.HIDDEN: {Who.GUARDIAN_OF_CLASSMATE, Who.GUARDIAN_OF_STRANGER},
    }
)
_BY_THE_SCHOOL = others_forbidden(
    {
        Outcome.DONE: {Who.HOMEROOM, Who.DEPUTY, Who.ADMINISTRATOR},
        Outcome.HIDDEN: {
            Who.HOMEROOM_OF_NEIGHBOURS,
            Who.HOMEROOM_OF_STRANGERS,
            Who.RUSSIAN_AND_HOMEROOM,
            Who.DEPUTY_ELSEWHERE,
            Who.ADMINISTRATOR_ELSEWHERE,
            Who.RUSSIAN_AND_DEPUTY,
        },
    }
)
# Whoever reads the class is told that they may not write; these would otherwise find nothing.
_OF_THE_CLASS = {
    **_BY_THE_SCHOOL,
    Outcome.READ_ONLY: {Who.RUSSIAN_AND_HOMEROOM, Who.RUSSIAN_AND_DEPUTY},
    Outcome.HIDDEN: _BY_THE_SCHOOL[Outcome.HIDDEN]
    - {Who.RUSSIAN_AND_HOMEROOM, Who.RUSSIAN_AND_DEPUTY},
}
OF_ATTENDANCE: Mapping[str, Table] = {
    "SubmitAbsenceNote": _BY_GUARDIANS,
    "WithdrawAbsenceNote": _BY_GUARDIANS,
    "ApproveAbsenceNote": _BY_THE_SCHOOL,
    "DeclineAbsenceNote": _BY_THE_SCHOOL,
    "RecordDayAttendance": _OF_THE_CLASS,
}
_COUNT_THE_PUPIL = {
    Who.DEPUTY,
    Who.HEAD,
    Who.ADMINISTRATOR,
    Who.LIBRARIAN,
    Who.PSYCHOLOGIST,
    Who.PUPIL,
    Who.GUARDIAN,
    Who.HOMEROOM,
    Who.TEACHER_AND_GUARDIAN,
}
_KEEP_THE_CLASS = others_forbidden(
    {
        Outcome.DONE: {Who.HOMEROOM, Who.DEPUTY, Who.HEAD, Who.ADMINISTRATOR},
        Outcome.HIDDEN: {
            Who.HOMEROOM_OF_NEIGHBOURS,
            Who.HOMEROOM_OF_STRANGERS,
            Who.RUSSIAN_AND_HOMEROOM,
            Who.DEPUTY_ELSEWHERE,
            Who.HEAD_ELSEWHERE,
            Who.ADMINISTRATOR_ELSEWHERE,
            Who.RUSSIAN_AND_DEPUTY,
        },
    }
)
ATTENDANCE_QUERIES: Mapping[str, Table] = {
    "classDay": _KEEP_THE_CLASS,
    "classAttendance": _KEEP_THE_CLASS,
    "attendanceSummary": {
        Outcome.DONE: _COUNT_THE_PUPIL,
        Outcome.HIDDEN: EVERYBODY - _COUNT_THE_PUPIL - NOBODY,
        Outcome.UNAUTHENTICATED: NOBODY,
    },
}
_CHANGES = {"audit_entry": 1, "change_entry": 1}
_NOTE = ("absence_note", "note")


@pytest.mark.parametrize(("operation", "who", "outcome"), cases(OF_ATTENDANCE))
async def test_an_operation_on_attendance(
    cast: Cast, operation: str, who: Who, outcome: Outcome
) -> None:
    given = await _input(cast, operation)
    name = operation[0].lower() + operation[1:]
    row, made = ("attendance",) * 2 if operation == "RecordDayAttendance" else _NOTE
    document = (
        f"mutation ($input: {operation}Input!) {{ {name}(input: $input) "
        f"{{ {made} {{ id }} userErrors {{ code message field }} }} }}"
    )
    deed = Deed(document, given, next(iter(given)))
    await assert_comes_to(cast, who, outcome, deed, {row: 1, **_CHANGES})


@pytest.mark.parametrize("table", OF_ATTENDANCE.values())
def test_a_table_names_everybody_once(table: Table) -> None:
    assert_names_everybody_once(table)


async def _input(cast: Cast, operation: str) -> dict[str, Any]:
    """A note of a day of which there is none, or one that waits; or a sheet of one cell."""
    world = cast.world
    if operation == "RecordDayAttendance":
        lesson = gid("Lesson", world.lessons["algebra"].id)
        cell = {"lessonId": lesson, "studentId": gid("Student", world.pupil.id)}
        entry = {**cell, "code": "LATE", "note": f"{serial()}"}
        klass, today = gid("SchoolClass", world.klass.id), str(world.school.today)
        return {"classId": klass, "date": today, "entries": [entry]}
    notes = await AbsenceNote.filter(student_id=world.pupil.id).count()
    day = world.school.today + timedelta(days=notes)
    if operation == "SubmitAbsenceNote":
        days = {"startsOn": str(day), "endsOn": str(day)}
        student = gid("Student", world.pupil.id)
        return {"studentId": student, **days, "reason": "SICK", "text": "Грипп"}
    note = await an_absence_note(world.klass, world.pupil, cast.person(Who.GUARDIAN), day)
    given = {"noteId": gid("AbsenceNote", note.id)}
    return {**given, "reason": "Поздно"} if operation == "DeclineAbsenceNote" else given


def attendance_documents(world: World) -> dict[str, str]:
    """What is asked of each of the queries."""
    student, klass = gid("Student", world.pupil.id), gid("SchoolClass", world.klass.id)
    term, counts = gid("Term", world.klass.term.id), "{ heldLessons missedPercent }"
    return {
        "classDay": f'{{ classDay(classId: "{klass}", date: "{world.school.today}") '
        "{ date lessons { id } rows { name } } }",
        "classAttendance": f'{{ classAttendance(classId: "{klass}", termId: "{term}") {counts} }}',
        "attendanceSummary": f'{{ attendanceSummary(studentId: "{student}", termId: "{term}") '
        f"{counts} }}",
    }
