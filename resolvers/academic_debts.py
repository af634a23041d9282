"""Making annual marks good: what retakes came to, and days that do not count."""

from collections.abc import Mapping
from typing import Any

import strawberry

from access import results, rules
from errors import UserError
from models import ChangeArea, ChangeKind, DebtExtension, Retake
from resolvers import limits, mark_rules
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.academic_debts import (
    DUE,
    FORMED,
    AcademicDebtPayload,
    ExtendAcademicDebtInput,
    RecordRetakeInput,
)
from subscriptions import topics
from subscriptions.log import Change

_MOST_RETAKES = 2
_DAYS = range(1, 367)

# Two who write of one debt come one after the other.
_DEBT = Reading(
    results.ACADEMIC_DEBTS,
    "AcademicDebt",
    rules.MANAGEMENT,
    f"""
    SELECT {{row}}.id, {{row}}.student_id, class.organization_id, class.grade_level,
           {FORMED} AS formed_on, {DUE} AS due_on
    FROM {{rows}}
    JOIN course_section section ON section.id = {{row}}.section_id
    JOIN school_class class ON class.id = section.school_class_id
    WHERE {{reached}}
    FOR NO KEY UPDATE OF {{row}}
    """,  # noqa: S608 — expressions of the schema
)
# What was written while the lock was waited for is seen by a statement of its own.
_RETAKES = """
SELECT count(*)::int AS count,
       coalesce(bool_or(value >= 3 OR sign = 'PASSED'), false) AS is_cleared
FROM retake WHERE period_mark_id = $1
"""


@mutation(AcademicDebtPayload, allow=_DEBT.via)
async def record_retake(work: Work, input: RecordRetakeInput) -> Mapping[str, Any]:  # noqa: A002
    """Write down what a retake of an academic debt came to; there are two, in a year's time."""
    all_of((_one_of_both(input), limits.value(input.value, "value")))
    debt = await _debt(work, input.debt_id)
    number = debt["count"] + 1
    used = mark_rules.not_used(debt["grade_level"], input.value, "value")
    all_of((used, _may_be_retaken(work, debt, number, input)))
    row_id = await work.next_id(Retake)
    after = {"value": input.value, "sign": input.sign, "held_on": input.held_on.isoformat()}
    work.writes.make(
        Retake,
        id=row_id,
        period_mark_id=debt["id"],
        number=number,
        held_on=input.held_on,
        is_by_commission=input.is_by_commission,
        value=input.value,
        sign=input.sign,
        by_id=work.viewer.person_id,
        at=work.viewer.now,
    )
    school = debt["organization_id"]
    work.audit("mark.retaken", Retake, row_id, after=after, organization_id=school)
    _announce(work, debt)
    return {"debt": debt["id"]}


@mutation(AcademicDebtPayload, allow=_DEBT.via)
async def extend_academic_debt(work: Work, input: ExtendAcademicDebtInput) -> Mapping[str, Any]:  # noqa: A002
    """Let days of illness not count in the year in which a debt is to be made good."""
    days = None
    if input.days not in _DAYS:
        days = UserError("OUT_OF_RANGE", "Between 1 and 366 days.", "days")
    all_of((days, limits.reason(input.reason)))
    debt = await _debt(work, input.debt_id)
    row_id, reason = await work.next_id(DebtExtension), input.reason.strip()
    work.writes.make(
        DebtExtension,
        id=row_id,
        period_mark_id=debt["id"],
        days=input.days,
        reason=reason,
        by_id=work.viewer.person_id,
        at=work.viewer.now,
    )
    work.audit(
        "mark.debt_extended",
        DebtExtension,
        row_id,
        after={"days": input.days, "reason": reason},
        organization_id=debt["organization_id"],
    )
    _announce(work, debt)
    return {"debt": debt["id"]}


async def _debt(work: Work, wanted: str) -> Mapping[str, Any]:
    """The debt, held until the commit, with its retakes; raises UserError where it is made good."""
    debt = await work.read(_DEBT, wanted, "debtId")
    (retakes,) = await work.connection.execute_query_dict(_RETAKES, [debt["id"]])
    if retakes["is_cleared"]:
        raise UserError("DUPLICATE", "This debt is made good already.", "debtId")
    return {**debt, **retakes}


def _one_of_both(given: RecordRetakeInput) -> UserError | None:
    if (given.value is None) == (given.sign is None):
        return UserError("REQUIRED", "A mark is either a value or a word.", "value")
    return None


def _may_be_retaken(
    work: Work, debt: Mapping[str, Any], number: int, given: RecordRetakeInput
) -> UserError | None:
    """Why the retake is none by the law's rules."""
    if number > _MOST_RETAKES:
        return UserError("OUT_OF_RANGE", "There are two retakes, and no third.", "debtId")
    if given.held_on > work.viewer.today:
        return UserError("IN_FUTURE", "It has not been held yet.", "heldOn")
    if not debt["formed_on"] <= given.held_on <= debt["due_on"]:
        told = f"It is retaken from {debt['formed_on']} to {debt['due_on']}."
        return UserError("OUT_OF_RANGE", told, "heldOn")
    if number == _MOST_RETAKES and not given.is_by_commission:
        return UserError("REQUIRED", "A commission holds the second retake.", "isByCommission")
    return None


def _announce(work: Work, debt: Mapping[str, Any]) -> None:
    topic = topics.school(debt["organization_id"])
    change = Change(
        topic, ChangeArea.FINAL_MARKS, ChangeKind.CHANGED, debt["id"], debt["student_id"]
    )
    work.announce(change)


@strawberry.type
class AcademicDebtsMutation:
    """Making annual marks good."""

    record_retake = record_retake
    extend_academic_debt = extend_academic_debt
