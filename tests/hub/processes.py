"""A worker as the hub sees it: a bus and a hub over a log that all workers share."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from subscriptions.bus import Bus
from subscriptions.entry import Entry
from subscriptions.hub import Hub
from tests.live import MemoryLog, running

TOPIC, OTHER = "school:42", "school:43"


def everything(_: Entry) -> bool:
    return True


@dataclass
class Process:
    """What one worker holds: a bus and a hub over a log that all workers share."""

    bus: Bus
    hub: Hub
    log: MemoryLog

    async def commit(self, topic: str = TOPIC, student_id: int | None = None) -> int:
        """Commit an entry and wake everybody, as a mutation does."""
        seq = self.log.commit(topic, student_id)
        await self.bus.publish(topic, seq)
        return seq


OpenProcess = Callable[[], AbstractAsyncContextManager[Process]]


@asynccontextmanager
async def process(
    bus: Bus, log: MemoryLog, *, keep: int = 256, patience: int = 10_000
) -> AsyncIterator[Process]:
    async with running(bus):
        hub = Hub(bus, log, keep=keep, patience=patience)
        await hub.start()
        try:
            yield Process(bus, hub, log)
        finally:
            await hub.close()
