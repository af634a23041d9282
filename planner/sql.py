"""The smallest pieces of SQL: quoted names, literals of the declarations, JSON put together."""

from collections.abc import Callable, Iterable
from datetime import date
from enum import Enum, auto
from itertools import groupby
from typing import Any

# Stands where a row is hidden that may not be null; in JSON it would be written as an escape.
HIDDEN = "\x01"
EMPTY = "[]"
# PostgreSQL's parser recurses into `a || b || c`: long texts are joined as a flat tree instead.
_BRANCHES = 32


def name(identifier: str) -> str:
    """The identifier, quoted."""
    escaped = identifier.replace('"', '""')
    return f'"{escaped}"'


def literal(value: Any) -> str:
    """A value that stands in a declaration; never one that a client sent, which are parameters."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if value else "FALSE"
        case Enum():
            return literal(value.value)
        case int():
            return str(value)
        case str():
            return text(value)
        case date():
            return text(value.isoformat())
    raise TypeError(f"No literal is made of {type(value).__name__}.")


def text(value: str) -> str:
    """A text literal; as PostgreSQL's standard strings, so that a backslash is a backslash."""
    escaped = value.replace("'", "''")
    return f"'{escaped}'"


def concatenated(expressions: Iterable[str]) -> str:
    """One expression that joins texts; NULL where any of them is."""
    parts = list(expressions)
    while len(parts) > _BRANCHES:
        places = range(0, len(parts), _BRANCHES)
        parts = [f"({' || '.join(parts[place : place + _BRANCHES])})" for place in places]
    return " || ".join(parts) if parts else "''"


def array(items: str, ordered: str = "", filtered: str = "") -> str:
    """The aggregate that makes a JSON array of texts; NULL where there are none."""
    return f"'[' || string_agg({items}, ','{ordered}){filtered} || ']'"


class _Part(Enum):
    """What a part of a text is."""

    CONSTANT = auto()
    EXPRESSION = auto()
    SLOT = auto()


class JsonText:
    """JSON text in the making: what is known now, and expressions that PostgreSQL adds.

    Slots are expressions over what stands outside of the query that makes all the rest.
    """

    def __init__(self) -> None:
        self._parts: list[tuple[_Part, str]] = []

    def constant(self, text: str) -> None:
        """Add text that is the same in every answer."""
        if self._parts and self._parts[-1][0] is _Part.CONSTANT:
            text = self._parts.pop()[1] + text
        self._parts.append((_Part.CONSTANT, text))

    def expression(self, sql: str) -> None:
        """Add a text expression that binds at least as tightly as `||`."""
        self._parts.append((_Part.EXPRESSION, sql))

    def slot(self, sql: str) -> None:
        """Add such an expression over what stands outside; to be taken by `divided`."""
        self._parts.append((_Part.SLOT, sql))

    @property
    def known(self) -> str | None:
        """The text, where it is the same in every answer."""
        if any(kind is not _Part.CONSTANT for kind, _ in self._parts):
            return None
        return "".join(part for _, part in self._parts)

    def append(self, other: "JsonText") -> None:
        """Add other text."""
        for kind, part in other._parts:  # noqa: SLF001 — of its own kind
            if kind is _Part.CONSTANT:
                self.constant(part)
            else:
                self._parts.append((kind, part))

    def sql(self) -> str:
        """The whole as one text expression."""
        return concatenated(_expression(kind, part) for kind, part in self._parts)

    def divided(self, column: Callable[[str], str]) -> str:
        """The whole as seen from outside: the query's own expressions become its columns there."""
        found: list[str] = []
        for is_slot, group in groupby(self._parts, lambda each: each[0] is _Part.SLOT):
            parts = list(group)
            made = [_expression(*each) for each in parts]
            is_known = all(kind is _Part.CONSTANT for kind, _ in parts)
            found += made if is_slot or is_known else [column(concatenated(made))]
        return concatenated(found)


def _expression(kind: _Part, part: str) -> str:
    return text(part) if kind is _Part.CONSTANT else part
