"""A mark for a term or a year as it is sent, and what is wrong with it wherever it is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from errors import UserError
from models import MarkSign
from resolvers import limits, mark_rules
from schema.declaration.ids import decode

MARK = ("value", "sign", "points", "carried_from")
"""What a mark is, in its row as in its history: one of the first three, and where it is from."""

_POINTS = range(101)
_LONGEST_ORIGIN = 300


@dataclass(frozen=True)
class Entry:
    """One pupil's mark as it was sent; `at` is the entry's path in the input."""

    at: tuple[str, ...]
    student_id: int | None
    value: int | None
    sign: MarkSign | None
    points: int | None
    carried_from: str | None
    version: int | None
    reason: str | None

    @classmethod
    def of(cls, given: Any, *at: str) -> "Entry":
        """The entry that an input holds."""
        number = decode("Student", given.student_id)
        mark = (given.value, given.sign, given.points, _written(given.carried_from))
        return cls(at, number, *mark, given.version, _written(given.reason))

    @property
    def mark(self) -> dict[str, Any]:
        """What the mark is to be."""
        return {name: getattr(self, name) for name in MARK}

    def wrong(self, code: str, message: str, field: str) -> UserError:
        """An error of this field of the entry."""
        return UserError(code, message, *self.at, field)

    def is_as(self, row: Mapping[str, Any]) -> bool:
        """Whether the mark is that already."""
        return bool(row["is_there"]) and all(row[name] == told for name, told in self.mark.items())

    def error(self) -> UserError | None:
        """What is wrong with it, whoever sends it and wherever."""
        if (self.value, self.sign, self.points).count(None) != 2:  # noqa: PLR2004 — one of three
            return self.wrong("REQUIRED", "A mark is a value, a word, or points.", "value")
        if self.points is not None and self.points not in _POINTS:
            return self.wrong("OUT_OF_RANGE", "Points are a number from 0 to 100.", "points")
        return (
            limits.value(self.value, *self.at, "value")
            or limits.text(self.carried_from, _LONGEST_ORIGIN, *self.at, "carriedFrom")
            or limits.text(self.reason, limits.LONGEST_REASON, *self.at, "reason")
        )


def _written(text: str | None) -> str | None:
    """What is written in a field; nothing where it is blank."""
    return (text or "").strip() or None


def spoken(mark: Mapping[str, Any]) -> str:
    """The mark as a person reads it."""
    return str(mark["points"]) if mark["points"] is not None else mark_rules.spoken(mark)
