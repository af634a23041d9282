"""How fast the demo data set is made, beside nothing but copying the same rows in."""

import asyncio
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg

import demo
from access import vault
from access.vault import Vault
from bench import process
from bench.figures import Line, times
from bench.machine import SECRET, Machine, today
from demo.copying import BareTables
from demo.region import ZONE
from demo.tables import COLUMNS

_SCHOOLS, _PUPILS = 5, 1000
_QUICK_SCHOOLS, _QUICK_PUPILS = 1, 200


def measure(machine: Machine) -> Iterator[Line]:
    """Generating, copying into tables as they are, and copying into bare tables: the limit."""
    schools, pupils = (_QUICK_SCHOOLS, _QUICK_PUPILS) if machine.quick else (_SCHOOLS, _PUPILS)
    with TemporaryDirectory() as folder:
        with machine.migrated() as database:
            summary, peak = _built(database, schools, pupils)
            asyncio.run(_save(database, Path(folder)))
        kept = _copied(machine, Path(folder), bare=False)
        bare = _copied(machine, Path(folder), bare=True)
    what = f"demo, {schools} × {pupils:,} pupils"
    yield Line(
        f"{what}, end to end",
        _rate(summary.rows, summary.seconds),
        times(kept / summary.seconds),
        f"of COPY with indexes and keys in place: {_rate(summary.rows, kept)}",
    )
    yield Line(
        f"{what}, end to end",
        _rate(summary.rows, summary.seconds),
        times(bare / summary.seconds),
        f"of the limit, COPY into bare tables: {_rate(summary.rows, bare)}",
    )
    yield Line(f"{what}, memory of Python", f"{peak:,.0f} MB at its peak")


def _rate(rows: int, seconds: float) -> str:
    return f"{rows / seconds:,.0f} rows/s ({rows:,} rows in {seconds:.1f} s)"


def _built(database: str, schools: int, pupils: int) -> tuple[demo.Summary, float]:
    """Build in a process of its own, so that its peak of memory is the generator's."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_build, database, schools, pupils).result()


def _build(database: str, schools: int, pupils: int) -> tuple[demo.Summary, float]:
    vault.use(Vault([SECRET]))
    made = demo.build(database, seed=1, today=today(), schools=schools, pupils=pupils)
    return asyncio.run(made), process.memory(os.getpid()).peak


async def _save(database: str, folder: Path) -> None:
    connection = await asyncpg.connect(database, server_settings={"timezone": ZONE})
    try:
        for table, columns in COLUMNS.items():
            await connection.copy_from_table(table, output=folder / table, columns=columns.split())
    finally:
        await connection.close()


def _copied(machine: Machine, folder: Path, *, bare: bool) -> float:
    """The seconds that it takes to copy all rows in."""
    with machine.migrated() as database:
        return asyncio.run(_copy(database, folder, bare=bare))


async def _copy(database: str, folder: Path, *, bare: bool) -> float:
    connection = await asyncpg.connect(database, server_settings={"timezone": ZONE})
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL synchronous_commit = off")
            if bare:
                await BareTables(connection).strip()
            began = time.perf_counter()
            for table, columns in COLUMNS.items():
                await connection.copy_to_table(
                    table, source=folder / table, columns=columns.split()
                )
        return time.perf_counter() - began
    finally:
        await connection.close()
