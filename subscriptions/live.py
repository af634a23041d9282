"""What a worker listens through: bus, hub, log, delivery and the watch over rights, together."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

from errors import Lagging
from subscriptions import cursor
from subscriptions.bus import Bus
from subscriptions.delivery import Delivery
from subscriptions.hub import Hub
from subscriptions.listener import Listener
from subscriptions.log import ChangeLog
from subscriptions.rights import RightsWatch
from subscriptions.stream import Stream
from subscriptions.told import Told


@dataclass(frozen=True)
class Live:
    """The parts that live delivery stands on."""

    bus: Bus
    hub: Hub
    log: ChangeLog
    rights: RightsWatch
    delivery: Delivery

    @classmethod
    def over(cls, redis_url: str | None) -> Self:
        """Make the parts, over Redis or within this process alone."""
        bus = Bus.from_url(redis_url)
        log = ChangeLog()
        return cls(bus, Hub(bus, log, tell_epoch=cursor.use), log, RightsWatch(), Delivery())

    async def answers(self, stream: Stream) -> AsyncGenerator[str, None]:
        """What the stream's client is told, as JSON, first of what was missed.

        Raises what ends the stream: an AccessError that says why.
        """
        async with (
            self.hub.listen(stream.audience.topics, stream.wants, stream.after) as listener,
            self.rights.over(stream, listener),
        ):
            positions = dict(listener.began)
            try:
                async for told in self._told(stream, listener, positions):
                    yield told.json(cursor.encode(positions))
            except Lagging as lagging:
                raise lagging.after(cursor.encode(positions)) from None

    async def _told(
        self, stream: Stream, listener: Listener, positions: dict[str, int]
    ) -> AsyncGenerator[Told, None]:
        """What is told of each entry; the positions move on with every entry that was heard."""
        async for entry in listener:
            told = await self.delivery.told(stream, entry)
            positions[entry.topic] = entry.seq
            if told is not None:
                yield told
                if told.is_last:
                    return

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
