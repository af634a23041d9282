"""Waiting until others wait."""

import asyncio

from tortoise.backends.base.client import BaseDBAsyncClient


async def waiting(connection: BaseDBAsyncClient, count: int) -> None:
    """Return once so many statements wait for a row."""
    wanted = (
        "SELECT count(*) AS waiting FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(5):
        while True:
            await connection.execute_query("SELECT pg_stat_clear_snapshot()")
            [row] = await connection.execute_query_dict(wanted)
            if row["waiting"] >= count:
                return
            await asyncio.sleep(0.01)
