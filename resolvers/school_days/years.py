"""A school year in the hands of whoever plans it, and days that must lie within it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from access import scopes, writing
from errors import UserError
from models import SchoolClass
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.declaration.ids import decode

# The school is held, so that two who plan it at once see what the other one left.
YEAR = Reading(
    writing.PLANNED_YEARS,
    "SchoolYear",
    frozenset(writing.PLANNED_YEARS.by),
    """
    SELECT {row}.id, {row}.organization_id, {row}.starts_on, {row}.ends_on
    FROM {rows} JOIN organization school ON school.id = {row}.organization_id
    WHERE {reached}
    FOR NO KEY UPDATE OF school
    """,
    seen=scopes.SCHOOL_YEARS,
)
SCHOOL = Reading(
    writing.PLANNED_SCHOOLS,
    "Organization",
    frozenset(writing.PLANNED_SCHOOLS.by),
    "SELECT {row}.id FROM {rows} WHERE {reached} FOR NO KEY UPDATE OF {row}",
    seen=scopes.ORGANIZATIONS,
)
"""The same of a school whose bells and rooms are planned."""

LONGEST_NAME = 100
GRADE_LEVELS = range(13)


def within(year: Mapping[str, Any], day: date, at: str) -> UserError | None:
    """A day lies within the school year."""
    first, last = year["starts_on"], year["ends_on"]
    if first <= day <= last:
        return None
    return UserError("OUT_OF_RANGE", f"The school year is from {first} to {last}.", at)


def refuse_outside(year: Mapping[str, Any], first: date, last: date) -> None:
    """Raise UserError for days that lie in another order, or not within the school year."""
    if last < first:
        raise UserError("OUT_OF_RANGE", "The last day lies before the first.", "endsOn")
    all_of((within(year, first, "startsOn"), within(year, last, "endsOn")))


async def class_of(work: Work, year: int, wanted: str | None) -> int | None:
    """The number of the year's class with that id; raises UserError where there is none."""
    if wanted is None:
        return None
    number = decode("SchoolClass", wanted) or 0
    classes = SchoolClass.filter(id=number, school_year_id=year)
    if not await classes.using_db(work.connection).exists():
        raise UserError("NOT_FOUND", "The year has no such class.", "classId")
    return number


def grade_level(given: int | None) -> UserError | None:
    """A grade level is one of those that schools have."""
    if given is None or given in GRADE_LEVELS:
        return None
    return UserError("OUT_OF_RANGE", "A grade level is a number from 0 to 12.", "gradeLevel")
