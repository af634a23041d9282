"""Scratch databases for import tests: cloned from one migrated template, compared as a whole."""

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from exchange.oneroster.report import Deed, Report
from exchange.oneroster.running import Options, run

MOSCOW = ZoneInfo("Europe/Moscow")
TODAY = date(2026, 11, 23)


@pytest.fixture
def roster(scratch_url: str) -> "RosterDatabase":
    """Return an empty, migrated database of the test's own."""
    return RosterDatabase(scratch_url)


class RosterDatabase:
    """One database, and importing into it."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def take(
        self, path: Path, *, dry_run: bool = False, skip_refused: bool = False, source: str = ""
    ) -> Report:
        """Import a bundle."""
        options = Options(
            timezone=MOSCOW,
            today=TODAY,
            dry_run=dry_run,
            skip_refused=skip_refused,
            source=source,
        )
        return await run(self.url, path, options)

    async def fetch(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement, its days those of the region."""
        connection = await asyncpg.connect(self.url, server_settings={"timezone": MOSCOW.key})
        try:
            return [tuple(row) for row in await connection.fetch(statement, *values)]
        finally:
            await connection.close()

    async def everything(self) -> dict[str, str | None]:
        """Return every row of every table as one text a table, None for an empty one."""
        tables = await self.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        )
        rows = "SELECT string_agg(t::text, chr(10) ORDER BY t::text) FROM {} t"
        return {table: (await self.fetch(rows.format(table)))[0][0] for (table,) in tables}


def said(report: Report) -> list[str]:
    """Return the outcomes as a person reads them."""
    return [str(outcome) for outcome in report.outcomes]


def refusals(report: Report) -> list[str]:
    """Return those of the outcomes that refuse a row."""
    return [str(outcome) for outcome in report.outcomes if outcome.deed is Deed.REFUSE]
