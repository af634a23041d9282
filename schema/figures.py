"""Numbers without names: what is told of a closed month to authorities and schools' management."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tortoise.expressions import Q

from access import scopes
from errors import BadUserInput
from schema.declaration import GIVEN, argument, column, entity, many

MOST_MONTHS = 12


@entity(reach=scopes.FIGURES)
class Figures:
    """What was counted of one month, once, after it was closed; never of fewer than five pupils.

    What is withheld of a school's grade is in no total either, so that no total tells of it.
    """

    month: dt.date = column(description="The first day of the month.")
    grade_level: int | None = column(description="The grade level (параллель); null for all.")
    pupils: int | None = column(description="Pupils enrolled on the month's last day.")
    marks: int | None = column(description="How many numeric marks were given.")
    average_mark: float | None = column(
        description="Their plain mean, two decimals; null where there are none."
    )
    good_marks_share: float | None = column(
        description="The per cent of them that were 4 or 5 (качество), one decimal."
    )
    attendance: float | None = column(
        description="The per cent of all lessons of all enrolled pupils that were not missed, one "
        "decimal."
    )
    is_suppressed: bool = column(
        description="Whether something of this is withheld, or left out of this total, because "
        "fewer than five pupils stand behind it."
    )


def figures(level: str, key: str) -> Any:
    """The figures of a place of that level, whose id is in the column."""
    return many(
        description="Figures of closed months, each by grade level and then of all: for the "
        "authority over it, and a school's for its management.",
        on={key: "id"},
        where=Q(level=level),
        order_by=("month", "grade_level"),
        arguments={
            "from_": argument(dt.date, "The first day of the first month.", Q(month__gte=GIVEN)),
            "to": argument(
                dt.date, f"A day of the last month; {MOST_MONTHS} at most.", Q(month__lte=GIVEN)
            ),
        },
        check=_in_bounds,
        expected=40,
    )


def _in_bounds(arguments: Mapping[str, Any]) -> None:
    first, last = arguments["from_"], arguments["to"]
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    if first > last or months > MOST_MONTHS:
        raise BadUserInput(f"Figures are read for 1 to {MOST_MONTHS} months, `from` before `to`.")
