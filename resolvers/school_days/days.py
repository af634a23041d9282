"""Holidays and moved working days, of a school or of the whole region."""

from collections.abc import Mapping
from typing import Any

from access import rules, scopes, writing
from errors import UserError
from models import CalendarDay, CalendarDayKind
from resolvers import limits
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.school_days.years import YEAR, within
from resolvers.work import Work, all_of
from schema.declaration.ids import encode
from schema.school_days import (
    RemoveCalendarDayInput,
    RemoveCalendarDayPayload,
    SetCalendarDayInput,
    SetCalendarDayPayload,
)

_LONGEST_NAME = 200
_WEEKDAYS = range(1, 8)
_TOLD = ("date", "kind", "follows_weekday", "name")
_DAY = Reading(
    writing.PLANNED_DAYS,
    "CalendarDay",
    frozenset(writing.PLANNED_DAYS.by),
    """
    SELECT {row}.id, {row}.organization_id, {row}.date, {row}.kind, {row}.follows_weekday,
           {row}.name
    FROM {rows} WHERE {reached} FOR UPDATE OF {row}
    """,
    seen=scopes.CALENDAR_DAYS,
)


@mutation(SetCalendarDayPayload, allow=_DAY.via)
async def set_calendar_day(work: Work, input: SetCalendarDayInput) -> Mapping[str, Any]:  # noqa: A002
    """Say that a day is off, or follows another weekday; lessons that are planned stay."""
    all_of((limits.required_text(input.name, _LONGEST_NAME, "name"), _weekday(input)))
    school = await _school(work, input)
    given = {
        "date": input.date,
        "kind": input.kind,
        "follows_weekday": input.follows_weekday,
        "name": input.name.strip(),
    }
    former = CalendarDay.filter(date=input.date, organization_id=school).using_db(work.connection)
    row = await former.select_for_update().first()
    if row is not None:
        row_id, before = row.id, {name: getattr(row, name) for name in _TOLD}
        work.writes.change(CalendarDay, row_id, **given)
    else:
        row_id, before = await work.next_id(CalendarDay), None
        work.writes.make(CalendarDay, id=row_id, organization_id=school, **given)
    _audit(work, "calendar.day_set", school, row_id, before=before, after=given)
    return {"calendar_day": row_id}


@mutation(RemoveCalendarDayPayload, allow=_DAY.via)
async def remove_calendar_day(
    work: Work,
    input: RemoveCalendarDayInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Let a day be as usual again; lessons that are planned stay."""
    row = await work.read(_DAY, input.calendar_day_id, "calendarDayId")
    await CalendarDay.filter(id=row["id"]).using_db(work.connection).delete()
    before = {name: row[name] for name in _TOLD}
    _audit(work, "calendar.day_removed", row["organization_id"], row["id"], before=before)
    return {"calendar_day_id": encode("CalendarDay", row["id"])}


async def _school(work: Work, given: SetCalendarDayInput) -> int | None:
    """Whose day it is: a school's, or None for the region's; raises UserError."""
    if given.school_year_id is None:
        if not work.viewer.relations & rules.REGION:
            message = "Days of the whole region are the region's operator's."
            raise UserError("FORBIDDEN", message, "schoolYearId")
        return None
    year = await work.read(YEAR, given.school_year_id, "schoolYearId")
    all_of((within(year, given.date, "date"),))
    school: int = year["organization_id"]
    return school


def _weekday(given: SetCalendarDayInput) -> UserError | None:
    """A working day says which weekday it follows, and a day off follows none."""
    is_working = given.kind is CalendarDayKind.WORKING
    if is_working and given.follows_weekday is None:
        return UserError("REQUIRED", "Say which weekday it follows.", "followsWeekday")
    if not is_working and given.follows_weekday is not None:
        return UserError("MALFORMED", "A day off follows no weekday.", "followsWeekday")
    if is_working and given.follows_weekday not in _WEEKDAYS:
        return UserError("OUT_OF_RANGE", "1 is Monday, 7 is Sunday.", "followsWeekday")
    return None


def _audit(work: Work, action: str, school: int | None, row_id: int, **values: Any) -> None:
    work.audit(action, CalendarDay, row_id, organization_id=school, **values)
