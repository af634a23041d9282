"""How far topics have come: asked of the log for everybody in a process by one statement."""

import asyncio
import random
from collections.abc import Callable, Collection
from contextlib import suppress
from contextvars import Context
from typing import Protocol

import structlog

from subscriptions.entry import Ends, LogReader
from subscriptions.wakeup import UNKNOWN

log = structlog.get_logger()

BEAT_SECONDS = 1.0
"""How often the log is looked at, whether or not the bus has told of anything."""
_FIRST_SECONDS = 2.0


class Follower(Protocol):
    """Who follows a topic, as the pulse sees it."""

    topic: str
    position: int

    def note(self, seq: int) -> None:
        """Learn how far the topic has come; must neither wait nor raise."""
        ...


class Pulse:
    """Looks once a second how far all followed topics have come, and in between for who asks.

    So what was committed and never published, for its worker died or Redis was away, is heard a
    second later; and where nothing has moved, nobody does anything.
    """

    def __init__(
        self, source: LogReader, context: Context, tell_epoch: Callable[[str], object]
    ) -> None:
        self.epoch: str | None = None
        """The epoch that was read last; None before the first reading."""
        self._source = source
        self._context = context
        self._tell_epoch = tell_epoch
        self._followers: set[Follower] = set()
        self._waiting = _Question()
        self._asking: asyncio.Task[None] | None = None
        self._beating: asyncio.Task[None] | None = None
        self._failing = False
        self._known = asyncio.Event()

    async def start(self) -> None:
        """Begin to look; waits a moment for the epoch, and goes on without a database."""
        self._beating = asyncio.create_task(self._beat(), context=self._context.copy())
        with suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_SECONDS):
                await self._known.wait()

    def follow(self, follower: Follower) -> None:
        """Tell the follower from now on when its topic has moved."""
        self._followers.add(follower)

    def leave(self, follower: Follower) -> None:
        """Tell it no more."""
        self._followers.discard(follower)

    def close(self) -> None:
        """Stop; whoever still waits for an answer gets an error."""
        for task in (self._asking, self._beating):
            if task is not None:
                task.cancel()

    async def ends(self, topics: Collection[str]) -> Ends:
        """How far the topics have come; read after this call, and together with who asks meanwhile.

        Raises whatever the log raises that cannot be read.
        """
        question = self._waiting
        question.asked = True
        question.topics.update(topics)
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask(), context=self._context.copy())
        return await question.answer()

    async def _ask(self) -> None:
        while self._waiting.asked:
            question, self._waiting = self._waiting, _Question()
            try:
                question.ends = await self._source.ends(question.topics)
            except Exception as error:  # noqa: BLE001 - whoever asked meets it
                question.error = error
            else:
                self._learn(question.ends.epoch)
            finally:
                question.answered.set()

    def _learn(self, epoch: str) -> None:
        if epoch == self.epoch:
            return
        is_first, self.epoch = self.epoch is None, epoch
        self._tell_epoch(epoch)
        self._known.set()
        if not is_first:
            log.warning("pulse.new_epoch", consequence="everybody reads their data anew")
            for follower in self._followers:
                follower.note(UNKNOWN)

    async def _beat(self) -> None:
        while True:
            if self._followers or self.epoch is None:
                await self._look()
            # Spread, so that a region's processes do not all ask at once.
            await asyncio.sleep(BEAT_SECONDS * random.uniform(0.8, 1.0))  # noqa: S311

    async def _look(self) -> None:
        # Before the question: what is read by now is committed, so a lower answer is no race.
        positions = {follower: follower.position for follower in self._followers}
        try:
            ends = await self.ends([follower.topic for follower in positions])
        except Exception as error:  # noqa: BLE001 - whatever a driver raises when it is cut off
            self._note_failing(repr(error))
        else:
            self._failing = False
            _tell(positions, ends)

    def _note_failing(self, reason: str) -> None:
        if not self._failing:
            log.warning("pulse.log_unreadable", reason=reason)
        self._failing = True


class _Question:
    """The topics that are asked about together, and their answer."""

    def __init__(self) -> None:
        self.asked = False
        self.topics: set[str] = set()
        self.answered = asyncio.Event()
        self.ends: Ends | None = None
        self.error: Exception | None = None

    async def answer(self) -> Ends:
        """What the log says; raises what it raised instead."""
        await self.answered.wait()
        if self.ends is None:
            raise self.error or ConnectionError("The log is looked at no more.")
        return self.ends


def _tell(positions: dict[Follower, int], ends: Ends) -> None:
    """Wake whose topic has moved since; one that has gone back is looked at closely."""
    for follower, position in positions.items():
        last = ends.numbers.get(follower.topic, 0)
        if last != position:
            follower.note(last if last > position else UNKNOWN)
