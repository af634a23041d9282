"""Every operation on notes about absence × everybody: a note of the pupil of 7А."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from models import AbsenceNote
from tests.access.cast import Cast, Who
from tests.access.outcomes import (
    Deed,
    Outcome,
    Table,
    assert_comes_to,
    assert_names_everybody_once,
    cases,
    others_forbidden,
)
from tests.factories import an_absence_note, gid

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
OF_ATTENDANCE: Mapping[str, Table] = {
    "SubmitAbsenceNote": _BY_GUARDIANS,
    "WithdrawAbsenceNote": _BY_GUARDIANS,
    "ApproveAbsenceNote": _BY_THE_SCHOOL,
    "DeclineAbsenceNote": _BY_THE_SCHOOL,
}
_CHANGES = {"absence_note": 1, "audit_entry": 1, "change_entry": 1}


@pytest.mark.parametrize(("operation", "who", "outcome"), cases(OF_ATTENDANCE))
async def test_an_operation_on_notes(
    cast: Cast, operation: str, who: Who, outcome: Outcome
) -> None:
    given = await _input(cast, operation)
    name = operation[0].lower() + operation[1:]
    document = (
        f"mutation ($input: {operation}Input!) {{ {name}(input: $input) "
        "{ note { id } userErrors { code message field } } }"
    )
    deed = Deed(document, given, next(iter(given)))
    await assert_comes_to(cast, who, outcome, deed, _CHANGES)


@pytest.mark.parametrize("table", OF_ATTENDANCE.values())
def test_a_table_names_everybody_once(table: Table) -> None:
    assert_names_everybody_once(table)


async def _input(cast: Cast, operation: str) -> dict[str, Any]:
    """A note of a day of which there is none, or one that waits."""
    world = cast.world
    notes = await AbsenceNote.filter(student_id=world.pupil.id).count()
    day = world.school.today + timedelta(days=notes)
    if operation == "SubmitAbsenceNote":
        days = {"startsOn": str(day), "endsOn": str(day)}
        student = gid("Student", world.pupil.id)
        return {"studentId": student, **days, "reason": "SICK", "text": "Грипп"}
    note = await an_absence_note(world.klass, world.pupil, cast.person(Who.GUARDIAN), day)
    given = {"noteId": gid("AbsenceNote", note.id)}
    return {**given, "reason": "Поздно"} if operation == "DeclineAbsenceNote" else given
