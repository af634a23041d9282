"""Settling what a school may settle for itself."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry import UNSET

from access import offices, rules
from errors import UserError
from models import SchoolPolicy
from resolvers import hours
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work
from schema.directory import ChangeSchoolPolicyPayload
from schema.policies import ChangeSchoolPolicyInput

_SETTLED = (
    "homeroom_resets_passwords",
    "homeroom_writes_marks",
    "administrators_need_second_factor",
    "pupils_write_to_classmates",
    "guardians_write_to_guardians",
    "teachers_write_to_guardians",
    *hours.QUIET,
)
_POLICY = Reading(
    offices.SETTLED_POLICIES,
    "Organization",
    rules.HEAD | rules.ADMINISTRATOR,
    """
    SELECT {row}.id FROM {rows} JOIN organization held ON held.id = {row}.organization_id
    WHERE {reached} FOR NO KEY UPDATE OF held
    """,
)
# Asked behind the lock, so that it is what the former writer left.
_FORMER = """
SELECT settled.*, policy.id AS policy_id
FROM settled_policy settled
LEFT JOIN school_policy policy ON policy.organization_id = settled.organization_id
WHERE settled.organization_id = $1
"""


@mutation(ChangeSchoolPolicyPayload, allow=_POLICY.via)
async def change_school_policy(
    work: Work,
    input: ChangeSchoolPolicyInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Settle for a school what it may settle for itself."""
    given = _given(input)
    if not given:
        raise UserError("REQUIRED", "Say what is to be changed.")
    school = (await work.read(_POLICY, input.organization_id, "organizationId"))["id"]
    (former,) = await work.connection.execute_query_dict(_FORMER, [school])
    before = {name: former[name] for name in _SETTLED}
    hours.check(before | given)
    if former["policy_id"] is None:
        work.writes.make(SchoolPolicy, organization_id=school, **before | given)
    else:
        work.writes.change(SchoolPolicy, former["policy_id"], **given)
    work.audit(
        "policy.changed",
        SchoolPolicy,
        school,
        before={name: before[name] for name in given},
        after=given,
        organization_id=school,
    )
    return {"organization": school}


def _given(policy: ChangeSchoolPolicyInput) -> dict[str, Any]:
    """What is given; only hours may be given as null."""
    values = {name: getattr(policy, name) for name in _SETTLED}
    return {
        name: value
        for name, value in values.items()
        if value is not UNSET and (value is not None or name in hours.QUIET)
    }


@strawberry.type
class PoliciesMutation:
    """Settling a school's own matters."""

    change_school_policy = change_school_policy
