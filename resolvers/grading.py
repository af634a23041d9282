"""Settling what a school may settle of its marks and journals."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

import strawberry

from access import offices, rules
from errors import UserError
from models import GradingPolicy
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.directory import ChangeGradingPolicyPayload
from schema.grading import ChangeGradingPolicyInput

_BOUNDS = {
    "correction_days": (0, 366),
    "fewest_marks": (0, 50),
    "fewest_marks_of_half_year": (0, 50),
    "absence_limit_percent": (1, 100),
}
_THRESHOLDS = ("three_from", "four_from", "five_from")
_SETTLED = (
    *_THRESHOLDS,
    *_BOUNDS,
    "debts_become_two",
    "learning_degree_weighs_ones",
    "pupils_answer_homework",
)
_CAMEL = {
    name: "".join(each.capitalize() if place else each for place, each in enumerate(words))
    for name in _SETTLED
    if (words := name.split("_"))
}
_LEAST, _MOST = 1, 5
_POLICY = Reading(
    offices.SETTLED_GRADING,
    "Organization",
    rules.MANAGEMENT,
    """
    SELECT {row}.id FROM {rows} JOIN organization held ON held.id = {row}.organization_id
    WHERE {reached} FOR NO KEY UPDATE OF held
    """,
)
# Asked behind the lock, so that it is what the former writer left.
_FORMER = """
SELECT settled.*, policy.id AS policy_id
FROM settled_grading settled
LEFT JOIN grading_policy policy ON policy.organization_id = settled.organization_id
WHERE settled.organization_id = $1
"""


@mutation(ChangeGradingPolicyPayload, allow=_POLICY.via)
async def change_grading_policy(
    work: Work,
    input: ChangeGradingPolicyInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Settle for a school what it may settle of its marks and journals."""
    given = _given(input)
    if not given:
        raise UserError("REQUIRED", "Say what is to be changed.")
    all_of(_out_of_bounds(given))
    school = (await work.read(_POLICY, input.organization_id, "organizationId"))["id"]
    (former,) = await work.connection.execute_query_dict(_FORMER, [school])
    before = {name: former[name] for name in _SETTLED}
    all_of(_out_of_order(before | given))
    if former["policy_id"] is None:
        work.writes.make(GradingPolicy, organization_id=school, **before | given)
    else:
        work.writes.change(GradingPolicy, former["policy_id"], **given)
    work.audit(
        "policy.changed",
        GradingPolicy,
        school,
        before={name: _told(before[name]) for name in given},
        after={name: _told(value) for name, value in given.items()},
        organization_id=school,
    )
    return {"organization": school}


def _given(policy: ChangeGradingPolicyInput) -> dict[str, Any]:
    """What is given; means as the exact decimals that were written."""
    values = {name: getattr(policy, name) for name in _SETTLED}
    return {
        name: Decimal(str(value)) if name in _THRESHOLDS else value
        for name, value in values.items()
        if value is not None
    }


def _out_of_bounds(given: Mapping[str, Any]) -> Iterator[UserError]:
    for name, (least, most) in _BOUNDS.items():
        if name in given and not least <= given[name] <= most:
            yield UserError("OUT_OF_RANGE", f"A number from {least} to {most}.", _CAMEL[name])
    for name in _THRESHOLDS:
        value = given.get(name)
        if value is not None and not (_LEAST <= value <= _MOST and value == round(value, 2)):
            yield UserError(
                "OUT_OF_RANGE", "A mean from 1 to 5 with two decimals at most.", _CAMEL[name]
            )


def _out_of_order(values: Mapping[str, Any]) -> Iterator[UserError]:
    for lower, higher in pairwise(_THRESHOLDS):
        if values[lower] >= values[higher]:
            yield UserError(
                "OUT_OF_RANGE", "Better marks are proposed from higher means on.", _CAMEL[higher]
            )


def _told(value: Any) -> Any:
    """The value as the audit trail keeps it, which is JSON."""
    return str(value) if isinstance(value, Decimal) else value


@strawberry.type
class GradingMutation:
    """Settling a school's rules of marks."""

    change_grading_policy = change_grading_policy
