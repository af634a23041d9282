"""The weekly timetable: its entries are made and ended, and none clashes with another."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from access import rules, scopes, writing
from errors import UserError
from models import TimetableEntry
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.school_days.years import within
from resolvers.timetable.held import room_of
from resolvers.timetable.scheduling import teacher_of
from resolvers.timetable.weekly_clashes import refuse_weekly_clashes
from resolvers.work import Work, all_of
from schema.templates import (
    CreateTimetableEntryInput,
    CreateTimetableEntryPayload,
    EndTimetableEntryInput,
    EndTimetableEntryPayload,
)

_SECTION = Reading(
    scopes.SECTIONS,
    "CourseSection",
    rules.TIMETABLE_MAKERS,
    """
    SELECT {row}.id AS section_id, {row}.school_class_id, class.whole_id, class.organization_id,
           year.starts_on, year.ends_on, nextval('timetable_entry_id_seq') AS id
    FROM {rows}
    JOIN school_class class ON class.id = {row}.school_class_id
    JOIN school_year year ON year.id = class.school_year_id
    JOIN organization school ON school.id = class.organization_id
    WHERE {reached}
    FOR NO KEY UPDATE OF school
    """,
)
_ENTRY = Reading(
    writing.PLANNED_ENTRIES,
    "TimetableEntry",
    frozenset(writing.PLANNED_ENTRIES.by),
    """
    SELECT {row}.id, {row}.valid_from, {row}.valid_until, class.organization_id
    FROM {rows} JOIN school_class class ON class.id = {row}.school_class_id
    WHERE {reached}
    FOR NO KEY UPDATE OF {row}
    """,
    seen=scopes.TIMETABLE,
)
_NUMBERS, _SHIFTS, _WEEKDAYS = range(21), range(1, 4), range(1, 8)


@mutation(CreateTimetableEntryPayload, allow=_SECTION.via)
async def create_timetable_entry(
    work: Work,
    input: CreateTimetableEntryInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Give a section a lesson of each week, where its people and the room have no other one."""
    all_of(_problems(input))
    section = await work.read(_SECTION, input.section_id, "sectionId")
    valid_until = input.valid_until or section["ends_on"] + timedelta(days=1)
    all_of(
        (
            within(section, input.valid_from, "validFrom"),
            within(section, valid_until - timedelta(days=1), "validUntil"),
        )
    )
    entry = {
        "section_id": section["section_id"],
        "school_class_id": section["school_class_id"],
        "whole_class_id": section["whole_id"],
        "teacher_id": await teacher_of(work, section, input.valid_from, input.teacher_id),
        "room_id": await room_of(work, section["organization_id"], input.room_id),
        "weekday": input.weekday,
        "shift": input.shift,
        "number": input.number,
        "parity": input.parity,
        "valid_from": input.valid_from,
        "valid_until": valid_until,
    }
    await refuse_weekly_clashes(work.connection, section["organization_id"], entry)
    work.writes.make(TimetableEntry, id=section["id"], **entry)
    _audit(work, "timetable.entry_created", section, after=entry)
    return {"entry": section["id"]}


@mutation(EndTimetableEntryPayload, allow=_ENTRY.via)
async def end_timetable_entry(
    work: Work,
    input: EndTimetableEntryInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Let a lesson of each week hold no longer; lessons that were made of it stay."""
    entry = await work.read(_ENTRY, input.entry_id, "entryId")
    if not entry["valid_from"] <= input.valid_until <= entry["valid_until"]:
        message = "It ends between its first day and the day on which it would end."
        raise UserError("OUT_OF_RANGE", message, "validUntil")
    work.writes.change(TimetableEntry, entry["id"], valid_until=input.valid_until)
    before, after = ({"valid_until": each} for each in (entry["valid_until"], input.valid_until))
    _audit(work, "timetable.entry_ended", entry, before=before, after=after)
    return {"entry": entry["id"]}


def _problems(given: CreateTimetableEntryInput) -> list[UserError | None]:
    is_backwards = given.valid_until is not None and given.valid_until <= given.valid_from
    return [
        None
        if given.weekday in _WEEKDAYS
        else UserError("OUT_OF_RANGE", "1 is Monday, 7 is Sunday.", "weekday"),
        None
        if given.shift in _SHIFTS
        else UserError("OUT_OF_RANGE", "Shifts are 1 to 3.", "shift"),
        None
        if given.number in _NUMBERS
        else UserError("OUT_OF_RANGE", "Lessons are 0 to 20.", "number"),
        UserError("OUT_OF_RANGE", "It ends before it begins.", "validUntil")
        if is_backwards
        else None,
    ]


def _audit(work: Work, action: str, about: Mapping[str, Any], **values: Any) -> None:
    school = about["organization_id"]
    work.audit(action, TimetableEntry, about["id"], organization_id=school, **values)
