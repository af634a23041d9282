"""Many processes may start at once on an empty database."""

import asyncio
import sys
import time
from collections.abc import Iterator

import asyncpg
import pytest

from models.alone import Alone
from tests import servers

# What a process prints as it migrates: a line for each that it has applied itself.
_PROGRAM = """
import asyncio, sys
from models.migration import migrate_database
asyncio.run(migrate_database(sys.argv[1], print))
"""
_WAITING = """
SELECT count(*) FROM pg_locks
WHERE locktype = 'advisory' AND NOT granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@pytest.fixture
def empty_url(postgres_url: str) -> Iterator[str]:
    with servers.database(postgres_url) as url:
        yield url


async def test_two_processes_migrate_one_empty_database_at_once(empty_url: str) -> None:
    connection = await asyncpg.connect(empty_url)
    await connection.execute("SELECT pg_advisory_lock($1)", Alone.MIGRATING)
    processes = [await _migrating(empty_url) for _ in range(2)]
    await _both_wait(connection)
    await connection.execute("SELECT pg_advisory_unlock($1)", Alone.MIGRATING)
    said = [(await process.communicate())[0].decode() for process in processes]

    assert [process.returncode for process in processes] == [0, 0]
    applied = await connection.fetch("SELECT name FROM tortoise_migrations ORDER BY id")
    names = [row["name"] for row in applied]
    assert "".join(said).splitlines() == names
    assert names[0] == "0001_initial"
    assert "" in said, "one of them found everything done"
    await connection.close()


async def _migrating(url: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PROGRAM, url, stdout=asyncio.subprocess.PIPE
    )


async def _both_wait(connection: asyncpg.Connection) -> None:
    deadline = time.monotonic() + 30
    while await connection.fetchval(_WAITING) < 2:
        assert time.monotonic() < deadline, "both should ask for the lock"
        await asyncio.sleep(0.02)
