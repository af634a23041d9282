"""Who issues accounts for whom, and who appoints whom: the one table, and what follows from it."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from access.roles import Role

FAMILY = frozenset({Role.STUDENT, Role.GUARDIAN})
STAFF = frozenset(
    {
        Role.TEACHER,
        Role.SUBSTITUTE,
        Role.HOMEROOM_TEACHER,
        Role.DEPUTY_HEAD,
        Role.HEAD,
        Role.LIBRARIAN,
        Role.PSYCHOLOGIST,
    }
)
OPERATORS = frozenset({Role.REGIONAL_OPERATOR, Role.SYSTEM_ADMINISTRATOR, Role.SUPPORT})

# Below whom the accounts stand of people who are nothing else. What an account opens must be below
# whoever hands out its password: they could use it.
BELOW: Mapping[Role, frozenset[Role]] = {
    Role.HOMEROOM_TEACHER: FAMILY,
    Role.SCHOOL_ADMINISTRATOR: FAMILY | STAFF,
    Role.MUNICIPAL_AUTHORITY: FAMILY | STAFF | {Role.SCHOOL_ADMINISTRATOR},
    Role.REGIONAL_OPERATOR: FAMILY | {Role.MUNICIPAL_AUTHORITY},
    Role.SYSTEM_ADMINISTRATOR: frozenset(Role),
}

# A homeroom teacher is one by a class and a substitute by a section, not by a post. Nobody appoints
# their equals but those who run the system, and they appoint nobody who would see a school's data.
APPOINTS: Mapping[Role, frozenset[Role]] = {
    Role.SCHOOL_ADMINISTRATOR: STAFF - {Role.HOMEROOM_TEACHER, Role.SUBSTITUTE},
    Role.MUNICIPAL_AUTHORITY: frozenset({Role.SCHOOL_ADMINISTRATOR}),
    Role.REGIONAL_OPERATOR: frozenset({Role.MUNICIPAL_AUTHORITY}),
    Role.SYSTEM_ADMINISTRATOR: OPERATORS,
}
_EVERYWHERE = frozenset({Role.REGIONAL_OPERATOR, Role.SYSTEM_ADMINISTRATOR})


class Grant(NamedTuple):
    """A role that somebody holds today, at which organization, in which municipality."""

    role: Role
    organization_id: int | None
    municipality_id: int | None


def is_below(theirs: Collection[Grant], mine: Collection[Grant]) -> bool:
    """Whether every role of theirs is below one of mine: then I may hand out their password.

    A family's roles are below at whatever school; a post only where mine has a say.
    """
    return all(any(_covers(each, other, BELOW) for each in mine) for other in theirs)


def may_appoint(post: Grant, mine: Collection[Grant]) -> bool:
    """Whether one of my roles makes appointments to that post."""
    return any(_covers(each, post, APPOINTS) for each in mine)


def _covers(mine: Grant, theirs: Grant, table: Mapping[Role, frozenset[Role]]) -> bool:
    if theirs.role not in table.get(mine.role, frozenset()):
        return False
    if theirs.role in FAMILY or mine.role in _EVERYWHERE:
        return True
    if mine.role is Role.MUNICIPAL_AUTHORITY:
        return theirs.municipality_id == mine.municipality_id
    return theirs.organization_id == mine.organization_id
