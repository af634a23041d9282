"""From rows of text to typed records; what is wrong with one row refuses that row alone."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from errors import ImportRefused
from exchange.oneroster import limits
from exchange.oneroster.decoding import rows
from exchange.oneroster.manifest import Mode
from exchange.oneroster.reading import Member
from exchange.oneroster.tables import Column, Table

_KEY, _STATUS = "sourcedId", "status"
_PLAIN_ID = re.compile(r"[^\x00-\x1f\x7f]*")
_ALIVE, _ENDING = ("active",), ("tobedeleted", "inactive")


class RowRefused(Exception):
    """This row cannot be taken in; the sentence says why."""


class Record(NamedTuple):
    """One row that reads well; an absent or empty cell is None, an empty list ()."""

    table: str
    line: int
    id: str
    ending: bool
    cells: dict[str, Any]

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.table}.csv:{self.line}"


class BadRow(NamedTuple):
    """One row that does not; `id` is empty where even that cannot be read."""

    line: int
    id: str
    why: str


@dataclass(slots=True)
class Checked:
    """What one file holds."""

    table: Table
    mode: Mode
    records: dict[str, Record]
    bad: list[BadRow]
    notes: list[BadRow]

    @property
    def rows(self) -> int:
        """How many rows stand under the header."""
        return len(self.records) + len(self.bad)


class _Layout(NamedTuple):
    width: int
    key: int
    status: int | None
    columns: list[tuple[int, Column, bool]]


def check(
    member: Member, table: Table, version: str, mode: Mode, progress: Callable[[int], None]
) -> Checked:
    """Read one file.

    `progress` hears how many rows are read so far. Raises `ImportRefused` where the file as a
    whole cannot be used: unreadable, no header, a required column missing.
    """
    stream = rows(member)
    first = next(stream, None)
    if first is None:
        raise ImportRefused(f"{member.name}:1: the file is empty; even the header is missing.")
    layout = _layout(member.name, first[1], table, version, mode)
    checked = Checked(table, mode, {}, [], [])
    for line, fields in stream:
        _take(checked, layout, line, fields)
        if not checked.rows % 1000:
            progress(checked.rows)
    progress(checked.rows)
    return checked


def _layout(name: str, header: list[str], table: Table, version: str, mode: Mode) -> _Layout:
    titles = [title.strip().lower() for title in header]
    if len(titles) == 1 and titles[0].count(";") > 1:
        raise ImportRefused(f"{name}:1: the columns are separated by semicolons, not by commas.")
    if len(titles) > limits.MAX_COLUMNS:
        raise ImportRefused(
            f"{name}:1: there are {len(titles)} columns; at most {limits.MAX_COLUMNS} are read."
        )
    places: dict[str, int] = {}
    for place, title in enumerate(titles):
        if title and title in places:
            raise ImportRefused(f"{name}:1: the column {header[place].strip()!r} is there twice.")
        places[title] = place
    needed = [_KEY, *([_STATUS] if mode is Mode.DELTA else [])]
    needed += [column.name for column in table.columns if _required(column, version)]
    if missing := [title for title in needed if title.lower() not in places]:
        raise ImportRefused(
            f"{name}:1: the column{'s' if len(missing) > 1 else ''} {', '.join(missing)} "
            f"{'are' if len(missing) > 1 else 'is'} missing."
        )
    return _Layout(
        len(titles),
        places[_KEY.lower()],
        places.get(_STATUS),
        [
            (places[column.name.lower()], column, _required(column, version))
            for column in table.columns
            if column.name.lower() in places
        ],
    )


def _required(column: Column, version: str) -> bool:
    return column.required and version in column.since


def _take(checked: Checked, layout: _Layout, line: int, fields: list[str]) -> None:
    name = fields[layout.key].strip() if len(fields) > layout.key else ""
    try:
        record = _record(checked, layout, line, fields, name)
    except RowRefused as refusal:
        checked.bad.append(BadRow(line, name[: limits.MAX_ID_CHARS], str(refusal)))
    else:
        checked.records[name] = record


def _record(checked: Checked, layout: _Layout, line: int, fields: list[str], name: str) -> Record:
    if len(fields) != layout.width:
        raise RowRefused(f"has {len(fields)} fields where the header has {layout.width}")
    if not name:
        raise RowRefused("sourcedId is empty")
    if len(name) > limits.MAX_ID_CHARS or not _PLAIN_ID.fullmatch(name):
        raise RowRefused(f"sourcedId is longer than {limits.MAX_ID_CHARS} or not plain text")
    if twin := checked.records.get(name):
        raise RowRefused(f"repeats the sourcedId of line {twin.line}")
    status = "" if layout.status is None else fields[layout.status].strip().lower()
    ending = _ending(checked, status, line, name)
    cells: dict[str, Any] = {}
    for place, column, required in layout.columns:
        # What ends needs no more than its id: exports leave the rest of such rows empty or stale.
        if ending and not column.refers:
            continue
        if text := fields[place].strip():
            cells[column.name] = _parsed(column, text, ending)
        elif required and not ending:
            raise RowRefused(f"{column.name} is empty")
    return Record(checked.table.name, line, name, ending, cells)


def _parsed(column: Column, text: str, ending: bool) -> object:
    try:
        return column.parse(text)
    except ValueError as error:
        if ending:
            return None
        raise RowRefused(f"{column.name} {error}") from None


def _ending(checked: Checked, status: str, line: int, name: str) -> bool:
    if not status and checked.mode is Mode.DELTA:
        raise RowRefused("status is empty, and a delta file lives by it")
    if status in _ENDING:
        if status != _ENDING[0]:
            checked.notes.append(
                BadRow(line, name, f"status {status!r} is OneRoster 1.0; taken as tobedeleted")
            )
        return True
    if status and status not in _ALIVE:
        raise RowRefused(f"status must be active or tobedeleted, not {status[:40]!r}")
    return False
