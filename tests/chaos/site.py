"""What is broken: two workers over a PostgreSQL and a Redis of their own."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from models.migration import migrate_database
from models.service_role import establish
from service import cluster, embedded
from service.cluster import Cluster
from tests.chaos.mortal_app import ORDER
from tests.programs import Program, serving
from tests.servers import RedisServer, database, open_folder, run_sql, wait_until

# What was acknowledged has to survive a crash of the server, not one of the machine.
_TUNING = {
    **embedded.TUNING,
    "fsync": "off",
    "full_page_writes": "off",
    "track_commit_timestamp": "on",
}
_CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@dataclass(frozen=True)
class Site:
    """A running service and the ways to hurt it; each way leaves everything running again."""

    program: Program
    redis: RedisServer
    database: str
    folder: Path

    @property
    def death_order(self) -> Path:
        """The file whose finder dies."""
        return self.folder / "death-order"

    def cut_database(self) -> None:
        """End all connections to the database."""
        run_sql(self.database, _CUT)

    def restart_database(self) -> None:
        """Stop PostgreSQL, which rolls back what runs, and start it."""
        self.stop_database()
        self.start_database()

    def stop_database(self) -> None:
        """Stop PostgreSQL; whoever does starts it again."""
        self._cluster.stop()

    def start_database(self) -> None:
        """Start it where it has been stopped, or has crashed."""
        wait_until(lambda: not self._cluster.alive(), "PostgreSQL to end")
        self._cluster.start(_TUNING)

    def crash_database(self) -> None:
        """Let PostgreSQL drop everything at once, and start it, which recovers from its log."""
        self.break_database()
        self.start_database()

    def break_database(self) -> None:
        """Let it drop everything at once: nobody gets a lock that another one had."""
        pid_file = self._cluster.folder / "postmaster.pid"
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGQUIT)

    @property
    def _cluster(self) -> Cluster:
        return Cluster(self.folder / "postgres")


@contextmanager
def a_site(copied: str | None = None) -> Iterator[Site]:
    """Start everything, and end it all at the end.

    Tables are those of the database that is `copied`, for that is quicker than to migrate.
    """
    with (
        open_folder() as folder,
        embedded.postgres(folder, _TUNING) as server,
        database(server) as url,
        RedisServer() as redis,
    ):
        asyncio.run(_copy(copied, url) if copied else migrate_database(url))
        environ = {
            "DATABASE_URL": url,
            "REDIS_URL": redis.url,
            "WEB_CONCURRENCY": "2",
            ORDER: str(folder / "death-order"),
        }
        with serving("tests.chaos.mortal_app", **environ) as program:
            yield Site(program, redis, url, folder)


async def _copy(source: str, target: str) -> None:
    told = await asyncio.to_thread(_run, "pg_dump", "--no-owner", "--no-privileges", source)
    await asyncio.to_thread(_run, "psql", "--quiet", "--set=ON_ERROR_STOP=1", target, given=told)
    connection = await asyncpg.connect(target)
    try:
        await establish(connection)
    finally:
        await connection.close()


def _run(program: str, *arguments: str, given: bytes = b"") -> bytes:
    command = [str(cluster.programs() / program), *arguments]
    done = subprocess.run(command, input=given, capture_output=True, check=True)  # noqa: S603  # a program of the wheel
    return done.stdout
