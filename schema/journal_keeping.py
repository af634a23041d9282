"""How journals are kept: lessons of a teacher without what belongs to them."""

from collections.abc import Mapping
from typing import Any

from tortoise.expressions import Q

from access import scopes
from errors import BadUserInput
from models import TermKind
from schema.attainment import OF_YEAR
from schema.declaration import GIVEN, argument, column, entity, many, one
from schema.staff import StaffMember

MOST_DAYS = 30
"""As the views have it."""

OF_DAYS = {
    "on": OF_YEAR,
    "days": argument(int, f"How many days a teacher has; {MOST_DAYS} at most.", Q(days=GIVEN)),
}


@entity(reach=scopes.JOURNAL_KEEPING)
class JournalKeeping:
    """How a teacher kept the journals of one period: lessons that are more than `days` days past.

    That all pupils were present is not written down, so a lesson without absences and marks may
    have been attended by all.
    """

    teacher: StaffMember | None = one(description="The teacher who gave the lessons.")
    period_kind: TermKind = column(description="What kind of period.")
    period_number: int = column(description="Its place in the year, from 1.")
    lessons: int = column(description="How many lessons are that long past.")
    without_topic: int = column(description="How many of them have no topic.")
    without_marks: int = column(
        description="At how many no mark was recorded within these days; none in the first grade."
    )
    without_entries: int = column(
        description="How many have neither a mark nor anybody's attendance until now."
    )


def of_school() -> Any:
    """How a school's journals of a year are kept."""
    return many(
        description="How the journals of a year are kept, teacher by teacher and period by period: "
        "for the school's management, and for teachers their own.",
        on={"organization_id": "id"},
        order_by=(
            "teacher__full_name",
            "teacher_id",
            "year_starts_on",
            "period_kind",
            "period_number",
        ),
        arguments=OF_DAYS,
        check=in_bounds,
        expected=40,
    )


def in_bounds(arguments: Mapping[str, Any]) -> None:
    """Raise BadUserInput where a teacher would have more days than are counted."""
    if not 0 <= arguments["days"] <= MOST_DAYS:
        raise BadUserInput(f"`days` must be between 0 and {MOST_DAYS}.")
