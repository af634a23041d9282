"""Scratch databases for import tests: cloned from one migrated template, compared as a whole."""

import asyncio
from collections.abc import Iterator
from contextvars import Context
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from exchange.oneroster.report import Deed, Report
from exchange.oneroster.running import Options, run
from models.migration import migrate_database
from tests import servers

MOSCOW = ZoneInfo("Europe/Moscow")
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def roster_template(postgres_url: str) -> Iterator[str]:
    """Return a migrated, empty database that nobody is connected to."""

    def migrate() -> None:
        # A loop of its own and, by the empty context, a Tortoise of its own.
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(migrate_database(url))
        finally:
            loop.close()

    with servers.database(postgres_url) as url:
        Context().run(migrate)
        yield url


@pytest.fixture
def roster(postgres_url: str, roster_template: str) -> Iterator["RosterDatabase"]:
    """Return an empty, migrated database of the test's own."""
    name = f"roster_{uuid4().hex}"
    template = urlsplit(roster_template).path.lstrip("/")
    servers.run_sql(postgres_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield RosterDatabase(urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}")))
    finally:
        servers.run_sql(postgres_url, f'DROP DATABASE "{name}" WITH (FORCE)')


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
