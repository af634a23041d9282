"""The service over a small demo region of its own, which nobody changes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextvars import Context
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx
import pytest

import demo
from tests import servers
from tests.migrated import migrate
from tests.programs import failed_plans, serving
from tests.properties.world import World, look_around

_SEED = 7
_PUPILS = 60
# The generic resolvers take less than plans do, unless they are let.
# Whatever documents ask for is compared, and not refused.
_LETTING = {
    "LOG_LEVEL": "warning",
    "COST_LIMIT": "10000000",
    "MAX_ALIASES": "2000",
    "MAX_DEPTH": "200",
    "MAX_LOOKUPS_OF_NOTHING": "1000000",
}


@pytest.fixture(scope="session")
def region_url(postgres_url: str) -> Iterator[str]:
    """Return the URL of a database with two schools, as of today."""

    def build(url: str) -> None:
        loop = asyncio.new_event_loop()
        today = datetime.now(ZoneInfo("Europe/Moscow")).date()
        try:
            loop.run_until_complete(demo.build(url, seed=_SEED, today=today, pupils=_PUPILS))
        finally:
            loop.close()

    with servers.database(postgres_url) as url:
        migrate(url)
        Context().run(build, url)
        yield url


@pytest.fixture(scope="session")
async def world(region_url: str) -> AsyncIterator[World]:
    """Return the service and what can be asked of it."""
    with serving(DATABASE_URL=region_url, **_LETTING) as program:
        async with httpx.AsyncClient(timeout=60) as http:
            yield await look_around(region_url, program.url, http)
    assert failed_plans(program) == []


@pytest.fixture(scope="session")
async def batching_world(region_url: str, world: World) -> AsyncIterator[World]:
    """Return the same of a service that reads every list below a list in a batch."""
    environ = {"DATABASE_URL": region_url, **_LETTING}
    with serving("tests.batching_app", **environ) as program:
        yield replace(world, url=program.url)
    assert failed_plans(program) == []
