"""Whether the database that the settings name lets us in, before anything is done to it."""

import asyncpg

from errors import SettingsError

_OLDEST = 15
_PATIENCE_SECONDS = 10


async def check(database_url: str) -> None:
    """Connect once; raise `SettingsError` where the database does not answer or is too old."""
    try:
        connection = await asyncpg.connect(database_url, timeout=_PATIENCE_SECONDS)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise SettingsError(
            f"The database of DATABASE_URL does not let us in ({type(error).__name__}): "
            "start it, or correct DATABASE_URL."
        ) from None
    version = connection.get_server_version().major
    await connection.close()
    if version < _OLDEST:
        raise SettingsError(
            f"DATABASE_URL leads to PostgreSQL {version}: use {_OLDEST} or a newer one."
        )
