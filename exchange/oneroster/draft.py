"""The plan in the making: what was read, what is known, and the facts gathered so far."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from exchange.oneroster.checking import Checked, Record, RowRefused
from exchange.oneroster.facts import Fact, Ref, ref
from exchange.oneroster.kinds import KINDS, ORGANIZATION, Kind
from exchange.oneroster.known import Known, organization_key
from exchange.oneroster.manifest import Mode
from exchange.oneroster.report import Deed, Outcome, Report
from exchange.oneroster.tables import TABLES, Column

if TYPE_CHECKING:
    from exchange.oneroster.mapping.journal import Slots

_COLUMNS = {table.name: [column for column in table.columns if column.refers] for table in TABLES}


class EndsWith(Exception):
    """The record ends, because what it belongs to ends in this very import."""


class ClassInfo(NamedTuple):
    """What enrolments and line items need to know of their class."""

    organization: Ref | int
    kind: str
    grade_level: int
    starts_on: date
    ends_on: date
    sections: dict[str, Ref | int]


class ItemInfo(NamedTuple):
    """What results need to know of their line item."""

    assignment: Ref | int
    lesson: Ref | int
    work_type: Ref | int
    weight: int
    teacher: Ref | int
    grade_level: int
    scale: str


@dataclass(slots=True)
class Draft:
    """Everything about one import that is not yet written."""

    checked: dict[str, Checked]
    known: Known
    report: Report
    timezone: ZoneInfo
    facts: dict[str, dict[str, Fact]] = field(
        default_factory=lambda: {kind.name: {} for kind in KINDS}
    )
    refused: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    ending: dict[tuple[str, str], str] = field(default_factory=dict)
    causes: dict[tuple[str, str], str] = field(default_factory=dict)
    roles: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    numbers: dict[str, int] = field(default_factory=dict)
    spans: dict[int, tuple[date, date]] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    classes: dict[str, ClassInfo] = field(default_factory=dict)
    teachers: dict[str, list[tuple[bool, str, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    items: dict[str, ItemInfo] = field(default_factory=dict)
    once: dict[tuple[str, ...], int] = field(default_factory=dict)
    keys: dict[str, dict[int, str]] = field(default_factory=dict)
    moves: dict[str, date] = field(default_factory=dict)
    slots: "Slots | None" = None

    def records(self, table: str) -> dict[str, Record]:
        """Return the readable records of a table; none where the bundle has no such file."""
        checked = self.checked.get(table)
        return checked.records if checked else {}

    def live(self, table: str, name: str) -> Record | None:
        """Return the record of this bundle unless it ends or is refused."""
        record = self.records(table).get(name)
        if record and not record.ending and name not in self.refused[table]:
            return record
        return None

    def is_sent(self, table: str) -> bool:
        """Whether the bundle has this file."""
        return table in self.checked

    def add(self, fact: Fact) -> None:
        """Add a fact; the same one said twice counts once."""
        self.facts[fact.kind.name].setdefault(fact.key, fact)

    def has(self, kind: Kind, key: str) -> bool:
        """Whether such a row will be there: from this bundle or from an earlier one."""
        return key in self.facts[kind.name] or key in self.known.rows[kind.name]

    def note(self, record: Record, why: str) -> None:
        """Say something about a row that is taken all the same."""
        self.tell(Outcome(record.table, record.line, Deed.NOTE, "", record.id, why))

    def tell(self, outcome: Outcome) -> None:
        """Put one outcome into the report."""
        self.report.outcomes.append(outcome)

    def refuse(self, table: str, line: int, name: str, why: str, *, depends: bool = True) -> None:
        """Refuse one row, and with `depends` also what refers to it."""
        if name and depends:
            self.refused[table][name] = f"{table}.csv:{line}"
        self.tell(Outcome(table, line, Deed.REFUSE, "", name, why))

    def say_once(self, record: Record, *what: str) -> None:
        """Refuse a record whose content an earlier row of the same file has already."""
        line = self.once.setdefault(what, record.line)
        if line != record.line:
            raise RowRefused(f"says the same as line {line}")

    def follow(self, record: Record) -> Record:
        """Return the record without loose references that lead nowhere.

        Raises `RowRefused` for a firm one that does, or that leads to a refused row, and
        `EndsWith` where it leads to a row that ends.
        """
        cells = record.cells
        for column in _COLUMNS[record.table]:
            value = cells.get(column.name)
            if not value:
                continue
            if isinstance(value, str):
                if why := self._dead_end(record, column, value):
                    cells = {**cells, column.name: None}
                    self.note(record, f"{column.name}: {why}; taken without it")
            else:
                cells = {**cells, column.name: self._alive(record, column, value)}
        return record if cells is record.cells else record._replace(cells=cells)

    def _alive(self, record: Record, column: Column, names: tuple[str, ...]) -> tuple[str, ...]:
        alive, causes = [], []
        for name in names:
            try:
                why = self._dead_end(record, column, name)
            except RowRefused as refusal:
                why = str(refusal)
            if why:
                causes.append(f"{column.name}: {why}")
            else:
                alive.append(name)
        if causes and not alive and not column.loose:
            raise RowRefused("; ".join(causes))
        for cause in causes:
            self.note(record, f"{cause}; taken without it")
        return tuple(alive)

    def _dead_end(self, record: Record, column: Column, name: str) -> str:
        """Say why a reference leads nowhere; empty where it leads somewhere."""
        table = column.refers
        loose = column.loose and not (column.firm_when_sent and self.is_sent(table))
        target = self.records(table).get(name)
        if place := self.refused[table].get(name):
            why = f"because {name}, {place}, is refused"
        elif (table, name) in self.ending or (target and target.ending):
            place = self.ending.get((table, name)) or (target.place if target else "")
            if not loose and isinstance(record.cells[column.name], str):
                raise EndsWith(f"ends with {name}, {place}")
            why = f"{name}, {place}, is to be deleted"
        elif target or self.was_known(table, name):
            return ""
        else:
            why = f"nothing is known of {name}"
        if loose:
            return why
        raise RowRefused(f"{column.name}: {why}" if not why.startswith("because") else why)

    def was_known(self, table: str, name: str) -> bool:
        """Whether an earlier import brought it and no bulk file of this one leaves it out."""
        checked = self.checked.get(table)
        if checked and checked.mode is Mode.BULK:
            return False
        return name in self.known.owners[table]

    def organization(self, name: str) -> str:
        """Return the sourcedId of the organization proper: a department counts as its school."""
        seen = {name}
        while (record := self.live("orgs", name)) and record.cells["type"] == "department":
            parent = record.cells.get("parentSourcedId")
            if not parent or parent in seen or not self._holds_departments(parent):
                return name
            seen.add(parent)
            name = parent
        department = self.known.rows["department"].get(name)
        if record is None and department:
            return organization_key(self.known, department.id)
        return name

    def _holds_departments(self, name: str) -> bool:
        if record := self.live("orgs", name):
            return record.cells["type"] in ("school", "department")
        checked = self.checked.get("orgs")
        if checked and (checked.mode is Mode.BULK or name in checked.records):
            return False
        row_id = self.known.row_id("organization", name) or self.known.row_id("department", name)
        return self.known.organization_kinds.get(row_id or 0) == "GENERAL"

    def organization_ref(self, name: str) -> Ref:
        """Return the reference to the organization that `name` counts as."""
        return ref(ORGANIZATION, self.organization(name))
