"""Building a data set in a database: all of it, or nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import asyncpg

from demo.copying import BareTables, Copier
from demo.generator import generate
from demo.plan import Plan
from demo.region import ZONE
from demo.sink import Sink
from demo.tables import COLUMNS
from errors import DiaryError

Report = Callable[[str, int, int], object]
"""Hears a stage's name, how much of it is done, and how much there is to do."""

WRITING, INDEXING = "classes", "indexes and keys"

# For this transaction only: sorts of several million rows in memory, and nobody waits for the disk
# to confirm what could simply be built again.
_TUNING = """
SET LOCAL maintenance_work_mem = '256MB';
SET LOCAL work_mem = '64MB';
SET LOCAL synchronous_commit = off;
"""


class DatabaseNotEmpty(DiaryError):
    """The database holds rows already; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What was built: rows of each table, and how long all of it took."""

    tables: dict[str, int]
    seconds: float

    @property
    def rows(self) -> int:
        """All rows together."""
        return sum(self.tables.values())

    @property
    def rows_a_second(self) -> float:
        """Rows a second from end to end: making, copying, indexes, keys and statistics."""
        return self.rows / self.seconds


async def is_empty(database_url: str) -> bool:
    """Whether no table that the generator fills has a row; waits for a build that is going on."""
    connection = await _connect(database_url)
    try:
        return await _is_empty(connection)
    finally:
        await connection.close()


async def build(
    database_url: str,
    *,
    seed: int,
    today: date,
    schools: int | None = None,
    pupils: int | None = None,
    report: Report = lambda _stage, _done, _total: None,
) -> Summary:
    """Fill an empty, migrated database.

    The demo region when `schools` is None: two full schools, each with `pupils` pupils (500).
    Otherwise a benchmark set of so many full schools with a whole year that ends now, and with the
    further logins `parent.1` to `parent.1000`, as far as there are families. `today` is a day of
    the region's own zone. The same seed, `today` and size give the same rows. Everything is one
    transaction: a build that is interrupted leaves nothing behind.

    Raises `DatabaseNotEmpty` where there are rows already.
    """
    started = time.perf_counter()
    plan, sink = Plan.of(seed, today, schools, pupils), Sink()
    connection = await _connect(database_url)
    try:
        async with connection.transaction():
            await _refuse_filled(connection)
            await connection.execute(_TUNING)
            await _fill(connection, plan, sink, report)
        await connection.execute(f"VACUUM (ANALYZE) {', '.join(COLUMNS)}")
    finally:
        await connection.close()
    return Summary(dict(sink.counts), time.perf_counter() - started)


async def _fill(connection: Any, plan: Plan, sink: Sink, report: Report) -> None:
    bare = BareTables(connection)
    await bare.strip()
    async with Copier(connection) as copier:
        for progress in generate(plan, sink):
            await copier.copy(sink.full())
            report(WRITING, *progress)
        await copier.copy(sink.rest())
    restoring = bare.restoring
    for done, statement in enumerate(restoring, 1):
        await connection.execute(statement)
        report(INDEXING, done, len(restoring))
    for table, count in sink.counts.items():
        await connection.execute(
            "SELECT setval(pg_get_serial_sequence($1, 'id'), $2, false)", table, count + 1
        )


async def _refuse_filled(connection: Any) -> None:
    # Held to the end, so that of two builders one waits and then finds the other's rows.
    await connection.execute("LOCK TABLE region IN ACCESS EXCLUSIVE MODE")
    if not await _is_empty(connection):
        raise DatabaseNotEmpty("The database is not empty: the demo region was not built.")


async def _is_empty(connection: Any) -> bool:
    filled = " OR ".join(f"EXISTS (SELECT FROM {table})" for table in COLUMNS)  # our own names
    return not await connection.fetchval(f"SELECT {filled}")


async def _connect(database_url: str) -> Any:
    """Connect with the region's clock, for moments are spelled as the school's local time."""
    return await asyncpg.connect(
        database_url.replace("asyncpg://", "postgresql://", 1),
        server_settings={"timezone": ZONE, "application_name": "school-diary demo"},
    )
