"""Fixtures that any test may ask for."""

from collections.abc import Iterator

import pytest

from tests import servers

pytest_plugins = ["tests.database"]


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
