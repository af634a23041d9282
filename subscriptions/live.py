"""What a worker listens through: bus, hub, log and the watch over rights, started together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

from subscriptions.bus import Bus
from subscriptions.hub import Hub
from subscriptions.log import ChangeLog
from subscriptions.rights import RightsWatch


@dataclass(frozen=True)
class Live:
    """The parts that live delivery stands on."""

    bus: Bus
    hub: Hub
    log: ChangeLog
    rights: RightsWatch

    @classmethod
    def over(cls, redis_url: str | None) -> Self:
        """Make the parts, over Redis or within this process alone."""
        bus = Bus.from_url(redis_url)
        log = ChangeLog()
        return cls(bus, Hub(bus, log), log, RightsWatch())

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start them, and stop them in the other order."""
        await self.bus.connect()
        self.rights.start()
        try:
            yield
        finally:
            await self.rights.close()
            await self.hub.close()
            await self.bus.close()
