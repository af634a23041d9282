"""A database whose audit trail a test may damage."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

# Every kind of column: nulls, texts with quotes, moments, several values.
_WRITE = """
INSERT INTO audit_entry (at, person_id, roles, action, entity, row_id, before, after, request_id,
                         address)
SELECT timestamptz '2026-11-23 10:00:00.123456+03' + n * interval '1 s', NULL, '["HEAD"]',
       'account.blocked', 'Account', n, NULL,
       jsonb_build_object('note', 'ёж "' || n || '"', 'n', n), 'r' || n, '::1'
FROM generate_series(1, $1::int) AS n
"""


@pytest.fixture
async def trail(scratch_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Return a connection of the owner of a database whose audit trail has five entries."""
    connection = await asyncpg.connect(scratch_url)
    await write(connection, 5)
    yield connection
    await connection.close()


async def write(connection: asyncpg.Connection, count: int) -> None:
    """Write so many entries of nobody, by one statement."""
    await connection.execute(_WRITE, count)
