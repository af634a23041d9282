"""A stream under way: from an entry that is heard to the answer that its client is sent."""

import asyncio
from collections.abc import Awaitable, Coroutine, Mapping
from typing import Any, Protocol

from errors import Lagging
from subscriptions import cursor
from subscriptions.delivery import Delivery
from subscriptions.entry import Entry
from subscriptions.listener import Listener
from subscriptions.stream import Stream
from subscriptions.told import Told


class Outlet(Protocol):
    """The way to one client."""

    def write(self, answer: bytes) -> Awaitable[None] | None:
        """Send an answer; None where it has gone, else what waits until the client has taken it."""
        ...


class Course:
    """Takes a listener's entries one after the other, has them told, and writes the answers.

    As long as the client keeps up no task waits for it: an entry is offered, told in a lot with
    others, and written by whoever tells it. Tasks are made to read the log, and for slow clients.
    """

    def __init__(
        self, stream: Stream, listener: Listener, delivery: Delivery, outlet: Outlet
    ) -> None:
        self._stream = stream
        self._listener = listener
        self._delivery = delivery
        self._outlet = outlet
        self._positions: dict[str, int] = dict(listener.began)
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task: asyncio.Task[None] | None = None
        self._is_busy = False
        # Whether the client was waited for, and may be told the latest for all that came meanwhile.
        self._is_late = False

    @property
    def positions(self) -> Mapping[str, int]:
        """How far the client has heard each topic."""
        return self._positions

    async def run(self) -> None:
        """Go on until the stream ends; raises what ends it."""
        self._listener.consumer = self
        try:
            self.look()
            await self._over
        except Lagging as lagging:
            raise lagging.after(cursor.encode(self._positions)) from None
        finally:
            self._listener.consumer = None
            if self._task is not None:
                self._task.cancel()

    def offer(self, entry: Entry) -> bool:
        """Take the next entry, unless an answer is still under way."""
        if self._is_busy or self._over.done():
            return False
        self._ask(entry)
        return True

    def look(self) -> None:
        """Look for the next entry, or for the stream's end."""
        if self._over.done():
            return
        try:
            self._look()
        except Exception as error:  # noqa: BLE001 — whatever it is, it ends this stream alone
            self._end(error)

    def _look(self) -> None:
        if self._listener.is_over:
            self._listener.at_hand()
            self._end(None)
        elif self._is_busy:
            return
        elif self._is_late:
            self._spend(self._read_latest())
        elif (entry := self._listener.at_hand()) is not None:
            self._ask(entry)
        elif self._listener.is_behind:
            self._spend(self._read())

    def _ask(self, entry: Entry) -> None:
        self._is_busy = True
        self._delivery.ask(self._stream, entry, self)

    async def _read(self) -> None:
        entry = await self._listener.advance()
        if entry is not None:
            self._ask(entry)
        else:
            self._is_busy = False

    async def _read_latest(self) -> None:
        """Pass over all that there is but the last."""
        self._is_late = False
        latest = await self._listener.advance()
        while latest is not None and (later := await self._listener.advance()) is not None:
            self._positions[latest.topic] = latest.seq
            latest = later
        if latest is not None:
            self._ask(latest)
        else:
            self._is_busy = False

    def told(self, entry: Entry, told: Told | None) -> None:
        """Write what is told of the entry that was asked for; None where it is nothing."""
        if self._over.done():
            return
        self._positions[entry.topic] = entry.seq
        rest = None
        if told is not None:
            try:
                rest = self._outlet.write(told.json(cursor.encode(self._positions)))
            except Exception as error:  # noqa: BLE001 — the client is gone, and nobody else is
                self._end(error)
                return
        if told is not None and told.is_last:
            self._end(None)
        elif rest is None:
            self._is_busy = False
            if not self._listener.is_still:
                self.look()
        else:
            self._spend(self._written(rest))

    def failed(self, error: Exception) -> None:
        """End the stream, since the entry could not be told."""
        self._end(error)

    async def _written(self, rest: Awaitable[None]) -> None:
        await rest
        self._is_busy = False
        self._is_late = self._stream.hearing.only_latest

    def _spend(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what takes a while, and look again."""
        self._is_busy = True
        self._task = self._delivery.task(self._done(work))

    async def _done(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 — as above
            self._end(error)
        else:
            self.look()

    def _end(self, error: Exception | None) -> None:
        if self._over.done():
            return
        if error is None:
            self._over.set_result(None)
        else:
            self._over.set_exception(error)
