"""Letters on their way: nobody waits for them, and they are tried again for a while."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from contextvars import Context, copy_context

import structlog

from couriers.letter import Channel, Courier, Letter, NotDelivered

log = structlog.get_logger()

Writing = Callable[[], Awaitable[Letter | None]]
"""Finds out what is to be sent, if anything."""

_MOST = 1_000
# How many are written or handed over at the same time.
_AT_ONCE = 4
# Whoever handed it in has been answered by then, so that what is found out afterwards shows in
# nobody's time.
_MOMENT = 0.2
_SECONDS_BETWEEN = (1, 5, 30, 120, 300)
_SECONDS_TO_DELIVER = 30.0
_SECONDS_TO_END = 2.0


class Outbox:
    """A process's letters; they are kept in memory, and end with the process after a last try.

    What goes wrong is logged by its kind: never a person, an address or a word of a letter.
    """

    def __init__(self, couriers: Mapping[Channel, Courier] | None = None) -> None:
        self._couriers = couriers or {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._closing = asyncio.Event()
        self._context: Context | None = None

    def serves(self, channel: Channel) -> bool:
        """Whether there is a courier for it."""
        return channel in self._couriers

    def post(self, channel: Channel, letter: Letter) -> None:
        """Have the letter delivered."""

        async def written() -> Letter:
            return letter

        self.write(channel, written)

    def write(self, channel: Channel, writing: Writing) -> None:
        """Have it found out what is to be sent, and then that delivered; returns at once."""
        if not self.serves(channel):
            return
        if len(self._tasks) >= _MOST:
            log.warning("outbox.full", channel=channel)
            return
        # In the process's own surroundings: the request's transaction is over by then.
        surroundings = self._context.copy() if self._context else None
        carrying = self._carry(channel, self._couriers[channel], writing)
        task = asyncio.get_running_loop().create_task(carrying, context=surroundings)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Carry letters until the block ends; what is on its way then gets a last chance."""
        self._context = copy_context()
        try:
            yield
        finally:
            self._closing.set()
            await self._end()

    async def _end(self) -> None:
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=_SECONDS_TO_END)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if late:
            log.warning("outbox.given_up", letters=len(late))

    async def _carry(self, channel: Channel, courier: Courier, writing: Writing) -> None:
        await self._rest(_MOMENT)
        try:
            async with self._turns:
                letter = await writing()
            if letter is not None:
                await self._deliver(channel, courier, letter)
        except Exception:
            log.exception("outbox.failed", channel=channel)

    async def _deliver(self, channel: Channel, courier: Courier, letter: Letter) -> None:
        for attempt, seconds in enumerate((*_SECONDS_BETWEEN, 0), start=1):
            is_last = attempt > len(_SECONDS_BETWEEN) or self._closing.is_set()
            problem = await self._try(courier, letter)
            if problem is None:
                return
            told = {"channel": channel, "reason": problem.reason, "attempt": attempt}
            if is_last or problem.lasting:
                log.error("outbox.lost", **told)
                return
            log.warning("outbox.not_delivered", **told)
            await self._rest(seconds)

    async def _try(self, courier: Courier, letter: Letter) -> NotDelivered | None:
        """What kept the letter from being delivered, if anything did."""
        try:
            async with self._turns, asyncio.timeout(_SECONDS_TO_DELIVER):
                await courier.deliver(letter)
        except NotDelivered as error:
            return error
        except Exception as error:  # noqa: BLE001 — couriers are others' code too
            return NotDelivered(type(error).__name__)
        return None

    async def _rest(self, seconds: float) -> None:
        """Wait for so long, or until the end of the process."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)
