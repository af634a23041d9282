"""Carrying out a plan: a few statements for each kind of row, inside the caller's transaction."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg

from exchange.oneroster.facts import Fact, Ref
from exchange.oneroster.kinds import KINDS, MARK, ORGANIZATION, SUBJECT, Ends, Kind
from exchange.oneroster.known import ENDED, Known
from exchange.oneroster.planning import End, Plan
from models import MarkChangeKind

Values = dict[str, Any]
_REASON = "OneRoster"


@dataclass(slots=True)
class Writer:
    """Writes one plan; `progress` hears how many of the plan's rows are done."""

    connection: asyncpg.Connection
    source: str
    known: Known
    now: datetime
    settlement_id: int
    progress: Callable[[int], None]
    ids: dict[str, dict[str, int]] = field(default_factory=dict)
    done: int = 0

    async def write(self, plan: Plan) -> None:
        """Write everything: first what ends, so that it makes room, then kind by kind."""
        for kind in KINDS:
            self.ids[kind.name] = {key: row.id for key, row in self.known.rows[kind.name].items()}
        self.ids[SUBJECT.name] |= self.known.subjects
        for kind in KINDS:
            await self._end(kind, plan.ends[kind.name])
        for kind in KINDS:
            await self._create(kind, plan.creates[kind.name])
            await self._change(kind, plan.changes[kind.name])

    def _advance(self, rows: int) -> None:
        self.done += rows
        self.progress(self.done)

    def _resolved(self, columns: Iterable[tuple[str, Any]]) -> Values:
        return {
            name: self._row_id(value) if isinstance(value, Ref) else value
            for name, value in columns
        }

    def _row_id(self, target: Ref | int) -> int:
        if isinstance(target, int):
            return target
        rows = self.ids[target.kind]
        if target.key not in rows and target.kind == ORGANIZATION.name:
            rows = self.ids["department"]
        return rows[target.key]

    async def _create(self, kind: Kind, facts: Sequence[Fact]) -> None:
        if not facts:
            return
        pointing = [fact for fact in facts if fact.row is not None]
        for fact in pointing:
            self.ids[kind.name][fact.key] = self._row_id(fact.row or 0)
        await self._update(kind, pointing)
        making = [fact for fact in facts if fact.row is None]
        if making:
            rows = [self._resolved((*fact.columns.items(), *fact.first.items())) for fact in making]
            await self._make(kind, making, rows)
        if kind.provenance:
            await self._remember(kind, facts)
        self._advance(len(facts))

    async def _make(self, kind: Kind, facts: Sequence[Fact], rows: Sequence[Values]) -> None:
        there = await self._already_there(kind, rows)
        if there:
            adopted = [fact for fact, row_id in zip(facts, there, strict=True) if row_id]
            for fact, row_id in zip(facts, there, strict=True):
                if row_id:
                    self.ids[kind.name][fact.key] = row_id
            await self._update(kind, adopted)
            news = [number for number, row_id in enumerate(there) if not row_id]
            facts, rows = [facts[number] for number in news], [rows[number] for number in news]
        if rows:
            for fact, row_id in zip(facts, await self._insert(kind, rows), strict=True):
                self.ids[kind.name][fact.key] = row_id

    async def _already_there(self, kind: Kind, rows: Sequence[Values]) -> list[int | None]:
        """Return, for each row, the one with the same natural columns, if there is any."""
        if not kind.natural:
            return []
        types = await self._types(kind.rows)
        arrays = [[row[name] for row in rows] for name in kind.natural]
        unnested = ", ".join(
            f"${number}::{types[name]}[]" for number, name in enumerate(kind.natural, 1)
        )
        same = " AND ".join(f"t.{name} = n.{name}" for name in kind.natural)
        found = await self.connection.fetch(
            f"SELECT max(t.id) AS id FROM unnest({unnested}) "  # noqa: S608  # constants of ours
            f"WITH ORDINALITY n ({', '.join(kind.natural)}, place) "
            f"LEFT JOIN {kind.rows} t ON {same} GROUP BY n.place ORDER BY n.place",
            *arrays,
        )
        return [row["id"] for row in found]

    async def _insert(self, kind: Kind, rows: Sequence[Values]) -> list[int]:
        ids = await self._new_ids(kind.rows, len(rows))
        extra = self._constants(kind)
        groups: dict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
        for row_id, row in zip(ids, rows, strict=True):
            values = {name: value for name, value in row.items() if name != "by_id"} | extra
            groups["id", *values].append((row_id, *values.values()))
        for columns, records in groups.items():
            await self.connection.copy_records_to_table(kind.rows, records=records, columns=columns)
        if kind is MARK:
            authors = [row["by_id"] for row in rows]
            await self._revise(ids, authors, MarkChangeKind.RECORDED)
        return ids

    def _constants(self, kind: Kind) -> Values:
        if kind is ORGANIZATION:
            return {"settlement_id": self.settlement_id}
        return {"version": 1} if kind is MARK else {}

    async def _new_ids(self, table: str, count: int) -> list[int]:
        rows = await self.connection.fetch(
            "SELECT nextval(pg_get_serial_sequence($1, 'id')) AS id FROM generate_series(1, $2)",
            *(table, count),
        )
        return [row["id"] for row in rows]

    async def _change(self, kind: Kind, facts: Sequence[Fact]) -> None:
        if not facts:
            return
        for fact in facts:
            if fact.row is not None:
                self.ids[kind.name][fact.key] = self._row_id(fact.row)
        await self._update(kind, facts)
        await self.connection.executemany(
            "UPDATE external_record SET digest = $4, row_id = $5 "
            "WHERE source = $1 AND kind = $2 AND sourced_id = $3",
            [
                (self.source, kind.name, fact.key, fact.digest, self.ids[kind.name][fact.key])
                for fact in facts
            ],
        )
        self._advance(len(facts))

    async def _update(self, kind: Kind, facts: Sequence[Fact]) -> None:
        groups: dict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
        ids, authors = [], []
        for fact in facts:
            row = self._resolved(fact.columns.items())
            authors.append(row.pop("by_id", 0))
            ids.append(self.ids[kind.name][fact.key])
            if row:
                groups[tuple(row)].append((ids[-1], *row.values()))
        if kind is MARK:
            removed = await self._removed(ids)
        for columns, rows in groups.items():
            sets = ", ".join(f"{name} = ${place}" for place, name in enumerate(columns, 2))
            extra = ", version = version + 1, removed_at = NULL" if kind is MARK else ""
            await self.connection.executemany(
                f"UPDATE {kind.rows} SET {sets}{extra} WHERE id = $1",  # noqa: S608  # ours
                rows,
            )
        if kind is MARK and ids:
            for change in (MarkChangeKind.RECORDED, MarkChangeKind.CORRECTED):
                again = change is MarkChangeKind.RECORDED
                these = [place for place, row_id in enumerate(ids) if (row_id in removed) is again]
                await self._revise(
                    [ids[place] for place in these], [authors[place] for place in these], change
                )

    async def _removed(self, ids: Sequence[int]) -> set[int]:
        rows = await self.connection.fetch(
            "SELECT id FROM mark WHERE id = ANY($1) AND removed_at IS NOT NULL", ids
        )
        return {row["id"] for row in rows}

    async def _revise(
        self, ids: Sequence[int], authors: Sequence[int], change: MarkChangeKind
    ) -> None:
        await self.connection.execute(
            "INSERT INTO mark_revision "
            "(mark_id, version, kind, value, sign, weight, comment, reason, by_id, at) "
            "SELECT m.id, m.version, $3, m.value, m.sign, m.weight, m.comment, $4, n.by_id, $5 "
            "FROM unnest($1::bigint[], $2::bigint[]) n (id, by_id) JOIN mark m ON m.id = n.id "
            "ORDER BY m.id",
            *(ids, authors, change.value, _REASON, self.now),
        )

    async def _end(self, kind: Kind, ends: Sequence[End]) -> None:
        if not ends:
            return
        ids = [end.row_id for end in ends]
        if kind.ends is Ends.DATES:
            await self.connection.execute(
                f"UPDATE {kind.rows} t SET valid_until = greatest(t.valid_from, n.day) "  # noqa: S608  # ours
                "FROM unnest($1::bigint[], $2::date[]) n (id, day) WHERE t.id = n.id "
                "AND (t.valid_until IS NULL OR t.valid_until > n.day)",
                *(ids, [end.on for end in ends]),
            )
        elif statement := _ENDING.get(kind.ends):
            await self.connection.execute(statement, ids)
        if kind.ends is Ends.MARK:
            await self._remove_marks(ids)
        await self.connection.execute(
            "UPDATE external_record SET digest = $4 "
            "WHERE source = $1 AND kind = $2 AND sourced_id = ANY($3)",
            *(self.source, kind.name, [end.key for end in ends if end.key is not None], ENDED),
        )
        self._advance(len(ends))

    async def _remove_marks(self, ids: Sequence[int]) -> None:
        rows = await self.connection.fetch(_REMOVE_MARKS, ids, self.now)
        await self._revise(
            [row["id"] for row in rows], [row["by_id"] for row in rows], MarkChangeKind.REMOVED
        )

    async def _remember(self, kind: Kind, facts: Sequence[Fact]) -> None:
        ids = self.ids[kind.name]
        await self.connection.copy_records_to_table(
            "external_record",
            columns=("source", "kind", "sourced_id", "row_id", "digest"),
            records=[
                (self.source, kind.name, fact.key, ids[fact.key], fact.digest) for fact in facts
            ],
        )

    async def _types(self, table: str) -> dict[str, str]:
        rows = await self.connection.fetch(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute "
            "WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped",
            table,
        )
        return dict(rows)


_ENDING = {
    Ends.HOMEROOM: "UPDATE school_class SET homeroom_teacher_id = NULL WHERE id = ANY($1)",
    Ends.ASSIGNMENT: "UPDATE assignment SET is_mandatory = false WHERE id = ANY($1)",
}
_REMOVE_MARKS = """
UPDATE mark m SET removed_at = $2, version = m.version + 1 FROM lesson l
WHERE m.id = ANY($1) AND m.removed_at IS NULL AND l.id = m.lesson_id
RETURNING m.id, l.teacher_id AS by_id
"""


async def audit(
    connection: asyncpg.Connection, source: str, counts: dict[str, dict[str, int]], now: datetime
) -> None:
    """Leave one entry for the run: the source and how many rows of each file, nothing else."""
    await connection.execute(
        "INSERT INTO audit_entry (at, roles, action, entity, after, request_id, address) "
        "VALUES ($1, '[]', 'import.oneroster', 'external_record', $2, '', '')",
        *(now, json.dumps({"source": source, "files": counts}, ensure_ascii=False)),
    )
