"""What stands in the way of a lesson of the weekly timetable."""

from collections.abc import Mapping
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from errors import UserError
from resolvers.work import all_of

# Two entries meet in the same weeks and on some of the same days, where their slots are the same or
# overlap by their schools' usual bells. Pupils of two classes or groups meet while they are
# enrolled in both; a group belongs to its class also before anybody is in it.
_CLASHES = """
WITH met AS (
    SELECT id AS school_class_id, '-infinity'::date AS first, 'infinity'::date AS after
    FROM school_class
    WHERE $1 IN (id, parent_id) OR id = (SELECT parent_id FROM school_class WHERE id = $1)
    UNION
    SELECT theirs.school_class_id, greatest(ours.valid_from, theirs.valid_from),
           coalesce(least(ours.valid_until, theirs.valid_until), 'infinity')
    FROM enrollment ours
    JOIN enrollment theirs ON theirs.student_id = ours.student_id
     AND theirs.school_class_id <> ours.school_class_id
    WHERE ours.school_class_id = $1
), found AS (
    SELECT other.id, 'The class or some of its pupils have' AS what
    FROM met
    JOIN timetable_entry other ON other.school_class_id = met.school_class_id
     AND greatest(met.first, other.valid_from, $4::date)
         < least(met.after, other.valid_until, $5::date)
    UNION
    SELECT id, 'The teacher has' FROM timetable_entry WHERE teacher_id = $2
    UNION
    SELECT id, 'The room has' FROM timetable_entry WHERE room_id = $3
), usual_bell AS (
    SELECT schedule.organization_id, period.shift, period.number,
           period.starts_at, period.ends_at
    FROM bell_schedule schedule JOIN bell_period period ON period.bell_schedule_id = schedule.id
    WHERE schedule.is_usual
)
SELECT found.what, class.name AS school_class, subject.name AS subject, class.organization_id
FROM found
JOIN timetable_entry other ON other.id = found.id
JOIN school_class class ON class.id = other.school_class_id
JOIN course_section section ON section.id = other.section_id
JOIN subject ON subject.id = section.subject_id
LEFT JOIN usual_bell ours ON ours.organization_id = $10
 AND (ours.shift, ours.number) = ($7::smallint, $8::smallint)
LEFT JOIN usual_bell theirs ON theirs.organization_id = class.organization_id
 AND (theirs.shift, theirs.number) = (other.shift, other.number)
WHERE other.weekday = $6::smallint AND (other.parity = $9 OR 'EVERY' IN (other.parity, $9))
  AND greatest(other.valid_from, $4::date) < least(other.valid_until, $5::date)
  AND ((other.shift, other.number) = ($7::smallint, $8::smallint)
       OR (theirs.starts_at < ours.ends_at AND theirs.ends_at > ours.starts_at))
ORDER BY found.what, other.id
"""
_GIVEN = (
    *("school_class_id", "teacher_id", "room_id", "valid_from", "valid_until"),
    *("weekday", "shift", "number", "parity"),
)


async def refuse_weekly_clashes(
    connection: BaseDBAsyncClient, school: int, entry: Mapping[str, Any]
) -> None:
    """Raise one UserError for each entry that stands in the way of one of this school."""
    values = [*(entry[name] for name in _GIVEN), school]
    rows = await connection.execute_query_dict(_CLASHES, values)
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
