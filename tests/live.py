"""What tests of live delivery share: a log in memory, buses that close, limited patience."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from redis.asyncio import Redis

from models import ChangeArea
from subscriptions.bus import Bus
from subscriptions.entry import Ends, Entry
from subscriptions.listener import Listener
from subscriptions.log import ChangeLog
from subscriptions.wakeup import UNKNOWN, WakeUps
from tests.servers import RedisServer


async def eventually(true: Callable[[], bool], what: str, seconds: float = 5.0) -> float:
    """Return after how many seconds it became true; `AssertionError` when time is up."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"waited {seconds:g} s in vain for {what}"
        await asyncio.sleep(0.01)
    return time.monotonic() - began


async def end_of(topic: str) -> int:
    """The number of the topic's last committed entry in the database; 0 where there is none."""
    return (await ChangeLog().ends([topic])).numbers.get(topic, 0)


@asynccontextmanager
async def running(bus: Bus) -> AsyncIterator[Bus]:
    """Connect a bus and close it at the end."""
    await bus.connect()
    try:
        yield bus
    finally:
        await bus.close()


@asynccontextmanager
async def stopped(server: RedisServer) -> AsyncIterator[None]:
    """Take Redis away while inside."""
    await asyncio.to_thread(server.stop)
    try:
        yield
    finally:
        await asyncio.to_thread(server.start)


@asynccontextmanager
async def frozen(server: RedisServer) -> AsyncIterator[None]:
    """Let Redis answer nothing while inside; its connections stay open."""
    server.pause()
    try:
        yield
    finally:
        server.resume()


@asynccontextmanager
async def redis_client(server: RedisServer) -> AsyncIterator[Redis]:
    """Give a plain client, to look at Redis or to break it."""
    async with Redis.from_url(server.url) as client:
        yield client


@dataclass
class MemoryLog:
    """A log of changes in memory, which can be made to fail, to hang and to forget."""

    entries: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    pages: list[tuple[str, int]] = field(default_factory=list)
    looks: int = 0
    epoch: str = "first"
    failures: int = 0
    hangs: bool = False

    def commit(self, topic: str, student_id: int | None = None) -> int:
        """Append an entry and return its number."""
        kept = self.entries[topic]
        seq = kept[-1].seq + 1 if kept else 1
        at = datetime.now(UTC)
        kept.append(Entry(topic, seq, "RECORDED", student_id, 1000 + seq, ChangeArea.MARKS, at))
        return seq

    async def after(self, topic: str, seq: int, limit: int) -> Sequence[Entry]:
        self.pages.append((topic, seq))
        await self._behave()
        return [entry for entry in self.entries[topic] if entry.seq > seq][:limit]

    async def ends(self, topics: Collection[str]) -> Ends:
        self.looks += 1
        await self._behave()
        kept = {topic: self.entries[topic] for topic in topics}
        return Ends(self.epoch, {topic: found[-1].seq for topic, found in kept.items() if found})

    async def _behave(self) -> None:
        await asyncio.sleep(0)
        if self.hangs:
            await asyncio.Event().wait()
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database is away")


async def woken(wakeups: WakeUps, seconds: float) -> int:
    """The next number that wakes; `UNKNOWN` once the time is up, as nobody knows then either."""
    try:
        async with asyncio.timeout(seconds):
            return await wakeups.wait()
    except TimeoutError:
        return UNKNOWN


async def take(listener: Listener, count: int, seconds: float = 5.0) -> list[int]:
    """Return the numbers of the next entries."""
    numbers: list[int] = []
    async with asyncio.timeout(seconds):
        while len(numbers) < count:
            numbers.append((await anext(listener)).seq)
    return numbers
