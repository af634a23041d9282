"""The log is read and forgotten by its index, however long it has become."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest

from subscriptions.log import AFTER, ENDS
from subscriptions.pruning import OLD_TOPICS, PRUNE

_TOPICS, _USED, _ENTRIES = 2000, 100, 300
_FILLED = f"""
INSERT INTO change_topic (topic, last_seq)
SELECT 'plan:' || number, {_ENTRIES} FROM generate_series(1, {_TOPICS}) number;
INSERT INTO change_entry (topic, seq, area, kind, row_id, at)
SELECT 'plan:' || number, seq, 'MARKS', 'RECORDED', 1,
       now() - interval '9 days' + seq * interval '1 hour'
FROM generate_series(1, {_USED}) number, generate_series(1, {_ENTRIES}) seq;
ANALYZE change_topic;
ANALYZE change_entry;
SET LOCAL plan_cache_mode = force_generic_plan;
"""  # noqa: S608  # numbers of this module


@pytest.fixture(scope="module")
async def long_log(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Return a connection that sees a long log, which is never committed."""
    connection = await asyncpg.connect(database_url)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(_FILLED)
    yield connection
    await transaction.rollback()
    await connection.close()


async def plan(connection: asyncpg.Connection, statement: str, given: str) -> list[dict[str, Any]]:
    """What PostgreSQL did, step by step, with the plan that serves all values."""
    await connection.execute(f"PREPARE asked AS {statement}")
    found = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked ({given})")
    await connection.execute("DEALLOCATE asked")
    return [*_steps(json.loads(found)[0]["Plan"])]


def _steps(step: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield step
    for inner in step.get("Plans", ()):
        yield from _steps(inner)


@pytest.mark.parametrize(
    ("statement", "given", "table", "rows"),
    [
        (AFTER, "'plan:7', 100, 128", "change_entry", 128),
        (ENDS, "ARRAY['plan:7', 'plan:8']", "change_topic", 2),
        (OLD_TOPICS, "7", "change_entry", _USED),
        # Thirty are looked at, then deleted.
        (PRUNE, "'plan:7', 7, 30, 1", "change_entry", 60),
    ],
    ids=["after a cursor", "how far", "what is old", "forgetting"],
)
async def test_it_goes_by_the_index(
    long_log: asyncpg.Connection, statement: str, given: str, table: str, rows: int
) -> None:
    """Hardly a row is read in vain."""
    steps = await plan(long_log, statement, given)
    scans = [
        step
        for step in steps
        if step.get("Relation Name") == table and step["Node Type"].endswith("Scan")
    ]
    assert scans
    assert "Seq Scan" not in {step["Node Type"] for step in scans}
    # Some more are read where statistics are older than the rows; the table has a hundred times.
    read = sum(step["Actual Rows"] * step["Actual Loops"] for step in scans)
    assert rows * 0.9 <= read <= rows * 5
