"""Slots of lessons: when they begin and end, and what else is there for the same people."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, time
from typing import Any, Self

from tortoise.backends.base.client import BaseDBAsyncClient

from errors import UserError
from resolvers.work import all_of

_BELL = """
SELECT period.starts_at, period.ends_at
FROM bell_period period
WHERE period.shift = $2 AND period.number = $3 AND period.bell_schedule_id = coalesce(
    (SELECT bell_schedule_id FROM bell_day WHERE organization_id = $1 AND date = $4),
    (SELECT id FROM bell_schedule WHERE organization_id = $1 AND is_usual)
)
"""

# Pupils of two classes or groups meet where they are enrolled in both on that day; a group belongs
# to its class also before anybody is in it. Who stands in on that day is busy as the teacher is,
# unless they take these lessons together with others.
_CLASHES = """
WITH met AS (
    SELECT id AS school_class_id, NULL::bigint AS pupils FROM school_class
    WHERE $1 IN (id, parent_id) OR id = (SELECT parent_id FROM school_class WHERE id = $1)
    UNION ALL
    SELECT theirs.school_class_id, count(DISTINCT theirs.student_id)
    FROM enrollment ours
    JOIN enrollment theirs ON theirs.student_id = ours.student_id
     AND theirs.school_class_id <> ours.school_class_id
     AND theirs.valid_from <= $3 AND (theirs.valid_until IS NULL OR theirs.valid_until > $3)
    WHERE ours.school_class_id = $1
      AND ours.valid_from <= $3 AND (ours.valid_until IS NULL OR ours.valid_until > $3)
    GROUP BY theirs.school_class_id
), busy AS (
    SELECT $4::bigint AS teacher_id
    UNION
    SELECT teacher_id FROM substitution
    WHERE section_id = $2 AND valid_from <= $3 AND valid_until > $3 AND NOT is_joint
), found AS (
    SELECT lesson.id, CASE WHEN lesson.school_class_id = $1 THEN 'CLASS' ELSE 'PUPILS' END AS what,
           max(met.pupils) AS pupils
    FROM met JOIN lesson ON lesson.school_class_id = met.school_class_id AND lesson.date = $3
    GROUP BY lesson.id
    UNION ALL
    SELECT lesson.id, 'TEACHER', NULL
    FROM busy JOIN lesson ON lesson.teacher_id = busy.teacher_id AND lesson.date = $3
    UNION
    SELECT lesson.id, 'TEACHER', NULL
    FROM busy
    JOIN substitution ON substitution.teacher_id = busy.teacher_id
     AND substitution.valid_from <= $3 AND substitution.valid_until > $3
     AND NOT substitution.is_joint
    JOIN lesson ON lesson.section_id = substitution.section_id AND lesson.date = $3
    UNION ALL
    SELECT id, 'ROOM', NULL FROM lesson WHERE room_id = $5 AND date = $3
)
SELECT found.what, found.pupils, other.number, other.shift, class.name AS school_class,
       subject.name AS subject, room.name AS room, class.organization_id
FROM found
JOIN lesson other ON other.id = found.id
JOIN course_section section ON section.id = other.section_id
JOIN subject ON subject.id = section.subject_id
JOIN school_class class ON class.id = other.school_class_id
LEFT JOIN room ON room.id = other.room_id
WHERE other.cancelled_at IS NULL AND other.id <> $6
  AND ((other.shift, other.number) = ($7::smallint, $8::smallint)
       OR (other.starts_at < $10::time AND other.ends_at > $9::time))
ORDER BY found.what, other.shift, other.number, other.id
"""


@dataclass(frozen=True)
class Slot:
    """A place of a school's day and its times, by the school's clock."""

    date: date
    shift: int
    number: int
    starts_at: time
    ends_at: time

    @classmethod
    def of(cls, lesson: Mapping[str, Any]) -> Self:
        """The slot of a lesson."""
        return cls(**{each.name: lesson[each.name] for each in fields(cls)})

    @property
    def columns(self) -> dict[str, Any]:
        """What a lesson in this slot has."""
        return dict(vars(self))


async def slot(
    connection: BaseDBAsyncClient, school: Mapping[str, Any], day: date, shift: int, number: int
) -> Slot:
    """The slot with the times of that day's bells; raises UserError where there is none."""
    first, last = school["year_starts_on"], school["year_ends_on"]
    if not first <= day <= last:
        raise UserError("OUT_OF_RANGE", f"The school year is from {first} to {last}.", "date")
    found = []
    if _small(shift) and _small(number):
        values = [school["organization_id"], shift, number, day]
        found = await connection.execute_query_dict(_BELL, values)
    if not found:
        message = f"The bell schedule has no lesson {number} in shift {shift}."
        raise UserError("OUT_OF_RANGE", message, "number")
    return Slot(day, shift, number, **found[0])


async def refuse_clashes(
    connection: BaseDBAsyncClient,
    lesson: Mapping[str, Any],
    slot: Slot,
    at: str,
    *,
    of_room_alone: bool = False,
) -> None:
    """Raise one UserError for each lesson that stands in the way, at that path of the input.

    A lesson that stays in its slot is compared with those in its room alone.
    """
    values = [
        lesson["school_class_id"],
        lesson["section_id"],
        slot.date,
        lesson["teacher_id"],
        lesson["room_id"],
        lesson["id"],
        *(slot.shift, slot.number, slot.starts_at, slot.ends_at),
    ]
    rows = await connection.execute_query_dict(_CLASHES, values)
    school = lesson["organization_id"]
    all_of(
        UserError("CLASH", _told(row, row["organization_id"] == school), at)
        for row in rows
        if row["what"] == "ROOM" or not of_room_alone
    )


def _told(clash: Mapping[str, Any], is_here: bool) -> str:
    """What clashes; of another school no more than that."""
    if not is_here:
        return "The teacher has a lesson at another school then."
    lesson = f"«{clash['subject']}» of {clash['school_class']} is then (lesson {clash['number']})"
    if clash["what"] == "CLASS":
        return f"The class has another lesson: {lesson}."
    if clash["what"] == "TEACHER":
        return f"The teacher has another lesson: {lesson}."
    if clash["what"] == "ROOM":
        return f"Room {clash['room']} is taken: {lesson}."
    pupils = f"{clash['pupils']} of the pupils have" if clash["pupils"] else "The class has"
    return f"{pupils} another lesson: {lesson}."


def _small(number: int) -> bool:
    """Whether a column for numbers of lessons can hold it."""
    return 0 <= number < 2**15
