"""The people whom accounts are issued to: found through the issuer's office, and below it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from access import offices, rules, scopes
from access.hierarchy import Grant, is_below
from access.roles import Role
from errors import UserError
from resolvers.reading import Reading
from resolvers.work import Work

_HELD = """
    SELECT {row}.id AS person_id FROM {rows} WHERE {reached} FOR NO KEY UPDATE OF {row}
"""
# Whoever issues, blocks or resets for the same person waits here for the other one's commit.
ISSUED = Reading(offices.ACCOUNT_HOLDERS, "AccountHolder", rules.ISSUERS, _HELD)
RESET = Reading(offices.ACCOUNT_HOLDERS, "AccountHolder", rules.ISSUERS | rules.HOMEROOM, _HELD)
STAFF = Reading(scopes.STAFF, "StaffMember", rules.SIGNED_IN, _HELD)
PAPERS = Reading(offices.PAPER_OWNERS, "AccountHolder", rules.ISSUERS, _HELD)

_GRANTS = """
SELECT DISTINCT held.person_id, held.role, held.organization_id, settlement.municipality_id
FROM held_role held
LEFT JOIN organization ON organization.id = held.organization_id
LEFT JOIN settlement ON settlement.id = organization.settlement_id
WHERE held.person_id = ANY($1::bigint[])
"""


class Held(NamedTuple):
    """Somebody below the viewer: their number, and the organization that the viewer is above."""

    person_id: int
    organization_id: int | None


async def below(work: Work, reading: Reading, wanted: str, at: str) -> Held:
    """The wanted person, who is held until the commit and below the viewer.

    Raises UserError: NOT_FOUND for whom the viewer does not reach, FORBIDDEN for themselves and for
    anybody who also has a role that is not below the viewer's.
    """
    person_id: int = (await work.read(reading, wanted, at))["person_id"]
    if person_id == work.viewer.person_id:
        raise UserError("FORBIDDEN", "Nobody does this to their own account.", at)
    mine, theirs = await grants(work, [work.viewer.person_id or 0, person_id])
    if not is_below(theirs, mine):
        raise UserError("FORBIDDEN", "They also have a role that is not below yours.", at)
    return Held(person_id, _common(theirs, mine))


async def grants(work: Work, people: Sequence[int]) -> list[list[Grant]]:
    """What each of these people is today."""
    rows = await work.connection.execute_query_dict(_GRANTS, [list(people)])
    return [[_grant(row) for row in rows if row["person_id"] == person] for person in people]


def _common(theirs: Sequence[Grant], mine: Sequence[Grant]) -> int | None:
    """An organization of theirs: one of the viewer's too, if there is one."""
    own = {each.organization_id for each in mine}
    found = sorted(each.organization_id for each in theirs if each.organization_id is not None)
    return next((each for each in found if each in own), found[0] if found else None)


def _grant(row: dict[str, Any]) -> Grant:
    return Grant(Role(row["role"]), row["organization_id"], row["municipality_id"])
