"""What gives rights: sets of ids that rows say stand in a relation to the viewer today.

A set is a query and not a list, so a right ends in the moment in which its row ends.
"""

from dataclasses import dataclass
from typing import Any

from tortoise.expressions import Q

import models
from access import hierarchy
from access.roles import Role
from access.viewer import ME, TODAY


@dataclass(frozen=True)
class Facts:
    """The values of `column` in those rows of `model` for which `where` holds."""

    model: type[models.Record]
    column: str
    where: Q


def where(path: str, value: Any) -> Q:
    """The column at `path` compares with the value as the path's last word says."""
    conditions: dict[str, Any] = {path: value}
    return Q(**conditions)


def holds_today() -> Q:
    """The dated fact (`valid_from` <= today < `valid_until`) holds."""
    return Q(valid_from__lte=TODAY) & (Q(valid_until__isnull=True) | Q(valid_until__gt=TODAY))


# A pupil's own: classes of today, and those of the past too, whose lessons stay in the diary.
_BEGUN = Q(valid_from__lte=TODAY)
OWN_CLASSES = Facts(models.Enrollment, "school_class_id", Q(student__person_id=ME) & _BEGUN)

# A guardian's.
CHILDREN = Facts(models.Guardianship, "student_id", Q(guardian_id=ME) & holds_today())
CHILDRENS_CLASSES = Facts(models.Enrollment, "school_class_id", Q(student_id__in=CHILDREN) & _BEGUN)

# Homework that is for them and not for everybody.
OWN_HOMEWORK = Facts(models.HomeworkRecipient, "homework_id", Q(student__person_id=ME))
CHILDRENS_HOMEWORK = Facts(models.HomeworkRecipient, "homework_id", Q(student_id__in=CHILDREN))

WORKPLACES = Facts(models.StaffPost, "organization_id", Q(person_id=ME) & holds_today())

# A teacher's: sections taught today where they work, and who is taught in them.
_MINE_WHERE_I_WORK = Q(teacher_id=ME, section__school_class__organization_id__in=WORKPLACES)
TAUGHT_SECTIONS = Facts(models.TeachingAssignment, "section_id", _MINE_WHERE_I_WORK & holds_today())
TAUGHT_CLASSES = Facts(models.CourseSection, "school_class_id", Q(id__in=TAUGHT_SECTIONS))
TAUGHT_GROUPS_CLASSES = Facts(
    models.SchoolClass, "parent_id", Q(id__in=TAUGHT_CLASSES, parent_id__isnull=False)
)
TAUGHT_STUDENTS = Facts(
    models.Enrollment, "student_id", Q(school_class_id__in=TAUGHT_CLASSES) & holds_today()
)

TAUGHT_SPORTS_CLASSES = Facts(
    models.CourseSection,
    "school_class_id",
    Q(id__in=TAUGHT_SECTIONS, subject__name=models.PHYSICAL_EDUCATION),
)
TAUGHT_SPORTS_STUDENTS = Facts(
    models.Enrollment, "student_id", Q(school_class_id__in=TAUGHT_SPORTS_CLASSES) & holds_today()
)

# A substitute's: while a substitution holds, the section's lessons of its days, and who is in it.
SUBSTITUTED_SECTIONS = Facts(models.Substitution, "section_id", _MINE_WHERE_I_WORK & holds_today())
SUBSTITUTED_LESSONS = Facts(
    models.SubstitutedLesson,
    "lesson_id",
    Q(teacher_id=ME, organization_id__in=WORKPLACES) & holds_today(),
)
SUBSTITUTED_CLASSES = Facts(models.CourseSection, "school_class_id", Q(id__in=SUBSTITUTED_SECTIONS))
SUBSTITUTED_GROUPS_CLASSES = Facts(
    models.SchoolClass, "parent_id", Q(id__in=SUBSTITUTED_CLASSES, parent_id__isnull=False)
)
SUBSTITUTED_STUDENTS = Facts(
    models.Enrollment, "student_id", Q(school_class_id__in=SUBSTITUTED_CLASSES) & holds_today()
)

# A homeroom teacher's: classes of a year that is not over, where they work, and their pupils.
HOMEROOMS = Facts(
    models.SchoolClass,
    "id",
    Q(
        homeroom_teacher_id=ME,
        school_year__ends_on__gte=TODAY,
        organization_id__in=WORKPLACES,
    ),
)
HOMEROOM_STUDENTS = Facts(
    models.Enrollment, "student_id", Q(school_class_id__in=HOMEROOMS) & holds_today()
)
# Those of the classes in whose school homeroom teachers write into the journal.
_SCHOOLS_WHERE_HOMEROOMS_WRITE = Facts(
    models.SchoolPolicy, "organization_id", Q(homeroom_writes_marks=True)
)
HOMEROOMS_THAT_WRITE = Facts(
    models.SchoolClass,
    "id",
    Q(id__in=HOMEROOMS, organization_id__in=_SCHOOLS_WHERE_HOMEROOMS_WRITE),
)


def organizations_of(position: models.Position) -> Facts:
    """Where the viewer holds this post today."""
    return Facts(
        models.StaffPost, "organization_id", Q(person_id=ME, position=position) & holds_today()
    )


def students_of(position: models.Position) -> Facts:
    """Pupils enrolled today where the viewer holds this post."""
    return Facts(
        models.Enrollment,
        "student_id",
        Q(organization_id__in=organizations_of(position)) & holds_today(),
    )


# Pupils and guardians as persons, of whom there are documents and consents.
ME_AS_GUARDIAN = Facts(models.Guardianship, "guardian_id", Q(guardian_id=ME) & holds_today())


def persons_of(students: Facts) -> Facts:
    """The pupils themselves."""
    return Facts(models.Student, "person_id", Q(id__in=students))


def guardians_of(students: Facts) -> Facts:
    """Those who represent the pupils today."""
    return Facts(models.Guardianship, "guardian_id", Q(student_id__in=students) & holds_today())


# Whoever agreed that the viewer's own school shares their contacts with teachers.
SHARING_CONTACTS = Facts(
    models.StandingConsent,
    "subject_id",
    Q(organization_id__in=WORKPLACES, purpose=models.ConsentPurpose.CONTACT_SHARING),
)

# A municipal authority's: the municipality in which it sits.
OWN_MUNICIPALITIES = Facts(
    models.StaffPost,
    "organization__settlement__municipality_id",
    Q(person_id=ME, position=models.Position.MUNICIPAL_AUTHORITY) & holds_today(),
)

# Accounts: who belongs to the schools where the viewer holds a post, and whose passwords a homeroom
# teacher resets, where the school lets them.
_FAMILY = [role.value for role in sorted(hierarchy.FAMILY)]
_OPERATORS = [role.value for role in sorted(hierarchy.OPERATORS)]
_LETTING_HOMEROOMS = Facts(
    models.SchoolPolicy, "organization_id", Q(homeroom_resets_passwords=True)
)
HOMEROOM_FAMILIES = Facts(
    models.Membership,
    "person_id",
    Q(
        school_class_id__in=HOMEROOMS,
        organization_id__in=_LETTING_HOMEROOMS,
        role__in=_FAMILY,
    ),
)
MUNICIPAL_ADMINISTRATORS = Facts(
    models.Membership,
    "person_id",
    Q(
        role=Role.SCHOOL_ADMINISTRATOR.value,
        organization__settlement__municipality_id__in=OWN_MUNICIPALITIES,
    ),
)
MUNICIPAL_AUTHORITIES = Facts(
    models.Membership, "person_id", Q(role=Role.MUNICIPAL_AUTHORITY.value)
)
OPERATORS = Facts(models.Membership, "person_id", Q(role__in=_OPERATORS))


def people_of(position: models.Position) -> Facts:
    """Pupils, guardians and staff of today where the viewer holds this post."""
    return Facts(models.Membership, "person_id", Q(organization_id__in=organizations_of(position)))


# By what accounts may be looked for: the viewer's own schools, municipality, region, and no more.
_MANAGING = [
    models.Position.DEPUTY_HEAD,
    models.Position.HEAD,
    models.Position.SCHOOL_ADMINISTRATOR,
]
MANAGED = Facts(
    models.StaffPost,
    "organization_id",
    Q(person_id=ME, position__in=_MANAGING) & holds_today(),
)
OPERATING = [
    models.Position.REGIONAL_OPERATOR,
    models.Position.SYSTEM_ADMINISTRATOR,
    models.Position.SUPPORT,
]
"""The posts of those who run the region's system."""
_OVERSEEN_REGIONS = Facts(
    models.StaffPost,
    "organization__settlement__municipality__region_id",
    Q(person_id=ME, position__in=OPERATING) & holds_today(),
)
OVERSEEN = Facts(
    models.Organization,
    "id",
    Q(id__in=MANAGED)
    | Q(settlement__municipality_id__in=OWN_MUNICIPALITIES)
    | Q(settlement__municipality__region_id__in=_OVERSEEN_REGIONS),
)

# Mail: what one has been sent and not deleted, and whom one may write to.
HELD = Q(recipient_id=ME, deleted_at__isnull=True)
RECEIVED = Facts(models.MessageReceipt, "message_id", HELD)
SENT = Q(sender_id=ME, sender_deleted_at__isnull=True)
ADDRESSEES = Facts(models.Addressee, "person_id", Q(writer_id=ME))

# Announcements: the keys under which one is reached, and what was announced under any of them.
_AUDIENCE_KEYS = Facts(models.AudienceKey, "key", Q(person_id=ME))
ANNOUNCED = Facts(models.EventAudience, "event_id", Q(key__in=_AUDIENCE_KEYS))
