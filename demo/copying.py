"""Filling empty tables fast: without indexes and foreign keys, which are made again at the end."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from types import TracebackType
from typing import Any, NamedTuple, Self

from demo.sink import Batch
from demo.tables import COLUMNS

_LINES_A_PIECE = 1500

# Uniqueness and exclusion before plain indexes, and both before the keys that rest on them, in
# whichever table those are.
_DEFINITIONS = """
SELECT c.conrelid::regclass::text AS owner, quote_ident(c.conname) AS name,
       pg_get_constraintdef(c.oid) AS definition, c.contype = 'f' AS is_reference
FROM pg_constraint c
WHERE c.connamespace = current_schema()::regnamespace
  AND (c.conrelid = ANY ($1::regclass[]) AND c.contype IN ('u', 'x')
       OR c.contype = 'f' AND $1::regclass[] && ARRAY [c.conrelid::regclass, c.confrelid::regclass])
ORDER BY is_reference, owner, name
"""
_INDEXES = """
SELECT quote_ident(r.relname) AS name, pg_get_indexdef(i.indexrelid) AS definition
FROM pg_index i
JOIN pg_class r ON r.oid = i.indexrelid
WHERE i.indrelid = ANY ($1::regclass[])
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
ORDER BY name
"""
# What is copied agrees already: no mark settles a debt that is copied beside it.
_PAUSED = ("ALTER TABLE mark {} TRIGGER mark_settles_debt",)


class _Constraint(NamedTuple):
    owner: str
    name: str
    definition: str
    is_reference: bool


class BareTables:
    """The demo's tables without what slows writing; `restoring` makes it all again by the catalog.

    Both belong into one transaction: when that is rolled back, nothing was ever dropped.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._constraints: list[_Constraint] = []
        self._indexes: list[str] = []

    async def strip(self) -> None:
        """Read the definitions and drop foreign keys, uniqueness, exclusions and plain indexes."""
        tables = list(COLUMNS)
        found = await self._connection.fetch(_DEFINITIONS, tables)
        self._constraints = [_Constraint(*row) for row in found]
        indexes = await self._connection.fetch(_INDEXES, tables)
        self._indexes = [row["definition"] for row in indexes]
        for each in reversed(self._constraints):
            await self._connection.execute(f"ALTER TABLE {each.owner} DROP CONSTRAINT {each.name}")
        for row in indexes:
            await self._connection.execute(f"DROP INDEX {row['name']}")
        for statement in _PAUSED:
            await self._connection.execute(statement.format("DISABLE"))

    @property
    def restoring(self) -> list[str]:
        """The statements that make everything again, in an order in which they can be run."""
        made = [
            f"ALTER TABLE {each.owner} ADD CONSTRAINT {each.name} {each.definition}"
            for each in self._constraints
        ]
        references = sum(each.is_reference for each in self._constraints)
        unique = len(made) - references
        resumed = [statement.format("ENABLE") for statement in _PAUSED]
        return [*made[:unique], *self._indexes, *made[unique:], *resumed]


class Copier:
    """Copies one batch while the next one is being made."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if kind is not None and self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        await self._finish()

    async def copy(self, batches: Iterable[Batch]) -> None:
        """Start copying each batch as soon as the one before it is in."""
        for batch in batches:
            await self._finish()
            self._running = asyncio.create_task(self._copy(batch))
        # Whoever makes rows gives the network a turn between two portions of them.
        await asyncio.sleep(0)

    async def _finish(self) -> None:
        running, self._running = self._running, None
        if running is not None and not running.cancelled():
            await running

    async def _copy(self, batch: Batch) -> None:
        await self._connection.copy_to_table(
            batch.table, source=_pieces(batch.lines), columns=COLUMNS[batch.table].split()
        )


async def _pieces(lines: list[str]) -> AsyncIterator[bytes]:
    for start in range(0, len(lines), _LINES_A_PIECE):
        yield "".join(lines[start : start + _LINES_A_PIECE]).encode()
