"""The hub: hands every committed entry to this process's listeners, without gap or repeat."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from contextvars import copy_context
from functools import partial
from math import inf

from errors import ResyncRequired
from subscriptions.bus import Bus
from subscriptions.entry import Entry, LogReader
from subscriptions.feed import Feed
from subscriptions.listener import Listener, Place
from subscriptions.pulse import Pulse

KEPT_ENTRIES = 256
"""Newest entries a topic holds in memory; a listener further behind reads the log by itself."""
PATIENCE = 10_000
"""How many entries a listener may fall behind before it is closed with `Lagging`."""
_CLOSE_SECONDS = 1.0


class Hub:
    """One feed per topic and process, shared by its listeners; lives while it has any.

    Make it at start-up, outside of any transaction: feeds run in the context it was made in,
    because a task that inherits a transaction's context would read through a connection long given
    back. `tell_epoch` hears which log it is, at first and whenever that is another one.
    """

    def __init__(
        self,
        bus: Bus,
        log: LogReader,
        *,
        keep: int = KEPT_ENTRIES,
        patience: int = PATIENCE,
        tell_epoch: Callable[[str], object] = lambda _epoch: None,
    ) -> None:
        self._bus = bus
        self._log = log
        self._keep = keep
        self._patience = patience
        self._context = copy_context()
        self._pulse = Pulse(log, self._context, tell_epoch)
        self._feeds: dict[str, Feed] = {}
        self._tasks: dict[Feed, asyncio.Task[None]] = {}
        self._listeners: set[Listener] = set()
        self._closed = False

    async def start(self) -> None:
        """Begin to look at the log; returns within two seconds whether or not it can be read."""
        await self._pulse.start()

    @asynccontextmanager
    async def listen(
        self,
        topics: Collection[str],
        wants: Callable[[Entry], bool],
        after: Mapping[str, int] | None = None,
        *,
        may_lag: bool = False,
    ) -> AsyncIterator[Listener]:
        """Listen to `topics` while inside.

        Topics named in `after` are first replayed from behind that number; of the others only what
        is committed from now on is heard. `wants` chooses the entries; it must be quick and may be
        asked about one entry twice. Raises `ResyncRequired` where `after` is beyond the log's end,
        or of another log than what is there by now. One that `may_lag` is never closed for it.
        A closed hub gives a listener that has ended.
        """
        listener = Listener(wants, patience=inf if may_lag else self._patience)
        epoch = self._pulse.epoch
        self._listeners.add(listener)
        try:
            for topic in dict.fromkeys(topics):
                if not self._closed:
                    await self._seat(listener.take_place(self._feed(topic)), after or {}, epoch)
            if self._closed:
                listener.close()
            yield listener
        finally:
            self._listeners.discard(listener)
            for feed in listener.leave():
                self._end(feed)

    async def close(self) -> None:
        """End every listener at once, then the feeds; returns within a second."""
        self._closed = True
        for listener in self._listeners:
            listener.close()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        self._pulse.close()
        if tasks:
            await asyncio.wait(tasks, timeout=_CLOSE_SECONDS)

    def _feed(self, topic: str) -> Feed:
        feed = self._feeds.get(topic)
        if feed is None or self._tasks[feed].done():
            feed = self._feeds[topic] = self._new_feed(topic)
            self._tasks[feed] = feed.start(self._context.copy())
            self._tasks[feed].add_done_callback(partial(self._forget, feed))
        return feed

    def _new_feed(self, topic: str) -> Feed:
        return Feed(topic, self._bus, self._log, self._pulse, keep=self._keep)

    async def _seat(self, place: Place, after: Mapping[str, int], epoch: str | None) -> None:
        # Joined first, read then: whatever is committed in between is noticed by the feed.
        await place.feed.joined.wait()
        ends = await self._pulse.ends([place.feed.topic])
        if after and epoch not in (None, ends.epoch):
            raise ResyncRequired("Your cursor is of another log than today's.")
        last = ends.numbers.get(place.feed.topic, 0)
        position = after.get(place.feed.topic, last)
        if position > last:
            raise ResyncRequired("Your cursor is beyond the log's end.")
        place.start(joined=last, position=position)

    def _end(self, feed: Feed) -> None:
        if self._feeds.get(feed.topic) is feed:
            del self._feeds[feed.topic]
        if feed in self._tasks:
            self._tasks[feed].cancel()

    def _forget(self, feed: Feed, _: asyncio.Task[None]) -> None:
        del self._tasks[feed]
        if self._feeds.get(feed.topic) is feed:
            del self._feeds[feed.topic]
