"""Bringing a database to the tables that this code expects."""

import importlib
import pkgutil
from collections.abc import Callable

import asyncpg
from tortoise import Tortoise
from tortoise.connection import get_connection

from errors import SettingsError
from models.alone import Alone
from models.database import config
from models.migrating import Executor
from models.service_role import establish

_OWNS = """
SELECT coalesce(
    (SELECT pg_has_role(relowner, 'USAGE') FROM pg_class
     WHERE oid = to_regclass('public.tortoise_migrations')),
    true
)
"""


async def migrate_database(
    database_url: str, report: Callable[[str], object] = lambda _name: None
) -> None:
    """Apply what is missing, one process at a time; Tortoise itself takes no lock.

    `report` hears the name of each migration that was applied. A user who does not own the tables
    only looks whether anything is missing; then this raises SettingsError.
    """
    lock = await asyncpg.connect(database_url)
    try:
        if not await lock.fetchval(_OWNS):
            await _refuse_behind(lock)
            return
        await lock.execute("SELECT pg_advisory_lock($1)", Alone.MIGRATING)
        try:
            await _migrate(database_url, report)
        finally:
            await Tortoise.close_connections()
        await establish(lock)
    finally:
        await lock.close()


async def _migrate(database_url: str, report: Callable[[str], object]) -> None:
    # A statement that fills a region's millions of rows takes its time.
    given = config(database_url, command_timeout=None)
    await Tortoise.init(config=given, init_connections=False)
    executor = Executor(get_connection("default"), {"diary": given["apps"]["diary"]})
    await executor.migrate(
        direction="forward",
        progress=lambda step, _app, name: step == "apply_done" and report(name),
    )


async def _refuse_behind(connection: asyncpg.Connection) -> None:
    folder = importlib.import_module("migrations").__path__
    known = {module.name for module in pkgutil.iter_modules(folder)}
    applied = {
        row["name"] for row in await connection.fetch("SELECT name FROM tortoise_migrations")
    }
    if known - applied:
        raise SettingsError(
            "The database lacks migrations, and the user of DATABASE_URL does not own its tables: "
            "run `schoolDiary migrate` as their owner first."
        )
