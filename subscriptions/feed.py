"""One topic's log as this process reads it: once, however many listeners there are."""

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Coroutine, Sequence
from contextvars import Context
from functools import partial
from operator import attrgetter
from typing import Any, Protocol, TypeVar

import structlog

from errors import AccessError, DiaryError, ResyncRequired
from subscriptions.bus import Bus
from subscriptions.entry import Entry, LogReader, unbroken
from subscriptions.pulse import Pulse
from subscriptions.wakeup import UNKNOWN, WakeUps

log = structlog.get_logger()

T = TypeVar("T")

_RETRY_SECONDS = 0.5
# Who comes back together is behind together: what one reads of the log, the others need as well.
_SHARED_SECONDS = 0.5


class Reader(Protocol):
    """Somebody with a place in a feed, as the feed sees it."""

    def notice(self, entries: Sequence[Entry]) -> None:
        """Learn of new entries, or of a new beginning; must neither wait nor raise."""
        ...

    def fail(self, error: Exception) -> None:
        """Learn that the feed has ended and why."""
        ...


class Feed:
    """Follows one topic and keeps its newest entries, out of which its readers help themselves.

    There is no queue per reader: each has a position, and whoever has fallen behind what is kept
    reads the log alone (`read_after`). So a slow reader costs the others nothing.
    """

    def __init__(self, topic: str, bus: Bus, source: LogReader, pulse: Pulse, *, keep: int) -> None:
        self.topic = topic
        self.readers: set[Reader] = set()
        self.position = 0
        """The number of the last entry read."""
        self.floor = 0
        """All entries after this number, up to `position`, are at hand."""
        self.joined = asyncio.Event()
        """From here on no commit goes unnoticed (also set when the feed has ended)."""
        self._bus = bus
        self._source = source
        self._pulse = pulse
        self._wakeups: WakeUps | None = None
        self._epoch = ""
        self._keep = keep
        self._page = max(1, keep // 2)
        self._kept: list[Entry] = []
        self._failing = False
        self._readings: dict[int, asyncio.Task[Sequence[Entry]]] = {}
        self._over = asyncio.get_running_loop().create_future()

    def start(self, context: Context) -> asyncio.Task[None]:
        """Begin to follow, in a context of the caller's choosing; returns the task."""
        task = asyncio.create_task(self._run(), context=context)
        task.add_done_callback(self._finish)
        return task

    def note(self, seq: int) -> None:
        """Learn that the log has come so far; never blocks."""
        if self._wakeups is not None:
            self._wakeups.note(seq)

    def following(self, seq: int) -> Entry | None:
        """Return the entry kept after `seq`, None where that is all so far. `seq` is ≥ `floor`."""
        index = bisect_right(self._kept, seq, key=attrgetter("seq"))
        return self._kept[index] if index < len(self._kept) else None

    async def read_after(self, seq: int) -> Sequence[Entry]:
        """Read from the log what follows `seq`, which is below `floor`; nothing when the feed ends.

        Waits as long as the log cannot be read. Raises `ResyncRequired` where it holds no more.
        """
        reading = self._readings.get(seq) or self._begin_reading(seq)
        await asyncio.wait([reading, self._over], return_when=asyncio.FIRST_COMPLETED)
        if not reading.done() or reading.cancelled():
            return ()
        if not (entries := reading.result()):
            raise ResyncRequired("The log ends before your cursor.")
        return entries

    def _begin_reading(self, seq: int) -> asyncio.Task[Sequence[Entry]]:
        reading = self._readings[seq] = asyncio.create_task(self._read_page(seq))
        reading.add_done_callback(partial(self._end_reading, seq))
        return reading

    def _end_reading(self, seq: int, reading: asyncio.Task[Sequence[Entry]]) -> None:
        if not reading.cancelled():
            reading.exception()  # those who waited for it may be gone, and nobody else wants it
        asyncio.get_running_loop().call_later(_SHARED_SECONDS, self._readings.pop, seq, None)

    async def _run(self) -> None:
        try:
            async with self._bus.join(self.topic) as self._wakeups:
                self.joined.set()
                await self._begin()
                self._pulse.follow(self)
                while True:
                    announced = await self._wakeups.wait()
                    if announced > self.position:
                        await self._catch_up(announced)
        except DiaryError as error:
            self._fail(error)
        except Exception as error:
            log.exception("feed.failed", topic=self.topic)
            self._fail(error)

    def _finish(self, _: asyncio.Task[None]) -> None:
        self._pulse.leave(self)
        for reading in self._readings.values():
            reading.cancel()
        self.joined.set()
        self._over.cancel()

    async def _begin(self) -> None:
        self._epoch, self.position = await self._end()
        self.floor = self.position
        for reader in tuple(self.readers):
            reader.notice(())

    async def _catch_up(self, announced: int) -> None:
        if announced == UNKNOWN:
            epoch, last = await self._end()
            if epoch != self._epoch or last < self.position:
                raise ResyncRequired("The log has been set back.")
            if last == self.position:
                return
        while entries := await self._read_page(self.position):
            self._take(entries)
            if len(entries) < self._page:
                return

    def _take(self, entries: Sequence[Entry]) -> None:
        self._kept.extend(entries)
        if (excess := len(self._kept) - self._keep) > 0:
            self.floor = self._kept[excess - 1].seq
            del self._kept[:excess]
        self.position = entries[-1].seq
        for reader in tuple(self.readers):
            reader.notice(entries)

    def _fail(self, error: Exception) -> None:
        for reader in tuple(self.readers):
            reader.fail(error)

    async def _end(self) -> tuple[str, int]:
        """The log's epoch, and the number of the topic's last entry."""
        ends = await self._patiently(lambda: self._pulse.ends([self.topic]))
        return ends.epoch, ends.numbers.get(self.topic, 0)

    async def _read_page(self, seq: int) -> Sequence[Entry]:
        page = await self._patiently(lambda: self._source.after(self.topic, seq, self._page))
        return unbroken(page, seq)

    async def _patiently(self, read: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Read until it succeeds: a database that restarts interrupts no stream."""
        while True:
            try:
                result = await read()
            except AccessError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever a driver raises when it is cut off
                if not self._failing:
                    log.warning("feed.log_unreadable", topic=self.topic, reason=repr(error))
                self._failing = True
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                self._failing = False
                return result
