"""Works that pupils owe: writing a debt down, moving its day, and clearing it without a number."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import strawberry

from access import scopes, writing
from errors import UserError
from models import ChangeArea, ChangeKind, DebtMark
from resolvers import limits, locks
from resolvers.lessons import known_students, not_enrolled
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.declaration.ids import decode
from schema.works import ChangeDebtInput, ClearDebtInput, DebtPayload, SetDebtInput
from subscriptions import topics
from subscriptions.log import Change

# Two who write the same debt down come one after the other; so do they and who gives a mark.
_WORK = Reading(
    writing.SET_WORKS,
    "Assignment",
    frozenset(writing.SET_WORKS.by),
    f"""
    SELECT {{row}}.id, {{row}}.lesson_id, {{row}}.due_on, class.organization_id,
           nextval('debt_mark_id_seq') AS debt_id,
           EXISTS (
               SELECT FROM diary_entry entry
               WHERE entry.lesson_id = {{row}}.lesson_id AND entry.student_id = {{student}}
           ) AS is_enrolled,
           {locks.columns("lesson.section_id", "class.organization_id", day="lesson.date")}
    FROM {{rows}} JOIN lesson ON lesson.id = {{row}}.lesson_id
    JOIN school_class class ON class.id = lesson.school_class_id
    WHERE {{reached}}
    FOR UPDATE OF {{row}}
    """,  # noqa: S608 — as `locks.columns`
    given={"student": "bigint", **locks.GIVEN},
    seen=scopes.ASSIGNMENTS,
)
_DEBT = Reading(
    writing.SET_DEBTS,
    "Debt",
    frozenset(writing.SET_DEBTS.by),
    f"""
    SELECT {{row}}.id, {{row}}.deadline, {{row}}.student_id, class.organization_id,
           {locks.columns("lesson.section_id", "class.organization_id", day="lesson.date")}
    FROM {{rows}} JOIN lesson ON lesson.id = {{row}}.lesson_id
    JOIN school_class class ON class.id = lesson.school_class_id
    WHERE {{reached}}
    FOR NO KEY UPDATE OF {{row}}
    """,  # noqa: S608 — as above
    given=locks.GIVEN,
    seen=scopes.DEBTS,
)


@mutation(DebtPayload, allow=_WORK.via)
async def set_debt(work: Work, input: SetDebtInput) -> Mapping[str, Any]:  # noqa: A002
    """Write down that a pupil owes a work («точка»); a number for the work clears it."""
    all_of((limits.optional_reason(input.reason, "reason"),))
    student = decode("Student", input.student_id) or 0
    row = await work.read(
        _WORK, input.assignment_id, "assignmentId", student=student, **locks.given(work)
    )
    locks.keep(work, row, input.reason, "assignmentId")
    if not row["is_enrolled"]:
        known = await known_students(work, [student])
        raise not_enrolled("studentId", is_known=student in known)
    all_of((_in_time(work, input.deadline),))
    # Asked behind the lock of the work.
    place = {"assignment_id": row["id"], "student_id": student}
    standing = DebtMark.filter(**place, cleared_at__isnull=True).using_db(work.connection)
    if await standing.exists():
        raise UserError("DUPLICATE", "The pupil owes this work already.", "assignmentId")
    who = {"set_by_id": work.viewer.person_id, "set_at": work.viewer.now}
    given = {**place, "deadline": input.deadline}
    work.writes.make(DebtMark, id=row["debt_id"], lesson_id=row["lesson_id"], **given, **who)
    debt = {**row, **place, "id": row["debt_id"]}
    after = locks.with_reason(given, input.reason)
    _trace(work, debt, ChangeKind.RECORDED, "set", after=after)
    return {"debt": debt["id"]}


@mutation(DebtPayload, allow=_DEBT.via)
async def change_debt(work: Work, input: ChangeDebtInput) -> Mapping[str, Any]:  # noqa: A002
    """Give a debt another deadline."""
    all_of((limits.optional_reason(input.reason, "reason"),))
    debt = await work.read(_DEBT, input.debt_id, "debtId", **locks.given(work))
    locks.keep(work, debt, input.reason, "debtId")
    all_of((_in_time(work, input.deadline),))
    if input.deadline == debt["deadline"]:
        return {"debt": debt["id"]}
    given = {"deadline": input.deadline}
    work.writes.change(DebtMark, debt["id"], **given)
    before = {"deadline": debt["deadline"]}
    after = locks.with_reason(given, input.reason)
    _trace(work, debt, ChangeKind.CHANGED, "changed", before=before, after=after)
    return {"debt": debt["id"]}


@mutation(DebtPayload, allow=_DEBT.via)
async def clear_debt(work: Work, input: ClearDebtInput) -> Mapping[str, Any]:  # noqa: A002
    """Clear a debt though no number was given for the work."""
    all_of((limits.optional_reason(input.reason, "reason"),))
    debt = await work.read(_DEBT, input.debt_id, "debtId", **locks.given(work))
    locks.keep(work, debt, input.reason, "debtId")
    work.writes.change(DebtMark, debt["id"], cleared_at=work.viewer.now)
    before, after = {"deadline": debt["deadline"]}, locks.with_reason(None, input.reason)
    _trace(work, debt, ChangeKind.REMOVED, "cleared", before=before, after=after)
    return {"debt": None}


def _in_time(work: Work, deadline: date) -> UserError | None:
    if deadline < work.viewer.today:
        return UserError("IN_PAST", "A debt is due today or later.", "deadline")
    return None


def _trace(work: Work, debt: Mapping[str, Any], kind: ChangeKind, verb: str, **values: Any) -> None:
    """Write the deed, and let the family and the school hear of it."""
    number, school = debt["id"], debt["organization_id"]
    work.audit(f"journal.debt_{verb}", DebtMark, number, organization_id=school, **values)
    topic, student = topics.school(school), debt["student_id"]
    work.announce(Change(topic, ChangeArea.DEBTS, kind, number, student))


@strawberry.type
class DebtsMutation:
    """What pupils owe."""

    set_debt = set_debt
    change_debt = change_debt
    clear_debt = clear_debt
