"""Operations on pages, works and debts of the journal × everybody."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import DebtMark, JournalLock
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
from tests.factories import LessonMade, gid, serial

# Whose journal it is, whoever teaches there knows.
_LOCKING = others_forbidden(
    {
        Outcome.DONE: {Who.DEPUTY, Who.HEAD, Who.ADMINISTRATOR},
        Outcome.READ_ONLY: {Who.RUSSIAN_AND_DEPUTY},
        Outcome.HIDDEN: {Who.DEPUTY_ELSEWHERE, Who.HEAD_ELSEWHERE, Who.ADMINISTRATOR_ELSEWHERE},
    }
)
# As whoever gives marks there.
_SETTING = others_forbidden(
    {
        Outcome.DONE: {Who.TEACHER, Who.SUBSTITUTE, Who.DEPUTY, Who.ADMINISTRATOR},
        Outcome.READ_ONLY: {Who.HOMEROOM, Who.TEACHER_AND_GUARDIAN},
        Outcome.HIDDEN: {
            Who.TEACHER_OF_RUSSIAN,
            Who.TEACHER_OF_SPORTS,
            Who.RUSSIAN_AND_HOMEROOM,
            Who.RUSSIAN_AND_DEPUTY,
            Who.TEACHER_OF_NEIGHBOURS,
            Who.TEACHER_OF_STRANGERS,
            Who.FORMER_TEACHER,
            Who.COMING_TEACHER,
            Who.FORMER_SUBSTITUTE,
            Who.COMING_SUBSTITUTE,
            Who.HOMEROOM_OF_NEIGHBOURS,
            Who.HOMEROOM_OF_STRANGERS,
            Who.DEPUTY_ELSEWHERE,
            Who.ADMINISTRATOR_ELSEWHERE,
        },
    }
)
# Kinds of work are told to everybody who is signed in, and schools are known to all.
_NAMING = others_forbidden(
    {
        Outcome.DONE: {Who.DEPUTY, Who.ADMINISTRATOR},
        Outcome.READ_ONLY: {
            Who.DEPUTY_ELSEWHERE,
            Who.ADMINISTRATOR_ELSEWHERE,
            Who.RUSSIAN_AND_DEPUTY,
        },
    }
)
OF_JOURNAL: Mapping[str, Table] = {
    "LockJournal": _LOCKING,
    "UnlockJournal": _LOCKING,
    "CreateAssignment": _SETTING,
    "ChangeAssignment": _SETTING,
    "RemoveAssignment": _SETTING,
    "SetDebt": _SETTING,
    "ChangeDebt": _SETTING,
    "ClearDebt": _SETTING,
    "CreateWorkType": _NAMING,
    "ChangeWorkType": _NAMING,
}
_MADE = {
    "LockJournal": "lock",
    "UnlockJournal": "lock",
    "CreateAssignment": "assignment",
    "ChangeAssignment": "assignment",
    "RemoveAssignment": "assignment",
    "SetDebt": "debt",
    "ChangeDebt": "debt",
    "ClearDebt": "debt",
    "CreateWorkType": "workType",
    "ChangeWorkType": "workType",
}
_CHANGES = {
    "lock": {"journal_lock": 1, "audit_entry": 1},
    "assignment": {"assignment": 1, "audit_entry": 1, "change_entry": 1},
    "debt": {"debt_mark": 1, "audit_entry": 1, "change_entry": 1},
    "workType": {"work_type": 1, "audit_entry": 1},
}


@pytest.fixture(scope="module")
async def lesson(cast: Cast) -> LessonMade:
    """Return a lesson of the algebra of 7А that nothing was written to."""
    return await cast.world.algebra.lesson()


@pytest.mark.parametrize(("operation", "who", "outcome"), cases(OF_JOURNAL))
async def test_an_operation_on_the_journal(
    cast: Cast, lesson: LessonMade, operation: str, who: Who, outcome: Outcome
) -> None:
    given = await _input(cast, lesson, operation)
    name, made = operation[0].lower() + operation[1:], _MADE[operation]
    document = (
        f"mutation ($input: {operation}Input!) {{ {name}(input: $input) "
        f"{{ {made} {{ id }} userErrors {{ code message field }} }} }}"
    )
    deed = Deed(document, given, next(iter(given)))
    await assert_comes_to(cast, who, outcome, deed, _CHANGES[made])


@pytest.mark.parametrize("table", OF_JOURNAL.values())
def test_a_table_names_everybody_once(table: Table) -> None:
    assert_names_everybody_once(table)


async def _input(cast: Cast, lesson: LessonMade, operation: str) -> dict[str, Any]:
    made = _MADE[operation]
    if made == "lock":
        return await _lock(cast, operation)
    if made == "workType":
        return _kind(cast, operation)
    return await _work(cast, lesson, operation)


def _kind(cast: Cast, operation: str) -> dict[str, Any]:
    school, kind = cast.world.school, {"name": f"Вид {serial()}", "weight": 10}
    if operation == "ChangeWorkType":
        return {"workTypeId": gid("WorkType", school.work_types["TEST"].id), **kind}
    whose = {"organizationId": gid("Organization", school.id)}
    return {**whose, "code": f"KIND_{serial()}", "abbreviation": "В", **kind}


async def _work(cast: Cast, lesson: LessonMade, operation: str) -> dict[str, Any]:
    """A work of its own each time, and a debt of it where one is to be cleared."""
    if operation == "CreateAssignment":
        return {"lessonId": gid("Lesson", lesson.id), "title": "Эссе", "workType": "TEST"}
    work = await lesson.assignment()
    named = {"assignmentId": gid("Assignment", work.id)}
    if operation == "ChangeAssignment":
        return {**named, "version": 1, "title": "Сочинение"}
    if operation == "RemoveAssignment":
        return {**named, "version": 1}
    if operation == "SetDebt":
        student = gid("Student", cast.world.pupil.id)
        return {**named, "studentId": student, "deadline": str(lesson.row.date)}
    made = await DebtMark.create(
        assignment_id=work.id,
        lesson_id=lesson.id,
        student_id=cast.world.pupil.id,
        deadline=lesson.row.date,
        set_by_id=cast.world.algebra.teacher.id,
        set_at=datetime.now(UTC),
    )
    named = {"debtId": gid("Debt", made.id)}
    if operation == "ChangeDebt":
        return {**named, "deadline": str(lesson.row.date + timedelta(days=1))}
    return named


async def _lock(cast: Cast, operation: str) -> dict[str, Any]:
    """A page of a term that is over, on which nobody else of the tests writes."""
    klass, subject = cast.world.klass, cast.world.algebra.subject
    page: dict[str, Any] = {
        "school_class_id": klass.id,
        "subject_id": subject.id,
        "term_id": klass.terms[0].id,
    }
    await JournalLock.filter(**page).delete()
    if operation == "UnlockJournal":
        page |= {"locked_by_id": cast.world.algebra.teacher.id, "locked_at": datetime.now(UTC)}
        made = await JournalLock.create(**page, reason="Закрыта")
        return {"lockId": gid("JournalLock", made.id), "reason": "Открыта"}
    return {
        "classId": gid("SchoolClass", klass.id),
        "subjectId": gid("Subject", subject.id),
        "termId": gid("Term", klass.terms[0].id),
        "reason": "Закрыта",
    }
