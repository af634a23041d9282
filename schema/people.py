"""Pupils and their guardians."""

from datetime import date

from tortoise.expressions import Q

import models
from access import facts, rules, scopes
from models import GuardianRelation, HealthGroup
from schema import names, numbers
from schema.classes import SchoolClass
from schema.declaration import (
    Node,
    Page,
    Through,
    column,
    describe_enum,
    entity,
    many,
    one,
    resolved,
)
from schema.diary import DiaryDay, OverdueAssignment, SubjectAverage, diary_days
from schema.journal import Mark

describe_enum(
    HealthGroup,
    "Health group of a medical examination (группа здоровья).",
    I="Healthy.",
    II="Healthy with some deviations.",
    III="A chronic illness in remission.",
    IV="A chronic illness with complaints.",
    V="A severe chronic illness or disability.",
)
describe_enum(
    GuardianRelation,
    "What a guardian is to the child.",
    MOTHER="Mother.",
    FATHER="Father.",
    GRANDPARENT="Grandmother or grandfather.",
    GUARDIAN="Appointed guardian (опекун).",
    OTHER="Another legal representative.",
)

_CARE = rules.FAMILY | rules.HOMEROOM | rules.MANAGEMENT


@entity(reach=scopes.GUARDIANS)
class Guardian(Node):
    """An adult who represents a pupil today (законный представитель)."""

    full_name: str = column(
        "guardian__full_name", description="Family name, first name, patronymic."
    )
    relation: GuardianRelation = column(description="What they are to the child.")
    phone: str | None = column(
        "guardian__phone",
        description="Their phone; a guardian sees their own and not another guardian's.",
        allow=rules.SELF | rules.STUDENT | rules.HOMEROOM | rules.MANAGEMENT,
    )


@entity(reach=scopes.STUDENTS)
class Student(Node):
    """A pupil (ученик)."""

    full_name: str = column("person__full_name", description="Family name, first name, patronymic.")
    short_name: str = resolved(
        names.short,
        needs=tuple(f"person__{part}" for part in names.PARTS),
        description="Family name and initials, as in the class journal.",
    )
    birth_date: date | None = column(
        "person__birth_date",
        description="Date of birth.",
        allow=_CARE | rules.TEACHES | rules.PSYCHOLOGIST,
    )
    snils: str | None = resolved(
        numbers.snils,
        needs=("person__snils_sealed",),
        description="Personal insurance number (СНИЛС), eleven digits.",
        allow=rules.GUARDIAN,
    )
    phone: str | None = column("person__phone", description="Own phone.", allow=_CARE)
    email: str | None = column("person__email", description="Own e-mail address.", allow=_CARE)
    health_group: HealthGroup | None = column(
        description="Health group (группа здоровья).", allow=_CARE | rules.PSYCHOLOGIST
    )
    guardians: list[Guardian] | None = many(
        description="The guardians of today.",
        on={"student_id": "id"},
        order_by=("guardian__full_name", "id"),
        expected=2,
        allow=_CARE,
    )
    school_class: SchoolClass | None = one(
        description="The class in which the pupil is enrolled today.",
        through=Through(
            models.Enrollment,
            on={"student_id": "id"},
            key="school_class_id",
            where=Q(kind=models.ClassKind.HOMEROOM) & facts.holds_today(),
        ),
        order_by=("id",),
    )
    diary: list[DiaryDay] = diary_days()
    subject_averages: list[SubjectAverage] = many(
        description="Averages by subject in the current term.",
        on={"student_id": "id"},
        where=Q(is_current=True),
        order_by=("subject__name", "subject_id"),
        expected=15,
    )
    recent_marks: list[Mark] = many(
        description="The latest marks, the newest first.",
        on={"student_id": "id"},
        order_by=("-recorded_at", "-id"),
        first=Page(default=10, most=50),
    )
    overdue_assignments: list[OverdueAssignment] = many(
        description="Mandatory works past their day without a mark, the oldest first.",
        on={"student_id": "id"},
        order_by=("due_on", "assignment_id"),
        expected=5,
    )
