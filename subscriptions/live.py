"""What a worker listens through: bus, hub, log, delivery and the watch over rights, together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

from subscriptions import cursor
from subscriptions.bus import Bus
from subscriptions.course import Course, Outlet
from subscriptions.delivery import Delivery
from subscriptions.hub import Hub
from subscriptions.log import ChangeLog
from subscriptions.rights import RightsWatch
from subscriptions.stream import Stream


@dataclass(frozen=True)
class Live:
    """The parts that live delivery stands on."""

    bus: Bus
    hub: Hub
    rights: RightsWatch
    delivery: Delivery

    @classmethod
    def over(cls, redis_url: str | None) -> Self:
        """Make the parts, over Redis or within this process alone."""
        bus = Bus.from_url(redis_url)
        hub = Hub(bus, ChangeLog(), tell_epoch=cursor.use)
        return cls(bus, hub, RightsWatch(), Delivery())

    async def follow(self, stream: Stream, outlet: Outlet) -> None:
        """Write what the stream's client is told, first of what was missed, until it ends.

        Raises what ends it: an AccessError that says why.
        """
        topics, may_lag = stream.audience.topics, stream.hearing.only_latest
        async with (
            self.hub.listen(topics, stream.wants, stream.after, may_lag=may_lag) as listener,
            self.rights.over(stream, listener),
        ):
            await Course(stream, listener, self.delivery, outlet).run()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start them, and stop them in the other order."""
        await self.bus.connect()
        await self.hub.start()
        self.rights.start()
        try:
            yield
        finally:
            await self.rights.close()
            await self.hub.close()
            await self.delivery.close()
            await self.bus.close()
