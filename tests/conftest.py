"""Fixtures that any test may ask for."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from access import vault
from access.vault import Vault
from tests import servers
from tests.diary import Diary
from tests.programs import failed_plans, serving
from tests.sessions import SECRET_KEY

pytest_plugins = ["tests.database"]

# As every program that the tests start, by its secret.
vault.use(Vault([SECRET_KEY]))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Return the URL of an empty database that goes away with the session."""
    with servers.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def redis_server() -> Iterator[servers.RedisServer]:
    """Return a private Redis; who stops or pauses it leaves it running again."""
    with servers.RedisServer() as server:
        yield server


@pytest.fixture(scope="session")
async def diary(database: str) -> AsyncIterator[Diary]:
    """Return the service over the tests' database, running in a process of its own."""
    # Whole files of tests ask for what is hidden, each by the same few sessions.
    with serving(DATABASE_URL=database, MAX_LOOKUPS_OF_NOTHING="1000000") as program:
        async with httpx.AsyncClient(timeout=20) as http:
            yield Diary(program.url, http)
    assert failed_plans(program) == []
