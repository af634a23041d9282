"""From checked files to a plan: what is created, changed, ended and refused, and why."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import asyncpg

from exchange.oneroster.checking import RowRefused
from exchange.oneroster.dependents import dependents
from exchange.oneroster.draft import Draft, EndsWith
from exchange.oneroster.facts import Fact, parts_of
from exchange.oneroster.kinds import (
    GUARDIANSHIP,
    KINDS,
    PERSON,
    SCHOOL_CLASS,
    SILENT,
    SUBJECT,
    Ends,
    Kind,
)
from exchange.oneroster.known import ENDED
from exchange.oneroster.manifest import Mode
from exchange.oneroster.mapping import MAPPERS
from exchange.oneroster.mapping.classes import name_apart, number_terms
from exchange.oneroster.mapping.people import guardianships
from exchange.oneroster.report import Deed, Outcome
from exchange.oneroster.settling import settle
from exchange.oneroster.tables import NAMES

_GONE = "no longer in the bulk file"
_DELETED = "to be deleted"
_UNSAID = "its row no longer says so"


class _Origin(NamedTuple):
    """The row that an outcome is reported of; line 0 where the file no longer has it."""

    table: str
    line: int
    id: str


class End(NamedTuple):
    """One row of ours that ends, on `on`; `key` is None where no import made it."""

    kind: Kind
    row_id: int
    key: str | None
    on: date


@dataclass(slots=True)
class Plan:
    """What writing has to do, by kind."""

    creates: dict[str, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    changes: dict[str, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    ends: dict[str, list[End]] = field(default_factory=lambda: defaultdict(list))
    causes: dict[tuple[str, int], _Origin] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many rows it touches."""
        facts = sum(len(group) for made in (self.creates, self.changes) for group in made.values())
        return facts + sum(len(group) for group in self.ends.values())


async def plan(connection: asyncpg.Connection, draft: Draft, source: str) -> Plan:
    """Make the plan, and put every outcome into the draft's report."""
    _refuse_bad_rows(draft)
    for table in NAMES:
        _map(draft, table)
        if table == "roles":
            for fact in guardianships(draft):
                draft.add(fact)
    name_apart(draft)
    number_terms(draft)
    settle(draft)
    made = Plan()
    _compare(draft, made)
    _end(draft, made)
    await _end_dependents(connection, draft, source, made)
    draft.report.sort()
    return made


def _refuse_bad_rows(draft: Draft) -> None:
    for name, checked in draft.checked.items():
        draft.report.rows[name] = checked.rows
        for bad in checked.bad:
            # Where another row with this id reads well, what refers to it means that one.
            draft.refuse(name, bad.line, bad.id, bad.why, depends=bad.id not in checked.records)
        for note in checked.notes:
            draft.tell(Outcome(name, note.line, Deed.NOTE, "", note.id, note.why))


def _map(draft: Draft, table: str) -> None:
    records = draft.records(table)
    for name, record in list(records.items()):
        if record.ending:
            continue
        try:
            records[name] = followed = draft.follow(record)
            facts = list(MAPPERS[table](draft, followed))
        except RowRefused as refusal:
            draft.refuse(table, record.line, name, str(refusal))
        except EndsWith as end:
            draft.ending[table, name] = record.place
            draft.causes[table, name] = str(end)
        else:
            for fact in facts:
                draft.add(fact)


def _compare(draft: Draft, made: Plan) -> None:
    """Sort the facts into new, changed and same, and report them row by row."""
    deeds: dict[tuple[_Origin, Deed], Counter[str]] = defaultdict(Counter)
    same: set[_Origin] = set()
    for kind in KINDS:
        for fact in draft.facts[kind.name].values():
            origin = _Origin(fact.record.table, fact.record.line, fact.record.id)
            deed = _deed(draft, fact)
            if deed is None:
                same.add(origin)
                continue
            (made.creates if deed is Deed.CREATE else made.changes)[kind.name].append(fact)
            if kind not in SILENT:
                deeds[origin, deed][kind.label] += 1
    same -= {origin for origin, _ in deeds}
    draft.report.same.update(origin.table for origin in same)
    for (origin, deed), labels in deeds.items():
        draft.tell(Outcome(origin.table, origin.line, deed, _counted(labels), origin.id, ""))


def _deed(draft: Draft, fact: Fact) -> Deed | None:
    if fact.kind is SUBJECT:
        return None if fact.key in draft.known.subjects else Deed.CREATE
    known = draft.known.rows[fact.kind.name].get(fact.key)
    if known is None:
        return Deed.CREATE
    return None if known.digest == fact.digest else Deed.CHANGE


def _counted(labels: Counter[str]) -> str:
    return ", ".join(
        label if number == 1 else f"{label} x{number}" for label, number in labels.items()
    )


def _end(draft: Draft, made: Plan) -> None:
    """End what is to be deleted, what a bulk file leaves out, and what a row no longer says."""
    ended: dict[_Origin, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for kind in KINDS:
        if kind.ends is Ends.NEVER or not draft.is_sent(kind.table):
            continue
        for key, row in draft.known.rows[kind.name].items():
            if row.digest == ENDED or key in draft.facts[kind.name]:
                continue
            if reason := _reason(draft, kind, key):
                on = draft.moves.get(key, draft.known.today)
                made.ends[kind.name].append(End(kind, row.id, key, on))
                origin, why = reason
                made.causes[kind.name, row.id] = origin
                if kind not in SILENT:
                    ended[origin][why][kind.label] += 1
    for origin, reasons in ended.items():
        for why, labels in reasons.items():
            draft.tell(
                Outcome(origin.table, origin.line, Deed.END, _counted(labels), origin.id, why)
            )
    _tell_of_the_rest(draft, set(ended))


def _reason(draft: Draft, kind: Kind, key: str) -> tuple[_Origin, str] | None:
    parts = parts_of(key)
    owners = parts if kind is GUARDIANSHIP else parts[:1]
    if any(owner in draft.refused[kind.table] for owner in owners):
        return None
    owner, checked = parts[0], draft.checked[kind.table]
    record = checked.records.get(owner)
    if record is None:
        is_bulk = checked.mode is Mode.BULK
        return (_Origin(kind.table, 0, owner), _GONE) if is_bulk else None
    origin = _Origin(kind.table, record.line, owner)
    if record.ending:
        return origin, _DELETED
    if kind.kept_by_delta and checked.mode is Mode.DELTA:
        return None
    return origin, draft.causes.get((kind.table, owner), _UNSAID)


def _tell_of_the_rest(draft: Draft, ended: set[_Origin]) -> None:
    """Say of each row that ends why nothing of ours does, where nothing does."""
    seen: dict[str, set[str]] = defaultdict(set)
    closed: dict[str, set[str]] = defaultdict(set)
    for kind in KINDS:
        for key, row in draft.known.rows[kind.name].items():
            (closed if row.digest == ENDED else seen)[kind.table].add(parts_of(key)[0])
    for table in draft.checked:
        for record in draft.records(table).values():
            cause = draft.causes.get((table, record.id))
            if not (record.ending or cause):
                continue
            if _Origin(table, record.line, record.id) in ended:
                continue
            if record.id in closed[table]:
                draft.report.same[table] += 1
                continue
            why = "what it became stays as it is" if record.id in seen[table] else "never imported"
            draft.tell(
                Outcome(table, record.line, Deed.SKIP, "", record.id, f"{cause or _DELETED}; {why}")
            )


async def _end_dependents(
    connection: asyncpg.Connection, draft: Draft, source: str, made: Plan
) -> None:
    """End what hangs on persons and classes that end, whoever made it."""
    told: dict[tuple[_Origin, str], Counter[str]] = defaultdict(Counter)
    done = {(kind.rows, end.row_id) for kind in KINDS for end in made.ends[kind.name]}
    persons = [end.row_id for end in made.ends[PERSON.name]]
    classes = [end.row_id for end in made.ends[SCHOOL_CLASS.name]]
    today = draft.known.today
    for found in await dependents(connection, source, persons, classes, today):
        if (found.kind.rows, found.row_id) in done:
            continue
        done.add((found.kind.rows, found.row_id))
        made.ends[found.kind.name].append(End(found.kind, found.row_id, found.key, today))
        origin = made.causes[found.of.name, found.of_id]
        told[origin, f"ends with the {found.of.label}"][found.kind.label] += 1
    for (origin, why), labels in told.items():
        draft.tell(Outcome(origin.table, origin.line, Deed.END, _counted(labels), origin.id, why))
