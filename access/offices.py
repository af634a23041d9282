"""Who reaches papers, consents and accounts: families, schools, the offices above them, support."""

from tortoise.expressions import Q

import models
from access import facts
from access.facts import (
    CHILDREN,
    HOMEROOM_STUDENTS,
    HOMEROOMS,
    OWN_MUNICIPALITIES,
    TAUGHT_STUDENTS,
    where,
)
from access.posts import MANAGEMENT, POST_OF, at
from access.roles import Relation, Role
from access.scope import EVERY, Reach, Scope
from access.viewer import FOURTEEN_YEARS_AGO, ME


def _of_people(person: str, relation: Relation) -> Q:
    """Rows of pupils who are enrolled where the viewer holds the post, and of their guardians.

    An administrator keeps the papers of staff too.
    """
    if relation is Relation.ADMINISTRATOR:
        return where(f"{person}__in", facts.people_of(POST_OF[relation]))
    students = facts.students_of(POST_OF[relation])
    return where(f"{person}__in", facts.persons_of(students)) | where(
        f"{person}__in", facts.guardians_of(students)
    )


def _of_offices(person: str) -> Reach:
    """Rows of those whom an office above the schools appoints, or of the operators' like."""
    among = f"{person}__in"
    return {
        Relation.MUNICIPALITY: where(among, facts.MUNICIPAL_ADMINISTRATORS),
        Relation.REGION: where(among, facts.MUNICIPAL_AUTHORITIES),
        Relation.SYSTEM: where(among, facts.OPERATORS),
    }


# A pupil does not read the number of their own birth certificate; a guardian reads both.
DOCUMENTS = Scope(
    models.IdentityDocument,
    {
        Relation.SELF: Q(person_id__in=facts.ME_AS_GUARDIAN),
        Relation.GUARDIAN: Q(person_id__in=facts.persons_of(CHILDREN)),
        Relation.HOMEROOM: Q(person_id__in=facts.persons_of(HOMEROOM_STUDENTS)),
        **{relation: _of_people("person_id", relation) for relation in MANAGEMENT},
        **_of_offices("person_id"),
    },
)
# One reads what one has given, and from fourteen years on what was given about oneself.
CONSENTS = Scope(
    models.DataConsent,
    {
        Relation.SELF: Q(given_by_id=ME)
        | Q(subject_id=ME, subject__birth_date__lte=FOURTEEN_YEARS_AGO),
        Relation.GUARDIAN: Q(subject_id__in=facts.persons_of(CHILDREN)),
        Relation.TEACHES: Q(subject_id__in=facts.persons_of(TAUGHT_STUDENTS)),
        Relation.HOMEROOM: Q(subject_id__in=facts.persons_of(HOMEROOM_STUDENTS)),
        **{relation: _of_people("subject_id", relation) for relation in MANAGEMENT},
        **_of_offices("subject_id"),
    },
)

_AT_SCHOOLS: Reach = {
    relation: Q(id__in=facts.people_of(POST_OF[relation])) for relation in MANAGEMENT
}
_OF_SCHOOLS = at("organization_id", *MANAGEMENT)
# Who runs the system reaches everybody's account, and papers of the operators' people alone.
ACCOUNT_HOLDERS = Scope(
    models.Person,
    {
        Relation.HOMEROOM: Q(id__in=facts.HOMEROOM_FAMILIES),
        **_AT_SCHOOLS,
        **_of_offices("id"),
        Relation.SYSTEM: EVERY,
        Relation.SUPPORT: EVERY,
    },
)
PAPER_OWNERS = Scope(models.Person, {**_AT_SCHOOLS, **_of_offices("id")})
MEMBERSHIPS = Scope(
    models.Membership,
    {
        Relation.HOMEROOM: Q(school_class_id__in=HOMEROOMS),
        **_OF_SCHOOLS,
        Relation.MUNICIPALITY: Q(
            organization__settlement__municipality_id__in=OWN_MUNICIPALITIES,
            role=Role.SCHOOL_ADMINISTRATOR.value,
        ),
        Relation.REGION: Q(role=Role.MUNICIPAL_AUTHORITY.value),
        Relation.SYSTEM: EVERY,
        Relation.SUPPORT: EVERY,
    },
)
SETTLED_POLICIES = Scope(models.SettledPolicy, _OF_SCHOOLS)
SETTLED_GRADING = Scope(
    models.SettledGrading,
    {
        **_OF_SCHOOLS,
        **{
            relation: Q(organization_id__in=facts.WORKPLACES)
            for relation in (Relation.TEACHES, Relation.HOMEROOM, Relation.SUBSTITUTES)
        },
    },
)
POSTS = Scope(
    models.StaffPost,
    {
        **_OF_SCHOOLS,
        Relation.MUNICIPALITY: Q(
            organization__settlement__municipality_id__in=OWN_MUNICIPALITIES,
            position=models.Position.SCHOOL_ADMINISTRATOR,
        ),
        Relation.REGION: Q(position=models.Position.MUNICIPAL_AUTHORITY),
        Relation.SYSTEM: Q(position__in=facts.OPERATING),
    },
)
