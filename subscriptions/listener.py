"""One client's stream of entries: where it stands in each topic, and how it moves on."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Self

from errors import Lagging
from subscriptions.entry import Entry
from subscriptions.feed import Feed


class Listener:
    """The entries that `wants` takes, in order within each topic; for one consumer at a time.

    Ends when the hub closes. Raises `Lagging` once more than `patience` entries wait in a topic,
    and `ResyncRequired` where the log no longer holds what follows.
    """

    def __init__(self, wants: Callable[[Entry], bool], *, patience: int) -> None:
        self.wants = wants
        self.patience = patience
        self.began: dict[str, int] = {}
        """The number in each topic behind which the stream begins."""
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
        for place in self._places:
            place.feed.readers.discard(place)
        return [place.feed for place in self._places if not place.feed.readers]

    def stir(self) -> None:
        """Let the consumer look again."""
        self._stirred.set()

    def fail(self, error: Exception) -> None:
        """End the stream with an error; the first one counts."""
        self._error = self._error or error
        self._stirred.set()

    def close(self) -> None:
        """End the stream quietly."""
        self._closed = True
        self._stirred.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Entry:
        while not self._closed:
            if self._error is not None:
                self._closed = True
                raise self._error
            self._stirred.clear()
            if (entry := await self._advance()) is not None:
                return entry
            await self._stirred.wait()
        raise StopAsyncIteration

    async def _advance(self) -> Entry | None:
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

    async def advance(self) -> Entry | None:
        """Move on to the next wanted entry and return it; None where there is none yet."""
        while (entry := await self._following()) is not None:
            self._position = entry.seq
            if self._listener.wants(entry):
                return entry
        return None

    def notice(self, entries: Sequence[Entry]) -> None:
        """Pass over what is not wanted, so that only those are woken who have something to do."""
        if self._position is None:
            return
        if self.feed.position - max(self._position, self._joined) > self._listener.patience:
            self.fail(Lagging("This stream was read too slowly."))
            return
        for entry in entries:
            if entry.seq == self._position + 1 and not self._may_want(entry):
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
