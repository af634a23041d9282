"""What is broken while everybody goes on, in an order that a seed decides."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random

from redis.asyncio import Redis

from subscriptions.bus import Bus
from tests.chaos.listening import Listener
from tests.chaos.site import Site
from tests.live import eventually, frozen, running, stopped
from tests.workers import worker_of

_SHORT, _LONG = 0.2, 1.5
_DEAF_SECONDS = 4.0
_ORDER_SECONDS = 20.0


@dataclass
class Faults:
    """Breaks one part after the other; each is whole again before the next one breaks."""

    site: Site
    listeners: Sequence[Listener]
    topics: Sequence[str]
    """All that there are."""
    chance: Random
    done: Counter[str]
    """How often each was done."""

    async def run(self, goes_on: Callable[[], bool]) -> None:
        """Go on with all of them, in rounds of another order each."""
        while goes_on():
            for fault in self.chance.sample(self._all, len(self._all)):
                if not goes_on():
                    return
                await fault()
                self.done[fault.__name__.strip("_").replace("_", " ")] += 1
                await self._wait()

    @property
    def _all(self) -> list[Callable[[], Awaitable[None]]]:
        return [
            self._redis_restarted,
            self._redis_frozen,
            self._redis_emptied,
            self._worker_killed,
            self._worker_killed_before_telling,
            self._database_cut,
            self._database_restarted,
            self._database_crashed,
            self._clients_cut,
            self._wake_ups_doubled,
            self._clients_deaf,
        ]

    async def _wait(self) -> None:
        await asyncio.sleep(self.chance.uniform(_SHORT, _LONG))

    async def _redis_restarted(self) -> None:
        async with stopped(self.site.redis):
            await self._wait()

    async def _redis_frozen(self) -> None:
        async with frozen(self.site.redis):
            await self._wait()

    async def _redis_emptied(self) -> None:
        async with Redis.from_url(self.site.redis.url) as client:
            await client.flushall()

    async def _worker_killed(self) -> None:
        await eventually(self._has_killed, "a worker to be found", _ORDER_SECONDS)

    def _has_killed(self) -> bool:
        """Kill whichever worker serves somebody; False where nobody is served just now."""
        for each in self.chance.sample(self.listeners, len(self.listeners)):
            address = each.connection and each.connection.local_address
            if address:
                # Whose socket it was may have parted from it since.
                with suppress(AssertionError, ProcessLookupError):
                    os.kill(worker_of(self.site.program, address[1]), signal.SIGKILL)
                    return True
        return False

    async def _worker_killed_before_telling(self) -> None:
        order = self.site.death_order
        order.touch()
        await eventually(lambda: not order.exists(), "somebody to die", _ORDER_SECONDS)

    async def _database_cut(self) -> None:
        await asyncio.to_thread(self.site.cut_database)

    async def _database_restarted(self) -> None:
        await asyncio.to_thread(self.site.restart_database)

    async def _database_crashed(self) -> None:
        await asyncio.to_thread(self.site.crash_database)

    async def _clients_cut(self) -> None:
        for each in self.listeners:
            if each.connection and self.chance.random() < 0.5:
                each.connection.transport.abort()

    async def _wake_ups_doubled(self) -> None:
        """Late ones, doubled ones, and such of what there never was."""
        async with running(Bus.from_url(self.site.redis.url)) as bus:
            for topic in self.topics:
                for number in (1, 1, 10**9):
                    await bus.publish(topic, number)

    async def _clients_deaf(self) -> None:
        """Of those who get letters, which are long."""
        mail = [each for each in self.listeners if each.part.field == "messageReceived"]
        await asyncio.gather(*(each.be_deaf(_DEAF_SECONDS) for each in self.chance.sample(mail, 5)))
