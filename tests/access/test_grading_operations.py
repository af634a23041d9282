"""Every way to give marks for terms and years × everybody: the algebra of 7А."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from models import PeriodMark, PeriodMarkKind
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
from tests.factories import a_year_mark, gid, serial

_TEACH_OR_MANAGE_OTHERS = {
    Who.TEACHER_OF_RUSSIAN,
    Who.TEACHER_OF_SPORTS,
    Who.TEACHER_OF_NEIGHBOURS,
    Who.TEACHER_OF_STRANGERS,
    Who.FORMER_TEACHER,
    Who.COMING_TEACHER,
    Who.FORMER_SUBSTITUTE,
    Who.COMING_SUBSTITUTE,
    Who.HOMEROOM_OF_NEIGHBOURS,
    Who.HOMEROOM_OF_STRANGERS,
    Who.RUSSIAN_AND_HOMEROOM,
    Who.RUSSIAN_AND_DEPUTY,
    Who.TEACHER_AND_GUARDIAN,
    Who.DEPUTY_ELSEWHERE,
    Who.HEAD_ELSEWHERE,
    Who.ADMINISTRATOR_ELSEWHERE,
}
_DO = {Who.TEACHER, Who.DEPUTY, Who.HEAD, Who.ADMINISTRATOR}
_READ = {Who.SUBSTITUTE, Who.HOMEROOM}
_OF_TERMS = others_forbidden(
    {Outcome.DONE: _DO, Outcome.READ_ONLY: _READ, Outcome.HIDDEN: _TEACH_OR_MANAGE_OTHERS}
)
# Authorities enter what exams came to, and know of no other marks.
_AUTHORITIES = {Who.MUNICIPAL, Who.MUNICIPAL_ELSEWHERE, Who.REGION}
_OF_YEARS = others_forbidden(
    {
        Outcome.DONE: _DO,
        Outcome.READ_ONLY: _READ,
        Outcome.HIDDEN: _TEACH_OR_MANAGE_OTHERS | _AUTHORITIES,
    }
)
# A substitute reads no marks for terms.
_OF_REMOVAL = others_forbidden(
    {
        Outcome.DONE: _DO,
        Outcome.READ_ONLY: {Who.HOMEROOM, Who.TEACHER_AND_GUARDIAN},
        Outcome.HIDDEN: _TEACH_OR_MANAGE_OTHERS - {Who.TEACHER_AND_GUARDIAN} | {Who.SUBSTITUTE},
    }
)
# What a pupil has to make good is the management's to write down; here it is the neighbour's.
_OF_DEBTS = others_forbidden(
    {
        Outcome.DONE: _DO - {Who.TEACHER},
        Outcome.HIDDEN: {
            Who.DEPUTY_ELSEWHERE,
            Who.HEAD_ELSEWHERE,
            Who.ADMINISTRATOR_ELSEWHERE,
            Who.RUSSIAN_AND_DEPUTY,
        },
    }
)
OF_GRADING: Mapping[str, Table] = {
    "RecordPeriodMark": _OF_TERMS,
    "RecordPeriodMarks": _OF_TERMS,
    "RecordYearMark": _OF_YEARS,
    "RecordYearMarks": _OF_YEARS,
    "RemovePeriodMark": _OF_REMOVAL,
    "RecordRetake": _OF_DEBTS,
    "ExtendAcademicDebt": _OF_DEBTS,
}
_MARKED = {"period_mark": 1, "period_mark_revision": 1, "audit_entry": 1, "change_entry": 1}
_CHANGES = {
    **dict.fromkeys((*OF_GRADING,), _MARKED),
    "RecordRetake": {"retake": 1, "audit_entry": 1, "change_entry": 1},
    "ExtendAcademicDebt": {"debt_extension": 1, "audit_entry": 1, "change_entry": 1},
}


@pytest.mark.parametrize(("operation", "who", "outcome"), cases(OF_GRADING))
async def test_a_mutation_of_grading(
    cast: Cast, operation: str, who: Who, outcome: Outcome
) -> None:
    if operation in ("RecordRetake", "ExtendAcademicDebt"):
        field, given = "debtId", await _of_debt(cast, operation)
    elif operation == "RemovePeriodMark":
        field, given = "periodMarkId", await _of_removal(cast)
    else:
        field, given = "sectionId", await _input(cast, operation)
    deed = Deed(_document(operation), given, field)
    await assert_comes_to(cast, who, outcome, deed, _CHANGES[operation])


@pytest.mark.parametrize("table", OF_GRADING.values(), ids=OF_GRADING)
def test_a_table_of_grading_names_everybody_once(table: Table) -> None:
    assert_names_everybody_once(table)


async def _input(cast: Cast, operation: str) -> dict[str, Any]:
    """Another mark than there is; the one that was given before is changed."""
    world, is_term = cast.world, "Period" in operation
    kind = PeriodMarkKind.TERM if is_term else PeriodMarkKind.ANNUAL
    mark = await PeriodMark.get_or_none(
        student_id=world.pupil.id, section_id=world.algebra.id, kind=kind
    )
    entry = {
        "studentId": gid("Student", world.pupil.id),
        "value": 5 if mark is None or mark.value != 5 else 4,
        "version": mark.version if mark else None,
        "reason": "Решение педсовета",
    }
    period = {"termId": gid("Term", world.klass.term.id)} if is_term else {"kind": kind.value}
    given = {"sectionId": gid("CourseSection", world.algebra.id), **period}
    return given | ({"entries": [entry]} if operation.endswith("s") else entry)


async def _of_debt(cast: Cast, operation: str) -> dict[str, Any]:
    """A debt of the neighbour's that nothing was done about."""
    world = cast.world
    section = await world.neighbours.section(f"Предмет {serial()}")
    debt = await a_year_mark(world.neighbour, section, PeriodMarkKind.ANNUAL, 2)
    await debt.update_from_dict({"recorded_at": datetime.now(UTC)}).save()
    named = {"debtId": gid("AcademicDebt", debt.id)}
    if operation == "RecordRetake":
        return {**named, "heldOn": str(world.school.today), "value": 3}
    return {**named, "days": 14, "reason": "Справка"}


async def _of_removal(cast: Cast) -> dict[str, Any]:
    """A mark for the year of algebra, in the place of the one that was taken back before."""
    world = cast.world
    section = await world.klass.section(f"Предмет {serial()}", world.algebra.teacher)
    mark = await a_year_mark(world.pupil, section, PeriodMarkKind.ANNUAL, 4)
    return {"periodMarkId": gid("PeriodMark", mark.id), "version": 1, "reason": "Описка"}


def _document(operation: str) -> str:
    field = operation[0].lower() + operation[1:]
    if operation == "RemovePeriodMark":
        shown = "periodMarkId"
    elif operation in ("RecordRetake", "ExtendAcademicDebt"):
        shown = "debt { id }"
    else:
        shown = "periodMarks { id }" if operation.endswith("s") else "periodMark { id }"
    return (
        f"mutation ($input: {operation}Input!) {{ {field}(input: $input) {{ "
        f"{shown} userErrors {{ code message field }} }} }}"
    )
