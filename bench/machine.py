"""The servers that benchmarks run on: an embedded PostgreSQL, and databases made from templates."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import demo
from demo.region import ZONE
from models.migration import migrate_database
from service import embedded
from tests import servers

SECRET = "benchmark " * 4
# As the service is delivered, the disk's confirmation of every commit included; moments of commits
# are kept, because they are what the way to a listener is measured from.
_TUNING = {**embedded.TUNING, "track_commit_timestamp": "on"}
_MIGRATED, _FILLED = "bench_migrated", "bench_filled"
_PUPILS, _QUICK_PUPILS = 1000, 200


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
        """Yield the URL of a database with one school, a whole year of it; each is a fresh copy."""
        self._make_filled()
        with self._copy_of(_FILLED) as url:
            yield url

    def _make_migrated(self) -> None:
        if _MIGRATED not in self._made:
            servers.run_sql(self.server, f"CREATE DATABASE {_MIGRATED} TEMPLATE template0")
            asyncio.run(migrate_database(_of(self.server, _MIGRATED)))
            self._made.add(_MIGRATED)

    def _make_filled(self) -> None:
        if _FILLED not in self._made:
            self._make_migrated()
            self._copy(_MIGRATED, _FILLED)
            pupils = _QUICK_PUPILS if self.quick else _PUPILS
            url = _of(self.server, _FILLED)
            asyncio.run(demo.build(url, seed=1, today=today(), schools=1, pupils=pupils))
            self._made.add(_FILLED)

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


def _of(server: str, name: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
