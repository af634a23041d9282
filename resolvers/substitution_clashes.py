"""Lessons that whoever is to stand in has already, at the time of those that they are to take."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from errors import UserError
from resolvers.work import all_of

_MOST_TOLD = 50
# What is over has been: who stood in yesterday did so, whatever else was planned for them.
_CLASHES = """
WITH wanted AS (
    SELECT id, date, shift, number, starts_at, ends_at FROM lesson
    WHERE section_id = $1 AND date >= greatest(CURRENT_DATE, $3::date) AND date < $4::date
      AND cancelled_at IS NULL
), theirs AS (
    SELECT lesson.id FROM wanted
    JOIN lesson ON lesson.teacher_id = $2 AND lesson.date = wanted.date
    UNION
    SELECT substituted.lesson_id FROM substitution
    JOIN substituted_lesson substituted ON substituted.substitution_id = substitution.id
    WHERE substitution.teacher_id = $2 AND NOT substitution.is_joint
      AND substitution.valid_from < $4 AND substitution.valid_until > $3
)
SELECT other.date, other.number, class.name AS school_class, subject.name AS subject,
       class.organization_id
FROM theirs
JOIN lesson other ON other.id = theirs.id AND other.cancelled_at IS NULL AND other.section_id <> $1
JOIN wanted ON wanted.date = other.date
 AND ((wanted.shift, wanted.number) = (other.shift, other.number)
      OR (wanted.starts_at < other.ends_at AND wanted.ends_at > other.starts_at))
JOIN course_section section ON section.id = other.section_id
JOIN subject ON subject.id = section.subject_id
JOIN school_class class ON class.id = other.school_class_id
GROUP BY other.id, class.id, subject.id
ORDER BY other.date, other.number, other.id
LIMIT $5
"""


async def refuse_clashes_of_substitute(
    connection: BaseDBAsyncClient,
    section: Mapping[str, Any],
    teacher: int,
    first: date,
    after: date,
) -> None:
    """Raise one UserError for each lesson that is at the time of one that they are to take."""
    values = [section["id"], teacher, first, after, _MOST_TOLD]
    rows = await connection.execute_query_dict(_CLASHES, values)
    all_of(UserError("CLASH", _told(row, section["organization_id"]), "teacherId") for row in rows)


def _told(clash: Mapping[str, Any], school: int) -> str:
    """What clashes; of another school no more than that."""
    day = clash["date"]
    if clash["organization_id"] != school:
        return f"On {day} they have a lesson at another school then."
    lesson = f"«{clash['subject']}» of {clash['school_class']} (lesson {clash['number']})"
    return f"On {day} they have another lesson then: {lesson}."
