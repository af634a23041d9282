"""Databases for the demo: empty ones, and one that holds the whole region."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest

import demo
from tests import servers

# A Wednesday of the third quarter.
TODAY = date(2026, 3, 4)
SEED = 7


class Small(NamedTuple):
    """A database with one small school, and what was said of building it."""

    url: str
    summary: demo.Summary


@pytest.fixture
def empty(postgres_url: str, template_url: str) -> Iterator[str]:
    """Return the URL of a migrated database without rows."""
    yield from _copied(postgres_url, template_url)


@pytest.fixture(scope="session")
def for_small(postgres_url: str, template_url: str) -> Iterator[str]:
    """Return the URL of the database of `small`."""
    yield from _copied(postgres_url, template_url)


@pytest.fixture(scope="session")
async def small(for_small: str) -> Small:
    """Build one small benchmark school, to be read only."""
    summary = await demo.build(for_small, seed=SEED, today=TODAY, schools=1, pupils=60)
    return Small(for_small, summary)


@pytest.fixture(scope="session")
def for_region(postgres_url: str, template_url: str) -> Iterator[str]:
    """Return the URL of the database of `region`."""
    yield from _copied(postgres_url, template_url)


@pytest.fixture(scope="session")
async def region(for_region: str) -> AsyncIterator[Any]:
    """Connect to a database that holds the demo region as anyone gets it."""
    await demo.build(for_region, seed=SEED, today=TODAY)
    connection = await asyncpg.connect(for_region, server_settings={"timezone": "Europe/Moscow"})
    yield connection
    await connection.close()


def _copied(server: str, template: str) -> Iterator[str]:
    name = f"diary_demo_{uuid4().hex}"
    source = urlsplit(template).path.removeprefix("/")
    servers.run_sql(server, f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        servers.run_sql(server, f'DROP DATABASE "{name}" WITH (FORCE)')
