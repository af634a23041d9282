"""Scheduling a lesson beside those that are planned."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from access import rules, scopes
from errors import UserError
from resolvers import limits
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.timetable.changing import LONGEST_TOPIC
from resolvers.timetable.held import room_of
from resolvers.timetable.slots import refuse_clashes, slot
from resolvers.timetable.telling import plan
from resolvers.work import Work, all_of
from schema.declaration.ids import decode
from schema.timetabling import ScheduleLessonInput, ScheduleLessonPayload

_SECTION = Reading(
    scopes.SECTIONS,
    "CourseSection",
    rules.TIMETABLE_MAKERS,
    """
    SELECT {row}.id AS section_id, {row}.school_class_id, class.organization_id,
           year.starts_on AS year_starts_on, year.ends_on AS year_ends_on,
           nextval('lesson_id_seq') AS id
    FROM {rows}
    JOIN school_class class ON class.id = {row}.school_class_id
    JOIN school_year year ON year.id = class.school_year_id
    JOIN organization school ON school.id = class.organization_id
    WHERE {reached}
    FOR NO KEY UPDATE OF school
    """,
)
_TEACHER = """
SELECT teacher_id FROM teaching_assignment
WHERE section_id = $1 AND valid_from <= $2 AND (valid_until IS NULL OR valid_until > $2)
  AND ($3::bigint IS NULL OR teacher_id = $3)
ORDER BY valid_from, id LIMIT 1
"""


@mutation(ScheduleLessonPayload, allow=_SECTION.via)
async def schedule_lesson(work: Work, input: ScheduleLessonInput) -> Mapping[str, Any]:  # noqa: A002
    """Schedule a lesson beside those that are planned, where its people and the room are free."""
    all_of((limits.text(input.topic, LONGEST_TOPIC, "topic"),))
    section = await work.read(_SECTION, input.section_id, "sectionId")
    there = await slot(work.connection, section, input.date, input.shift, input.number)
    given = {
        "section_id": section["section_id"],
        "school_class_id": section["school_class_id"],
        "teacher_id": await teacher_of(work, section, input.date, input.teacher_id),
        "room_id": await room_of(work, section["organization_id"], input.room_id),
        "topic": (input.topic or "").strip() or None,
    }
    await refuse_clashes(work.connection, {**section, **given}, there, "number")
    await plan(work, section, **given, **there.columns)
    return {"lesson": section["id"]}


async def teacher_of(work: Work, section: Mapping[str, Any], day: date, wanted: str | None) -> int:
    """Who teaches the section on that day; raises UserError where nobody does, or others do."""
    number = None if wanted is None else decode("StaffMember", wanted) or 0
    values = [section["section_id"], day, number]
    rows = await work.connection.execute_query_dict(_TEACHER, values)
    if not rows:
        message = "Nobody of that id teaches the section on that day."
        code = "NOT_FOUND" if wanted is not None else "REQUIRED"
        raise UserError(code, message if wanted else "Nobody teaches it on that day.", "teacherId")
    teacher: int = rows[0]["teacher_id"]
    return teacher
