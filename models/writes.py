"""Rows of several tables, made and changed by one statement."""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson

from models.fields import Record

_MAKE = """
INSERT INTO "{table}" ({columns})
SELECT {columns} FROM json_populate_recordset(NULL::"{table}", ${place}) RETURNING 1
"""
_CHANGE = """
UPDATE "{table}" AS held SET {given}
FROM json_populate_recordset(NULL::"{table}", ${place}) AS given
WHERE held.id = given.id RETURNING 1
"""
_DONE = "SELECT count(*) FROM {name}"

Shape = tuple[str, type[Record], tuple[str, ...]]
"""What is done to rows of a model, and to which of their columns."""


class Writes:
    """Rows to be written, collected until a statement takes them all.

    PostgreSQL takes each table's rows as JSON and reads every value as its column's type, so that
    the statement's text is the same for one row and for thirty.
    """

    def __init__(self) -> None:
        self._rows: dict[Shape, list[dict[str, Any]]] = {}

    def make(self, model: type[Record], **values: Any) -> None:
        """Make a row with these columns; the others get the table's defaults."""
        self._add(_MAKE, model, values)

    def change(self, model: type[Record], row_id: int, **values: Any) -> None:
        """Give the row's columns these values."""
        self._add(_CHANGE, model, {"id": row_id, **values})

    def __bool__(self) -> bool:
        return bool(self._rows)

    @property
    def shape(self) -> tuple[Shape, ...]:
        """What the statement's text depends on."""
        return tuple(self._rows)

    @property
    def parameters(self) -> list[str]:
        """The rows, as the statement's first parameters."""
        return [as_json(rows) for rows in self._rows.values()]

    def _add(self, form: str, model: type[Record], values: dict[str, Any]) -> None:
        self._rows.setdefault((form, model, tuple(values)), []).append(values)


def as_json(rows: Sequence[Any]) -> str:
    """Rows as a parameter that PostgreSQL makes a set of."""
    return orjson.dumps(rows, default=_exact).decode()


def _exact(value: Any) -> str:
    """A decimal number as text, which loses no digit."""
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not written into rows.")


@lru_cache(maxsize=256)
def statement(shape: tuple[Shape, ...], last: str) -> str:
    """One statement that writes rows of that shape, and then does `last`.

    In `last`, `{place}` is the number of the parameter behind the rows', and `{done}` a condition
    that has written every row by the time that it is known to hold.
    """
    names = [f"w{place}" for place in range(1, len(shape) + 1)]
    queries = (
        f"{name} AS ({_query(each, place)})"
        for place, (name, each) in enumerate(zip(names, shape, strict=True), start=1)
    )
    counts = " + ".join(f"({_DONE.format(name=name)})" for name in names) or "0"
    tail = last.format(place=len(shape) + 1, done=f"{counts} >= 0")
    return f"WITH {', '.join([*queries, tail])}"


def _query(shape: Shape, place: int) -> str:
    form, model, names = shape
    columns = [f'"{name}"' for name in names]
    return form.format(
        table=model._meta.db_table,  # noqa: SLF001 — its description
        columns=", ".join(columns),
        given=", ".join(f"{each} = given.{each}" for each in columns),
        place=place,
    )
