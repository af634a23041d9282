"""The servers that benchmarks run on: an embedded PostgreSQL, and databases made from templates."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import asyncpg

import demo
from access import vault
from access.vault import Vault
from bench import process
from demo.region import ZONE
from models.migration import migrate_database
from service import embedded
from tests import servers

SECRET = "benchmark " * 4
# As the service is delivered, the disk's confirmation of every commit included; moments of commits
# are kept, because they are what the way to a listener is measured from.
_TUNING = {**embedded.TUNING, "track_commit_timestamp": "on"}
_MIGRATED, _FILLED = "bench_migrated", "bench_filled"
_SCHOOLS, _PUPILS, _QUICK_PUPILS = 5, 1000, 200
_PATIENCE_SECONDS = 600.0
_CHECKPOINTER = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"


@dataclass
class Machine:
    """A private PostgreSQL; `quick` asks every row for less of everything."""

    server: str
    quick: bool
    _made: set[str] = field(default_factory=set)

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """Yield the URL of a database that has every table and no row."""
        self._make_migrated()
        with self._copy_of(_MIGRATED) as url:
            yield url

    @contextmanager
    def filled(self) -> Iterator[str]:
        """Yield the URL of a database with five schools, a whole year; each is a fresh copy."""
        template = self._made_filled(1 if self.quick else _SCHOOLS)
        with self._copy_of(template) as url:
            yield url

    @contextmanager
    def small(self) -> Iterator[str]:
        """The same with one school."""
        with self._copy_of(self._made_filled(1)) as url:
            yield url

    @cached_property
    def postmaster(self) -> int:
        """The process that PostgreSQL's others were started by."""
        ((checkpointer,),) = fetch(self.server, _CHECKPOINTER)
        return process.parent_of(checkpointer)

    def _make_migrated(self) -> None:
        if _MIGRATED not in self._made:
            servers.run_sql(self.server, f"CREATE DATABASE {_MIGRATED} TEMPLATE template0")
            asyncio.run(migrate_database(_of(self.server, _MIGRATED)))
            self._made.add(_MIGRATED)

    def _made_filled(self, schools: int) -> str:
        template = f"{_FILLED}_{schools}"
        if template not in self._made:
            self._make_migrated()
            self._copy(_MIGRATED, template)
            pupils = _QUICK_PUPILS if self.quick else _PUPILS
            url = _of(self.server, template)
            vault.use(Vault([SECRET]))
            asyncio.run(demo.build(url, seed=1, today=today(), schools=schools, pupils=pupils))
            self._made.add(template)
        return template

    @contextmanager
    def _copy_of(self, template: str) -> Iterator[str]:
        name = f"{template}_{len(self._made)}"
        self._made.add(name)
        self._copy(template, name)
        try:
            yield _of(self.server, name)
        finally:
            servers.run_sql(self.server, f"DROP DATABASE {name} WITH (FORCE)")

    def _copy(self, template: str, name: str) -> None:
        # Copying files, and not their contents through the log, takes a fifth of the time.
        statement = f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"
        servers.run_sql(self.server, statement)


@contextmanager
def machine(*, quick: bool) -> Iterator[Machine]:
    """Start a private PostgreSQL with the service's own settings; it is gone afterwards."""
    with servers.open_folder() as folder, embedded.postgres(folder, _TUNING) as server:
        yield Machine(server, quick)


def today() -> date:
    """The day of the region's own zone."""
    return datetime.now(ZoneInfo(ZONE)).date()


def fetch(database_url: str, statement: str, *values: Any) -> list[Any]:
    """Rows of one statement, with the region's own clock."""

    async def run() -> list[Any]:
        settings = {"timezone": ZONE}
        connection = await asyncpg.connect(database_url, server_settings=settings)
        try:
            rows: list[Any] = await connection.fetch(statement, *values, timeout=_PATIENCE_SECONDS)
        finally:
            await connection.close()
        return rows

    return asyncio.run(run())


def _of(server: str, name: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
