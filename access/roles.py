"""The one table of roles, and the relations in which each may stand to a row."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is today, by a post, an enrolment or another dated fact."""

    STUDENT = "STUDENT"
    GUARDIAN = "GUARDIAN"
    TEACHER = "TEACHER"
    SUBSTITUTE = "SUBSTITUTE"
    HOMEROOM_TEACHER = "HOMEROOM_TEACHER"
    DEPUTY_HEAD = "DEPUTY_HEAD"
    HEAD = "HEAD"
    SCHOOL_ADMINISTRATOR = "SCHOOL_ADMINISTRATOR"
    LIBRARIAN = "LIBRARIAN"
    PSYCHOLOGIST = "PSYCHOLOGIST"
    MUNICIPAL_AUTHORITY = "MUNICIPAL_AUTHORITY"
    REGIONAL_OPERATOR = "REGIONAL_OPERATOR"
    SYSTEM_ADMINISTRATOR = "SYSTEM_ADMINISTRATOR"
    SUPPORT = "SUPPORT"


class Relation(StrEnum):
    """How a reader stands to a row; rules are made of these and the SDL prints them."""

    ANYONE = "ANYONE"
    SIGNED_IN = "SIGNED_IN"
    SELF = "SELF"
    STUDENT = "STUDENT"
    GUARDIAN = "GUARDIAN"
    TEACHES = "TEACHES"
    TEACHES_PHYSICAL_EDUCATION = "TEACHES_PHYSICAL_EDUCATION"
    SUBSTITUTES = "SUBSTITUTES"
    HOMEROOM = "HOMEROOM"
    DEPUTY_HEAD = "DEPUTY_HEAD"
    HEAD = "HEAD"
    ADMINISTRATOR = "ADMINISTRATOR"
    LIBRARIAN = "LIBRARIAN"
    PSYCHOLOGIST = "PSYCHOLOGIST"
    MUNICIPALITY = "MUNICIPALITY"
    REGION = "REGION"
    SYSTEM = "SYSTEM"
    SUPPORT = "SUPPORT"


Relations = frozenset[Relation]

OF_ANYONE: Relations = frozenset({Relation.ANYONE})
OF_SIGNED_IN: Relations = OF_ANYONE | {Relation.SIGNED_IN, Relation.SELF}

# Which relation a role can give beyond those of everybody who is signed in. Whether it holds for
# a row is a fact of rows (access/facts.py), never a claim of a token.
GIVEN_BY_ROLE: dict[Role, Relations] = {
    Role.STUDENT: frozenset({Relation.STUDENT}),
    Role.GUARDIAN: frozenset({Relation.GUARDIAN}),
    Role.TEACHER: frozenset({Relation.TEACHES, Relation.TEACHES_PHYSICAL_EDUCATION}),
    Role.SUBSTITUTE: frozenset({Relation.SUBSTITUTES}),
    Role.HOMEROOM_TEACHER: frozenset({Relation.HOMEROOM}),
    Role.DEPUTY_HEAD: frozenset({Relation.DEPUTY_HEAD}),
    Role.HEAD: frozenset({Relation.HEAD}),
    Role.SCHOOL_ADMINISTRATOR: frozenset({Relation.ADMINISTRATOR}),
    Role.LIBRARIAN: frozenset({Relation.LIBRARIAN}),
    Role.PSYCHOLOGIST: frozenset({Relation.PSYCHOLOGIST}),
    Role.MUNICIPAL_AUTHORITY: frozenset({Relation.MUNICIPALITY}),
    Role.REGIONAL_OPERATOR: frozenset({Relation.REGION}),
    Role.SYSTEM_ADMINISTRATOR: frozenset({Relation.SYSTEM}),
    Role.SUPPORT: frozenset({Relation.SUPPORT}),
}


def relations_of(roles: frozenset[Role]) -> Relations:
    """Every relation that someone signed in with these roles may stand in."""
    return OF_SIGNED_IN.union(*(GIVEN_BY_ROLE[role] for role in roles))
