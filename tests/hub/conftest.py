"""Workers for the hub's tests."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from subscriptions.bus import Bus
from tests.hub.processes import OpenProcess, Process, process
from tests.live import MemoryLog
from tests.servers import RedisServer


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
async def worker(log: MemoryLog) -> AsyncIterator[Process]:
    """Return the only process of a service that runs without Redis."""
    async with process(Bus(), log) as alone:
        yield alone


@pytest.fixture
def open_worker(redis_server: RedisServer, log: MemoryLog) -> OpenProcess:
    """Make processes that share one log and one Redis."""
    prefix = f"test-{uuid4().hex}"
    return lambda: process(Bus.from_url(redis_server.url, prefix=prefix), log)
