"""Cursors of connections: the values that a row has in its list's order.

A cursor is the padded base64 of a compact JSON array in UTF-8: numbers and texts as they are, dates
in ISO form, instants as microseconds since 1970 in UTC. PostgreSQL can write the very same text. A
list goes on behind the values, so that it does not matter whether their row is still there.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tortoise import fields
from tortoise.expressions import Q
from tortoise.fields.base import Field

from access.facts import where
from errors import BadUserInput
from models import Record
from schema.declaration.arguments import is_text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_REFUSAL = "This is not a cursor of this list."


@dataclass(frozen=True)
class Ordering:
    """One column of a list's order."""

    path: str
    is_descending: bool
    column: Field[Any]

    def to_json(self, value: Any) -> int | str:
        """The column's value as it stands in a cursor."""
        if isinstance(value, datetime):
            return (value - _EPOCH) // _MICROSECOND
        return value.isoformat() if isinstance(value, date) else value

    def from_json(self, value: Any) -> Any:
        """The column's value; raises ValueError for what this column cannot have."""
        match self.column, value:
            case fields.IntField(), int() if not isinstance(value, bool):
                return self._in_range(value)
            case fields.DatetimeField(), int() if not isinstance(value, bool):
                return _instant(value)
            case fields.DateField(), str():
                return _day(value)
            case fields.CharField() | fields.TextField(), str() if is_text(value):
                return value
        raise ValueError(value)

    def _in_range(self, value: int) -> int:
        bounds = self.column.constraints
        if not bounds["ge"] <= value <= bounds["le"]:
            raise ValueError(value)
        return value


def ordering(model: type[Record], order_by: Sequence[str]) -> tuple[Ordering, ...]:
    """The columns of an order such as `("-sent_at", "id")`, through relations to one too."""
    return tuple(
        Ordering(path, written != path, _column(model, path))
        for written in order_by
        for path in (written.removeprefix("-"),)
    )


def encode(order: Sequence[Ordering], values: Sequence[Any]) -> str:
    """The cursor of the row that has these values in the order's columns."""
    array = [column.to_json(value) for column, value in zip(order, values, strict=True)]
    text = json.dumps(array, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(text.encode()).decode()


def decode(order: Sequence[Ordering], cursor: str) -> list[Any]:
    """The values in the order's columns; raises BadUserInput for another list's cursor."""
    try:
        padded = cursor.rstrip("=") + "=" * (-len(cursor.rstrip("=")) % 4)
        values = json.loads(base64.b64decode(padded, validate=True))
        if not isinstance(values, list):
            raise BadUserInput(_REFUSAL)
        return [each.from_json(value) for each, value in zip(order, values, strict=True)]
    except (ValueError, OverflowError, RecursionError) as error:
        raise BadUserInput(_REFUSAL) from error


def beyond(order: Sequence[Ordering], values: Sequence[Any], *, is_before: bool = False) -> Q:
    """The rows that stand behind (or before) these values in the list."""
    first, value = order[0], values[0]
    comparison = "lt" if first.is_descending != is_before else "gt"
    further = where(f"{first.path}__{comparison}", value)
    if len(order) == 1:
        return further
    return further | (where(first.path, value) & beyond(order[1:], values[1:], is_before=is_before))


def _column(model: type[Record], path: str) -> Field[Any]:
    step, _, rest = path.partition("__")
    field = model._meta.fields_map[step]  # noqa: SLF001 — its map
    return _column(field.related_model, rest) if rest else field  # type: ignore[attr-defined]


def _instant(value: int) -> datetime:
    return _EPOCH + value * _MICROSECOND


def _day(value: str) -> date:
    day = date.fromisoformat(value)
    if day.isoformat() != value:
        raise ValueError(value)
    return day
