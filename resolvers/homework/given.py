"""What is said of homework when it is given or changed: what it may be, and for when it is."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from errors import UserError
from resolvers import limits
from schema.declaration.ids import decode

_LONGEST_TEXT = 4000
_MINUTES = range(1, 601)

# The lesson that is named, if it is a later one of the section; the next one where none is named.
DUE_LESSON = """
    SELECT later.id, later.date FROM lesson later
    WHERE later.section_id = lesson.section_id AND later.cancelled_at IS NULL
      AND (later.date, later.shift, later.number) > (lesson.date, lesson.shift, lesson.number)
      AND ({due_lesson} IS NULL OR later.id = {due_lesson})
    ORDER BY later.date, later.shift, later.number LIMIT 1
"""


def problems(given: Mapping[str, Any]) -> Iterable[UserError | None]:
    """Why what is given cannot be so, that is known without looking at rows."""
    if "text" in given:
        yield limits.required_text(given["text"] or "", _LONGEST_TEXT, "text")
    yield _minutes(given.get("expected_minutes"))
    if given.get("due_on") is not None and given.get("due_lesson_id") is not None:
        yield UserError("REQUIRED", "Homework is due on a day or at a lesson.", "dueLessonId")


def answers(homework: Mapping[str, Any]) -> UserError | None:
    """What takes no answers takes no late ones."""
    if homework["takes_late_answers"] and not homework["takes_answers"]:
        return UserError("REQUIRED", "It takes no answers at all.", "takesAnswers")
    return None


def due_lesson(given: str | None) -> int | None:
    """The number of the lesson that is named, 0 for what is none, None where none is named."""
    return None if given is None else decode("Lesson", given) or 0


def due(day: date | None, named: str | None, lesson: Mapping[str, Any]) -> Mapping[str, Any]:
    """By when it is to be done: by the day, or for the lesson that was found; raises UserError."""
    if day is not None:
        if day < lesson["date"]:
            raise UserError("IN_PAST", "Homework is due on the lesson's day or later.", "dueOn")
        return {"due_on": day, "due_lesson_id": None}
    if lesson["due_lesson_id"] is None and named is not None:
        raise UserError("NOT_FOUND", "There is no such later lesson.", "dueLessonId")
    if lesson["due_lesson_id"] is None:
        raise UserError("REQUIRED", "No later lesson is planned: name a day.", "dueOn")
    return {"due_on": lesson["due_lesson_on"], "due_lesson_id": lesson["due_lesson_id"]}


def _minutes(given: int | None) -> UserError | None:
    if given is not None and given not in _MINUTES:
        return UserError("OUT_OF_RANGE", "It takes 1 to 600 minutes.", "expectedMinutes")
    return None
