"""The one migrated database that tests share, Tortoise connected to it, and copies for one test."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextvars import Context
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest
from tortoise import Tortoise

from models.database import config
from models.migration import migrate_database
from subscriptions import cursor
from subscriptions.log import ChangeLog
from tests import servers


@pytest.fixture(scope="session")
def database_url(postgres_url: str) -> str:
    """Return the URL of a database that has every table; rows stay until the session ends."""

    _migrate(postgres_url)
    return postgres_url


@pytest.fixture(scope="session")
def template_url(postgres_url: str) -> Iterator[str]:
    """Return the URL of a migrated database without rows, which is only ever copied."""
    with servers.database(postgres_url) as url:
        _migrate(url)
        yield url


@pytest.fixture
def scratch_url(postgres_url: str, template_url: str) -> Iterator[str]:
    """Return the URL of a migrated database without rows, for one test to do with as it likes."""
    name, template = f"scratch_{uuid4().hex}", urlsplit(template_url).path.lstrip("/")
    servers.run_sql(postgres_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
    finally:
        servers.run_sql(postgres_url, f'DROP DATABASE "{name}" WITH (FORCE)')


def _migrate(url: str) -> None:
    def migrate() -> None:
        # A loop of its own and, by the empty context, a Tortoise of its own.
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(migrate_database(url))
        finally:
            loop.close()

    Context().run(migrate)


@pytest.fixture(scope="session")
async def database(database_url: str) -> AsyncIterator[str]:
    """Connect Tortoise to the migrated database for the session; gives the database's URL."""
    await Tortoise.init(config=config(database_url))
    cursor.use((await ChangeLog().ends([])).epoch)
    yield database_url
    await Tortoise.close_connections()
