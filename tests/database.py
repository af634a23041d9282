"""The one migrated database that tests share, and Tortoise connected to it."""

import asyncio
from collections.abc import AsyncIterator
from contextvars import Context

import pytest
from tortoise import Tortoise

from models.database import config
from models.migration import migrate_database


@pytest.fixture(scope="session")
def database_url(postgres_url: str) -> str:
    """Return the URL of a database that has every table; rows stay until the session ends."""

    def migrate() -> None:
        # A loop of its own and, by the empty context, a Tortoise of its own.
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(migrate_database(postgres_url))
        finally:
            loop.close()

    Context().run(migrate)
    return postgres_url


@pytest.fixture(scope="session")
async def database(database_url: str) -> AsyncIterator[str]:
    """Connect Tortoise to the migrated database for the session; gives the database's URL."""
    await Tortoise.init(config=config(database_url))
    yield database_url
    await Tortoise.close_connections()
