"""The one migrated database that tests share, Tortoise connected to it, and copies for one test."""

from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest
from tortoise import Tortoise

from models.database import config
from subscriptions import cursor
from subscriptions.log import ChangeLog
from tests import servers
from tests.migrated import migrate


@pytest.fixture(scope="session")
def database_url(postgres_url: str) -> str:
    """Return the URL of a database that has every table; rows stay until the session ends."""

    migrate(postgres_url)
    return postgres_url


@pytest.fixture(scope="session")
def template_url(postgres_url: str) -> Iterator[str]:
    """Return the URL of a migrated database without rows, which is only ever copied."""
    with servers.database(postgres_url) as url:
        migrate(url)
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


@pytest.fixture(scope="session")
async def database(database_url: str) -> AsyncIterator[str]:
    """Connect Tortoise to the migrated database for the session; gives the database's URL."""
    await Tortoise.init(config=config(database_url))
    cursor.use((await ChangeLog().ends([])).epoch)
    yield database_url
    await Tortoise.close_connections()
