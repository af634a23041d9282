"""One client's stream of entries: where it stands in each topic, and how it moves on."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol, Self

from errors import Lagging
from subscriptions.entry import Entry
from subscriptions.feed import Feed


class Consumer(Protocol):
    """Who takes a listener's entries as they come, without a task that waits for them."""

    def offer(self, entry: Entry) -> bool:
        """Take the entry, which is the next one; False while busy with another."""
        ...

    def look(self) -> None:
        """Look for what comes next, or for an end; must neither wait nor raise."""
        ...


class Listener:
    """The entries that `wants` takes, in order within each topic; for one consumer at a time.

    Ends when the hub closes. Raises `Lagging` once more than `patience` entries wait in a topic,
    and `ResyncRequired` where the log no longer holds what follows. Entries are waited for one by
    one, or go to a `consumer`.
    """

    def __init__(self, wants: Callable[[Entry], bool], *, patience: float) -> None:
        self.wants = wants
        self.patience = patience
        self.began: dict[str, int] = {}
        """The number in each topic behind which the stream begins."""
        self.consumer: Consumer | None = None
        self._places: deque[Place] = deque()
        self._stirred = asyncio.Event()
        self._error: Exception | None = None
        self._closed = False

    def take_place(self, feed: Feed) -> "Place":
        """Stand in a feed, which the feed's topic then lives for; see `Place.start`."""
        place = Place(self, feed)
        self._places.append(place)
        feed.readers.add(place)
        return place

    def leave(self) -> list[Feed]:
        """Give every place up; returns the feeds that nobody stands in any more."""
        self.close()
        feeds = [place.feed for place in self._places]
        # A listener and its places hold each other, until here.
        while self._places:
            place = self._places.pop()
            place.feed.readers.discard(place)
        return [feed for feed in feeds if not feed.readers]

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes, at all or but for the error."""
        return self._closed or self._error is not None

    @property
    def is_still(self) -> bool:
        """Whether there is nothing to look for: asked after every answer, so it has to be quick."""
        for place in self._places:
            if place.lags:
                return False
        return not self.is_over

    @property
    def is_behind(self) -> bool:
        """Whether what comes next has to be read from the log."""
        return any(place.is_behind for place in self._places)

    def offer(self, entry: Entry) -> bool:
        """Give the next entry to a consumer that is free for it."""
        return self.consumer is not None and self.consumer.offer(entry)

    def stir(self) -> None:
        """Let the consumer look again."""
        self._stirred.set()
        if self.consumer is not None:
            self.consumer.look()

    def fail(self, error: Exception) -> None:
        """End the stream with an error; the first one counts."""
        self._error = self._error or error
        self.stir()

    def close(self) -> None:
        """End the stream quietly."""
        self._closed = True
        self.stir()

    def at_hand(self) -> Entry | None:
        """The next entry among those in memory; raises the error with which the stream ends."""
        if self._error is not None:
            raise self._error
        for place in tuple(self._places):
            self._places.rotate(-1)
            if (entry := place.at_hand()) is not None:
                return entry
        return None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Entry:
        while not self._closed:
            if self._error is not None:
                self._closed = True
                raise self._error
            self._stirred.clear()
            if (entry := await self.advance()) is not None:
                return entry
            await self._stirred.wait()
        raise StopAsyncIteration

    async def advance(self) -> Entry | None:
        """The next entry, read from the log where it has to be; None where there is none yet."""
        # The topic that was served last comes last next time, so a busy one starves nobody.
        for place in tuple(self._places):
            self._places.rotate(-1)
            if (entry := await place.advance()) is not None:
                return entry
        return None


class Place:
    """A listener's place in one feed: all up to `position` was delivered or is not wanted."""

    def __init__(self, listener: Listener, feed: Feed) -> None:
        self.feed = feed
        self._listener = listener
        self._position: int | None = None
        self._joined = 0
        self._page: deque[Entry] = deque()

    def start(self, *, joined: int, position: int) -> None:
        """Begin after `position`; `joined` is the log's end now, whatever was before cannot lag."""
        self._joined = joined
        self._position = self._listener.began[self.feed.topic] = position

    @property
    def lags(self) -> bool:
        """Whether its feed has come further."""
        return self._position is not None and self._position < self.feed.position

    @property
    def is_behind(self) -> bool:
        """Whether what follows has to be read from the log, or has been."""
        return bool(self._page) or (self._position is not None and self._position < self.feed.floor)

    def at_hand(self) -> Entry | None:
        """Move on to the next wanted entry in memory and return it."""
        if self._position is None or self.is_behind:
            return None
        while (entry := self.feed.following(self._position)) is not None:
            self._position = entry.seq
            if self._listener.wants(entry):
                return entry
        return None

    async def advance(self) -> Entry | None:
        """Move on to the next wanted entry and return it; None where there is none yet."""
        while (entry := await self._following()) is not None:
            self._position = entry.seq
            if self._listener.wants(entry):
                return entry
        return None

    def notice(self, entries: Sequence[Entry]) -> None:
        """Pass over what is not wanted, so that only those look who have something to do."""
        if self._position is None:
            return
        if self.feed.position - max(self._position, self._joined) > self._listener.patience:
            self.fail(Lagging("This stream was read too slowly."))
            return
        for entry in entries:
            is_next = entry.seq == self._position + 1
            if is_next and (not self._may_want(entry) or self._listener.offer(entry)):
                self._position = entry.seq
        if self._position < self.feed.position:
            self._listener.stir()

    def fail(self, error: Exception) -> None:
        """Pass on why the feed has ended."""
        self._listener.fail(error)

    def _may_want(self, entry: Entry) -> bool:
        try:
            return self._listener.wants(entry)
        except Exception:  # noqa: BLE001 - its own consumer meets it again; the others must not
            return True

    async def _following(self) -> Entry | None:
        if self._position is None:
            return None
        while True:
            if self._page:
                return self._page.popleft()
            if self._position >= self.feed.floor:
                return self.feed.following(self._position)
            entries = await self.feed.read_after(self._position)
            if not entries:
                return None
            self._page.extend(entries)
