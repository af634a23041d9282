"""One import from end to end: read, check, plan, and either report or write, in one transaction."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import asyncpg

from errors import ImportRefused
from exchange.oneroster import manifest, reading, settlements
from exchange.oneroster.checking import Checked, check
from exchange.oneroster.draft import Draft
from exchange.oneroster.known import load
from exchange.oneroster.manifest import Mode
from exchange.oneroster.planning import Plan, plan
from exchange.oneroster.report import WRITES, Report
from exchange.oneroster.tables import NAMES, TABLES
from exchange.oneroster.writing import Writer, audit
from models.alone import Alone

Progress = Callable[[str, int, int | None], None]
"""Hears a stage, how many rows of it are done, and of how many where that is known."""

_DEFAULT_SOURCE = "oneroster"
_SOURCE_LENGTH = 100
# Any number will do, as long as every import takes the same one.


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What may differ between two runs of the same bundle.

    `source` names the system that the ids belong to; empty: the manifest's systemCode or
    systemName. `settlement` is "Municipality/Settlement"; empty: one named for the source. What
    ends without a date of its own ends on `today`; None: the database's day in `timezone`.
    """

    source: str = ""
    settlement: str = ""
    dry_run: bool = False
    skip_refused: bool = False
    timezone: ZoneInfo
    today: date | None = None


def _silent(_stage: str, _done: int, _total: int | None) -> None:
    """Tell nobody."""


async def run(
    database_url: str, path: Path, options: Options, progress: Progress = _silent
) -> Report:
    """Import the bundle at `path`, or with `dry_run` only say what would be done.

    With refused rows nothing is written unless `skip_refused`. Raises `ImportRefused` with one
    sentence where the bundle cannot be used at all; then nothing is written either.
    """
    with _uncollected():
        return await _run(database_url, path, options, progress)


async def _run(database_url: str, path: Path, options: Options, progress: Progress) -> Report:
    with reading.opened(path) as bundle:
        said = manifest.read(bundle, NAMES)
        checked = _checked(bundle, said, progress)
    source = options.source or said.system or _DEFAULT_SOURCE
    if len(source) > _SOURCE_LENGTH:
        raise ImportRefused(f"The source's name is longer than {_SOURCE_LENGTH} characters.")
    connection = await asyncpg.connect(
        database_url, server_settings={"timezone": options.timezone.key}
    )
    try:
        return await _within(connection, checked, source, options, progress)
    except asyncpg.IntegrityConstraintViolationError as error:
        # Its details hold persons' data; the constraint's name says enough.
        raise ImportRefused(
            f"The database does not take the import: {error.constraint_name}; nothing was written."
        ) from None
    finally:
        await connection.close()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the cyclic collector from walking a million rows, none of them in a cycle."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _checked(
    bundle: reading.Bundle, said: manifest.Manifest, progress: Progress
) -> dict[str, Checked]:
    checked: dict[str, Checked] = {}
    for table in TABLES:
        mode = said.mode(table.name)
        if mode is Mode.ABSENT or said.version not in table.versions:
            continue
        checked[table.name] = check(
            *(bundle[table.file.lower()], table, said.version, mode),
            progress=partial(_reading, progress, table.file),
        )
    return checked


def _reading(progress: Progress, file: str, rows: int) -> None:
    progress(file, rows, None)


async def _within(
    connection: asyncpg.Connection,
    checked: dict[str, Checked],
    source: str,
    options: Options,
    progress: Progress,
) -> Report:
    transaction = connection.transaction(readonly=options.dry_run)
    await transaction.start()
    try:
        await connection.execute("SELECT pg_advisory_xact_lock($1)", Alone.IMPORTING)
        report = await _plan_and_write(connection, checked, source, options, progress)
    except BaseException:
        await transaction.rollback()
        raise
    await (transaction.commit() if report.imported else transaction.rollback())
    return report


async def _plan_and_write(
    connection: asyncpg.Connection,
    checked: dict[str, Checked],
    source: str,
    options: Options,
    progress: Progress,
) -> Report:
    items = checked.get("lineItems")
    due = [
        record.cells["dueDate"]
        for record in (items.records.values() if items else ())
        if not record.ending
    ]
    progress("planning", 0, None)
    known = await load(connection, source, due, options.today)
    draft = Draft(checked, known, Report(source=source), options.timezone)
    made = await plan(connection, draft, source)
    if options.settlement:
        await settlements.chosen(connection, options.settlement)
    report = draft.report
    if options.dry_run or (report.exit_code and not options.skip_refused):
        return report
    if made.size:
        await _write(connection, draft, made, options, progress)
    report.imported = True
    return report


async def _write(
    connection: asyncpg.Connection, draft: Draft, made: Plan, options: Options, progress: Progress
) -> None:
    source = draft.report.source
    settlement_id = 0
    if made.creates["organization"]:
        settlement_id = await (
            settlements.chosen(connection, options.settlement)
            if options.settlement
            else settlements.found_or_made(connection, source)
        )
    now = datetime.now(UTC)
    writer = Writer(
        *(connection, source, draft.known, now, settlement_id),
        lambda done: progress("writing", done, made.size),
    )
    await writer.write(made)
    counts = {
        file: {deed.value: numbers[deed.value] for deed in WRITES}
        for file, numbers in draft.report.totals()
    }
    await audit(connection, source, counts, now)
