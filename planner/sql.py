"""The smallest pieces of SQL: quoted names, literals of the declarations, JSON put together."""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum
from typing import Any

# Stands where a row is hidden that may not be null; in JSON it would be written as an escape.
HIDDEN = "\x01"
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


class JsonText:
    """JSON text in the making: what is known now, and expressions that PostgreSQL adds."""

    def __init__(self) -> None:
        self._parts: list[tuple[bool, str]] = []

    def constant(self, text: str) -> None:
        """Add text that is the same in every answer."""
        if self._parts and not self._parts[-1][0]:
            text = self._parts.pop()[1] + text
        self._parts.append((False, text))

    def expression(self, sql: str) -> None:
        """Add a text expression that binds at least as tightly as `||`."""
        self._parts.append((True, sql))

    @property
    def known(self) -> str | None:
        """The text, where it is the same in every answer."""
        if any(is_expression for is_expression, _ in self._parts):
            return None
        return "".join(part for _, part in self._parts)

    def append(self, other: "JsonText") -> None:
        """Add other text."""
        for is_expression, part in other._parts:  # noqa: SLF001 — of its own kind
            (self.expression if is_expression else self.constant)(part)

    def sql(self) -> str:
        """The whole as one text expression."""
        return concatenated(self._expressions())

    def _expressions(self) -> Iterator[str]:
        for is_expression, part in self._parts:
            yield part if is_expression else text(part)
