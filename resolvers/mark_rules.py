"""The rules that a mark obeys wherever it is given or changed; each answers an error or nothing."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from strawberry import ID, UNSET

from errors import Current, UserError
from models import MARK_WORDS, MarkSign
from resolvers import limits
from resolvers.work import Work
from schema.declaration.ids import decode

LONGEST_COMMENT = 1000
_TAKEN_BACK = "DJ002"
USUAL_WORK = "LESSON_ANSWER"

Given = TypeVar("Given")


class Told(Protocol):
    """What a client tells of a mark."""

    value: int | None
    sign: MarkSign | None
    weight: int | None
    comment: str | None


class ForWork(Protocol):
    """What a client tells of a mark for a work."""

    assignment_id: ID | None
    work_type: str | None


def within_limits(told: Told, *at: str) -> list[UserError | None]:
    """Scale, weight and comment are what they may be."""
    return [
        limits.value(given(told.value), *at, "value"),
        limits.weight(given(told.weight), *at, "weight"),
        limits.text(given(told.comment), LONGEST_COMMENT, *at, "comment"),
    ]


def value_or_sign(value: int | None, sign: MarkSign | None, *at: str) -> UserError | None:
    """A mark is a number or a word."""
    if (value is None) == (sign is None):
        return UserError("REQUIRED", "A mark is either a value or a word.", *at)
    return None


def not_held_yet(work: Work, day: dt.date, *at: str) -> UserError | None:
    """No mark is given at a lesson that is still to come."""
    if day > work.viewer.today:
        return UserError("IN_FUTURE", "The lesson has not taken place yet.", *at)
    return None


def not_used(grade_level: int, value: int | None, *at: str) -> UserError | None:
    """The first grade has words alone."""
    if grade_level == 1 and value is not None:
        return UserError("MARKS_NOT_USED", "The first grade is taught without marks.", *at)
    return None


def conflict(mark: Mapping[str, Any], version: int | None, *at: str) -> UserError | None:
    """A change is made from the version that is there."""
    if mark["version"] == version:
        return None
    there = Current(spoken(mark), mark["version"])
    return UserError(
        "CONFLICT",
        f"The mark was changed meanwhile: it is {there.text}, and its version is {there.version}.",
        *at,
        current=there,
    )


def spoken(mark: Mapping[str, Any]) -> str:
    """The mark as a person reads it."""
    return str(mark["value"]) if mark["sign"] is None else MARK_WORDS[mark["sign"]]


def storable(work_type: str) -> str | None:
    """PostgreSQL takes no NUL characters, and no work type's name has one."""
    return None if "\x00" in work_type else work_type


def task(given_id: str | None) -> int | None:
    """The number of the work that a mark is for; 0 for an id of something else."""
    return None if given_id is None else decode("Assignment", given_id) or 0


def of_work(told: ForWork, found: int | None, *at: str) -> UserError | None:
    """A mark for a work is for one of the lesson's subject, and of the work's own kind."""
    if told.assignment_id is not None and found is None:
        return UserError("NOT_FOUND", "There is no such work.", *at, "assignmentId")
    if told.assignment_id is not None and told.work_type is not None:
        message = "A mark for a work is of the work's kind."
        return UserError("OUT_OF_RANGE", message, *at, "workType")
    return None


def work_stays(work: Work, *at: str) -> None:
    """Say what it means when the work of a mark is taken back meanwhile."""
    work.means(_TAKEN_BACK, UserError("NOT_FOUND", "The work has been taken back.", *at))


def changes(change: Told, *at: str) -> Mapping[str, Any]:
    """What the row is given, value and word taking each other's place; raises UserError."""
    names = ("value", "sign", "weight", "comment")
    told = {name: getattr(change, name) for name in names if getattr(change, name) is not UNSET}
    if not told:
        raise UserError("REQUIRED", "Say what is to be changed.", *at, "value")
    if "weight" in told and told["weight"] is None:
        raise UserError("REQUIRED", "A mark has a weight.", *at, "weight")
    if told.get("value") is not None:
        told.setdefault("sign", None)
    elif told.get("sign") is not None:
        told.setdefault("value", None)
    return told


def given(value: Given | None) -> Given | None:
    """What was given, None where nothing was; zero and the empty text are something."""
    return None if value is UNSET else value
