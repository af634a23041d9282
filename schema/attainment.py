"""What period marks come to: success, quality, learning degree and mean, of live rows."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from tortoise.expressions import Q

from access import scopes
from models import AttainmentLevel, PeriodMarkKind, TermKind
from schema.curriculum import Subject, Term
from schema.declaration import GIVEN, argument, column, describe_enum, entity, many, one
from schema.staff import StaffMember

if TYPE_CHECKING:
    from schema.classes import SchoolClass

_Class = Annotated["SchoolClass", strawberry.lazy("schema.classes")]

describe_enum(
    AttainmentLevel,
    "Whose period marks are counted together.",
    SECTION="Of one section: a subject in a class or group.",
    CLASS="Of the pupils of a class.",
    GRADE_LEVEL="Of the pupils of a grade level (параллель) of a school.",
    TEACHER="Of the sections that a teacher has on the period's last day.",
    SCHOOL="Of all pupils of a school.",
)

OF_YEAR = argument(
    dt.date,
    "A day of the school year.",
    Q(year_starts_on__lte=GIVEN) & Q(year_ends_on__gte=GIVEN),
)
_ORDER = (
    "year_starts_on",
    "period_kind",
    "period_number",
    "mark_kind",
    "grade_level",
    "school_class__name",
    "school_class_id",
    "teacher__full_name",
    "teacher_id",
    "subject__name",
    "subject_id",
    "section_id",
)


@entity(reach=scopes.ATTAINMENT)
class Attainment:
    """Figures of the marks for a period in a subject, or in all (отчёт об успеваемости).

    `counted` is what the rates are shares of (N): whoever is enrolled on the period's last day and
    has a mark of the scale or is not attested. Who is exempt, has no mark or left before that day
    is not in it, and neither is passed and not passed. A mark of 1 is of the level of 2. Marks for
    a year, an exam or a course are told behind those of terms, and counted by the last day of the
    grade level's last term.
    """

    level: AttainmentLevel = column(description="Whose marks these are.")
    subject: Subject | None = one(description="In which subject; null for all.")
    grade_level: int | None = column(description="Of which grade level; null for all.")
    school_class: _Class | None = one(description="Of which class; null above classes.")
    teacher: StaffMember | None = one(description="Of which teacher; null but for teachers.")
    term: Term | None = one(
        description="For which term; null where terms of several grade levels are taken together."
    )
    mark_kind: PeriodMarkKind = column(description="What the marks are for.")
    period_kind: TermKind | None = column(
        description="What kind of period; null where the marks are for no term."
    )
    period_number: int | None = column(
        description="Its place in the year, from 1; null where the marks are for no term."
    )
    enrolled: int | None = column(
        description="How many are enrolled in the class, or in the section's class or group, on "
        "the period's last day, with a mark or without; null above classes."
    )
    counted: int = column(description="How many are counted (N); a pupil once a subject.")
    fives: int = column(description="How many of them have 5.")
    fours: int = column(description="How many have 4.")
    threes: int = column(description="How many have 3.")
    twos: int = column(description="How many have 2 or 1.")
    ones: int = column(description="How many of these have 1.")
    not_attested: int = column(description="How many are not attested (н/а).")
    exempt: int = column(description="How many are exempt (осв) and so not counted.")
    success_rate: float | None = column(
        description="Per cent with 5, 4 or 3 (успеваемость), two decimals, half up, as all of "
        "these; null where nobody is counted."
    )
    quality_rate: float | None = column(
        description="Per cent with 5 or 4 (качество знаний); null where nobody is counted."
    )
    learning_degree: float | None = column(
        description="(100·n5 + 64·n4 + 36·n3 + 16·n2 + 7·n/a) / N (СОУ); where the school weighs "
        "ones, the 7 is theirs and n/a weighs nothing. Null where nobody is counted."
    )
    average_mark: float | None = column(
        description="The mean of the marks of the scale, 1 taken as 2; null where there are none."
    )


def of_class() -> Any:
    """The figures of a class; its year is its own."""
    return many(
        description="Figures of its period marks, by subject and then of all subjects, period by "
        "period: for its homeroom teacher and its school's management.",
        on={"school_class_id": "id"},
        where=Q(level=AttainmentLevel.CLASS),
        order_by=_ORDER,
        expected=20,
    )


def of_section() -> Any:
    """The figures of a section."""
    return many(
        description="Figures of its period marks, period by period.",
        on={"section_id": "id"},
        where=Q(level=AttainmentLevel.SECTION),
        order_by=_ORDER,
        expected=4,
    )


def of_school() -> Any:
    """The figures of a school's year, of what an argument says."""
    return many(
        description="Figures of period marks of a year, by subject and then of all subjects, "
        "period by period: for the school's management, and for others their own.",
        on={"organization_id": "id"},
        order_by=_ORDER,
        arguments={
            "on": OF_YEAR,
            "level": argument(AttainmentLevel, "Whose marks are counted together.", Q(level=GIVEN)),
        },
        expected=40,
    )


def of_teacher() -> Any:
    """The figures of the signed-in teacher's year."""
    return many(
        description="Figures of the period marks in what the person teaches, by subject and then "
        "of all subjects, period by period.",
        on={"teacher_id": "person_id"},
        where=Q(level=AttainmentLevel.TEACHER),
        order_by=_ORDER,
        arguments={"on": OF_YEAR},
        expected=12,
    )
