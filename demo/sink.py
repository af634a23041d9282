"""Where generated rows gather, as lines of PostgreSQL's text format, until they are copied."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import NamedTuple

from demo.tables import COLUMNS

NULL = r"\N"
# Some milliseconds of COPY: less would be spent on turns, more would be kept in memory for nothing.
_FULL = 30_000
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})

Value = str | int | bool | date | datetime | time | None


class Batch(NamedTuple):
    """Lines of one table that are ready to be copied."""

    table: str
    lines: list[str]


class Sink:
    """Gathers rows and numbers them from 1 on, table by table."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(COLUMNS, 0)
        self._lines: dict[str, list[str]] = {table: [] for table in COLUMNS}

    def add(self, table: str, *values: Value) -> int:
        """Add one row of a table; `values` are all of its columns but `id`, which is returned."""
        number = self.counts[table] + 1
        self.counts[table] = number
        self._lines[table].append("\t".join((str(number), *map(spelled, values))) + "\n")
        return number

    def add_lines(self, table: str, lines: list[str]) -> None:
        """Add rows that are spelled and numbered already, on from the table's count."""
        self.counts[table] += len(lines)
        self._lines[table] += lines

    def full(self) -> Iterator[Batch]:
        """Yield what is worth copying, and forget it."""
        return self._take(_FULL)

    def rest(self) -> Iterator[Batch]:
        """Yield everything that is left, and forget it."""
        return self._take(1)

    def _take(self, least: int) -> Iterator[Batch]:
        for table, lines in self._lines.items():
            if len(lines) >= least:
                self._lines[table] = []
                yield Batch(table, lines)


def spelled(value: Value) -> str:
    """Return a value in PostgreSQL's text format."""
    if value is None:
        return NULL
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    return str(value)
