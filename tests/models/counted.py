"""Rows of what was counted, for the story of the constraints."""

from typing import Any

from models import Record, Subject, TermKind
from models.figures import MonthlyFigure, PeriodFigure
from tests.factories import SchoolMade


async def counted(school: SchoolMade, subject: Subject) -> list[Record]:
    """A closed month and a closed period of the school."""
    month: dict[str, Any] = dict.fromkeys(
        ("marked_pupils", "marks", "marks_total", "good_marks", "pupils"), 5
    )
    month |= dict.fromkeys(("attending_pupils", "places", "missed"), 5)
    numbers = ("fives", "fours", "threes", "twos", "not_attested")
    period: dict[str, Any] = dict.fromkeys((*numbers, "grade_level", "period_number"), 5)
    return [
        await MonthlyFigure.create(
            organization=school.row, grade_level=7, month=school.today.replace(day=1), **month
        ),
        await PeriodFigure.create(
            organization=school.row,
            subject=subject,
            period_kind=TermKind.QUARTER,
            school_year=school.today.year,
            **period,
        ),
    ]
