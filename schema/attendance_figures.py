"""Attendance in numbers, by reason."""

from typing import Any

from tortoise.expressions import Q

from access import scopes
from models import AttainmentLevel, TermKind
from schema.attainment import OF_YEAR
from schema.curriculum import Term
from schema.declaration import column, entity, many, one


@entity(reach=scopes.ATTENDANCE_FIGURES)
class AttendanceFigures:
    """How the lessons of one term were attended until today, by reason (отчёт о посещаемости).

    A place is a pupil at a lesson while enrolled. Who came late was there, and so was who is freed
    from attending.
    """

    grade_level: int | None = column(description="Of which grade level; null for the school.")
    term: Term | None = one(
        description="For which term; null where terms of several grade levels are taken together."
    )
    period_kind: TermKind = column(description="What kind of period.")
    period_number: int = column(description="Its place in the year, from 1.")
    places: int = column(description="Lessons held, times the pupils enrolled on their days.")
    absent: int = column(description="Missed, reason not stated (ОТ).")
    absent_excused: int = column(description="Missed for a good reason (УП).")
    absent_sick: int = column(description="Missed because of illness (Б).")
    absent_unexcused: int = column(description="Missed without a good reason (НП).")
    late: int = column(description="Came late (ОП).")
    exempt: int = column(description="Freed from attending (ОСВ).")
    missed_percent: float | None = column(
        description="Per cent of the places that were missed for any reason, two decimals, half "
        "up; null where there are no places."
    )


_ORDER = ("year_starts_on", "period_kind", "period_number", "grade_level")


def of_class() -> Any:
    """The attendance of a class."""
    return many(
        description="How its lessons and those of its groups were attended, term by term: for its "
        "homeroom teacher and its school's management.",
        on={"school_class_id": "id"},
        where=Q(level=AttainmentLevel.CLASS),
        order_by=_ORDER,
        expected=4,
    )


def of_school() -> Any:
    """The attendance of a school's year."""
    return many(
        description="How lessons of a year were attended, period by period, each by grade level "
        "and then of the whole school: for its management.",
        on={"organization_id": "id"},
        where=Q(level=AttainmentLevel.SCHOOL),
        order_by=_ORDER,
        arguments={"on": OF_YEAR},
        expected=40,
    )
