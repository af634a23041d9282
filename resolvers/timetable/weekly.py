"""The weekly timetable: its entries are made and ended, and none clashes with another."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from access import rules, scopes, writing
from errors import UserError
from models import TimetableEntry
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.timetable.held import room_of
from resolvers.timetable.scheduling import teacher_of
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
    SELECT {row}.id AS section_id, {row}.school_class_id, class.organization_id,
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
# Pupils of two classes or groups meet where they are enrolled in both on the entry's first day.
_CLASHES = """
WITH met AS (
    SELECT id AS school_class_id FROM school_class
    WHERE $1 IN (id, parent_id) OR id = (SELECT parent_id FROM school_class WHERE id = $1)
    UNION
    SELECT theirs.school_class_id
    FROM enrollment ours
    JOIN enrollment theirs ON theirs.student_id = ours.student_id
     AND theirs.valid_from <= $4 AND (theirs.valid_until IS NULL OR theirs.valid_until > $4)
    WHERE ours.school_class_id = $1
      AND ours.valid_from <= $4 AND (ours.valid_until IS NULL OR ours.valid_until > $4)
)
SELECT clash.what, class.name AS school_class, subject.name AS subject, class.organization_id
FROM timetable_entry other
JOIN school_class class ON class.id = other.school_class_id
JOIN course_section section ON section.id = other.section_id
JOIN subject ON subject.id = section.subject_id
JOIN LATERAL (
    SELECT 'The class or some of its pupils have' AS what
    WHERE other.school_class_id IN (SELECT school_class_id FROM met)
    UNION ALL
    SELECT 'The teacher has' WHERE other.teacher_id = $2
    UNION ALL
    SELECT 'The room has' WHERE other.room_id = $3
) clash ON TRUE
WHERE (other.weekday, other.shift, other.number) = ($6::smallint, $7::smallint, $8::smallint)
  AND (other.parity = $9 OR 'EVERY' IN (other.parity, $9))
  AND other.valid_from < coalesce($5::date, 'infinity')
  AND coalesce(other.valid_until, 'infinity') > greatest($4::date, other.valid_from)
  AND (other.school_class_id IN (SELECT school_class_id FROM met)
       OR other.teacher_id = $2 OR other.room_id = $3)
ORDER BY clash.what, other.id
"""
_NUMBERS, _SHIFTS, _WEEKDAYS = range(21), range(1, 4), range(1, 8)


@mutation(CreateTimetableEntryPayload, allow=_SECTION.via)
async def create_timetable_entry(
    work: Work,
    input: CreateTimetableEntryInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Give a section a lesson of each week, where its people and the room have no other one."""
    all_of(_problems(input))
    section = await work.read(_SECTION, input.section_id, "sectionId")
    first, last = section["starts_on"], section["ends_on"]
    if not first <= input.valid_from <= last:
        message = f"The school year is from {first} to {last}."
        raise UserError("OUT_OF_RANGE", message, "validFrom")
    entry = {
        "section_id": section["section_id"],
        "school_class_id": section["school_class_id"],
        "teacher_id": await teacher_of(work, section, input.valid_from, input.teacher_id),
        "room_id": await room_of(work, section["organization_id"], input.room_id),
        "weekday": input.weekday,
        "shift": input.shift,
        "number": input.number,
        "parity": input.parity,
        "valid_from": input.valid_from,
        "valid_until": input.valid_until,
    }
    await _refuse_clashes(work, section["organization_id"], entry)
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
    until = entry["valid_until"] or date.max
    if not entry["valid_from"] <= input.valid_until <= until:
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


async def _refuse_clashes(work: Work, school: int, entry: Mapping[str, Any]) -> None:
    """Raise one UserError for each entry that stands in the way."""
    names = ("school_class_id", "teacher_id", "room_id", "valid_from", "valid_until")
    slot = ("weekday", "shift", "number", "parity")
    values = [entry[name] for name in (*names, *slot)]
    rows = await work.connection.execute_query_dict(_CLASHES, values)
    all_of(
        UserError(
            "CLASH",
            f"{row['what']} «{row['subject']}» of {row['school_class']} then."
            if row["organization_id"] == school
            else "The teacher has a lesson at another school then.",
            "number",
        )
        for row in rows
    )


def _audit(work: Work, action: str, about: Mapping[str, Any], **values: Any) -> None:
    school = about["organization_id"]
    work.audit(action, TimetableEntry, about["id"], organization_id=school, **values)
