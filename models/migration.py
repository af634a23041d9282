"""Bringing a database to the tables that this code expects."""

from collections.abc import Callable

import asyncpg
from tortoise import Tortoise
from tortoise.migrations.api import migrate

from models.database import config

# Any number will do, as long as every process of ours takes the same one.
_MIGRATION_LOCK = 4_218_033


async def migrate_database(
    database_url: str, report: Callable[[str], object] = lambda _name: None
) -> None:
    """Apply what is missing, one process at a time; Tortoise itself takes no lock.

    `report` hears the name of each migration that was applied.
    """
    lock = await asyncpg.connect(database_url)
    try:
        await lock.execute("SELECT pg_advisory_lock($1)", _MIGRATION_LOCK)
        try:
            await migrate(
                # A statement that fills a region's millions of rows takes its time.
                config=config(database_url, command_timeout=None),
                app_labels=["diary"],
                progress=lambda step, _app, name: step == "apply_done" and report(name),
            )
        finally:
            await Tortoise.close_connections()
    finally:
        await lock.close()
