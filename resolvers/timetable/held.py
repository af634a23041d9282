"""A lesson in the hands of whoever plans it, while nobody else of the school plans lessons."""

from collections.abc import Mapping
from typing import Any

from access import scopes, writing
from access.scope import Scope
from errors import UserError
from resolvers import locks
from resolvers.reading import Reading
from resolvers.work import Work
from schema.declaration.ids import decode

_READ = f"""
SELECT {{row}}.id,
       {locks.columns("{row}.section_id", "class.organization_id", day="{row}.date")}
FROM {{rows}}
JOIN school_class class ON class.id = {{row}}.school_class_id
JOIN organization school ON school.id = class.organization_id
WHERE {{reached}}
FOR NO KEY UPDATE OF school
"""  # noqa: S608 — as `locks.columns`


def _reading(scope: Scope) -> Reading:
    via, given = frozenset(scope.by), locks.GIVEN
    return Reading(scope, "Lesson", via, _READ, given=given, seen=scopes.LESSONS)


PLANNED = _reading(writing.PLANNED_LESSONS)
TOPICS = _reading(writing.TOPIC_LESSONS)

# Behind the school's lock, so that it is what the former planner left; held against those who
# write marks and attendance at it, whose rows refer to it.
_LESSON = """
SELECT lesson.*, class.organization_id,
       year.starts_on AS year_starts_on, year.ends_on AS year_ends_on
FROM lesson
JOIN school_class class ON class.id = lesson.school_class_id
JOIN school_year year ON year.id = class.school_year_id
WHERE lesson.id = $1
FOR UPDATE OF lesson
"""
_WRITTEN = """
SELECT EXISTS (SELECT FROM mark WHERE lesson_id = $1 AND removed_at IS NULL)
    OR EXISTS (SELECT FROM attendance WHERE lesson_id = $1) AS is_written
"""
_ROOM = "SELECT EXISTS (SELECT FROM room WHERE id = $1 AND organization_id = $2) AS is_there"


async def held(work: Work, wanted: str, reading: Reading = PLANNED) -> Mapping[str, Any]:
    """The lesson's columns, its school's number, its year's days, and what `locks.keep` needs.

    Raises UserError.
    """
    found = await work.read(reading, wanted, "lessonId", **locks.given(work))
    (lesson,) = await work.connection.execute_query_dict(_LESSON, [found["id"]])
    return {**found, **lesson}


async def refuse_written(work: Work, lesson: Mapping[str, Any], what: str) -> None:
    """Raise UserError where marks or attendance say that the lesson has taken place."""
    (found,) = await work.connection.execute_query_dict(_WRITTEN, [lesson["id"]])
    if found["is_written"]:
        message = f"Marks or attendance were written down at it: it is not {what}."
        raise UserError("ALREADY_HELD", message, "lessonId")


async def room_of(work: Work, school: int, wanted: str | None) -> int | None:
    """The number of the room with that id; raises UserError where the school has no such room."""
    if wanted is None:
        return None
    number = decode("Room", wanted)
    (found,) = await work.connection.execute_query_dict(_ROOM, [number, school])
    if not found["is_there"]:
        raise UserError("NOT_FOUND", "The school has no such room.", "roomId")
    return number
