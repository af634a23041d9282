"""Delivery: one look at the rights of all who wait for an entry, one reading for all alike."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterable, Sequence
from contextvars import copy_context
from functools import partial
from typing import Any, Protocol, TypeVar

import structlog

from access.scope import Scope
from access.sessions import viewers_of
from access.viewer import Viewer
from errors import DiaryError, Forbidden, Outage, SessionEnded, TimedOut
from planner.roll import Asked, Standing, called
from subscriptions.entry import Entry
from subscriptions.hearing import Hearing
from subscriptions.told import Told

log = structlog.get_logger()

T = TypeVar("T")

MOST_AT_ONCE = 4
"""How many lots are worked on at once: each takes a connection to look at rights."""
MOST_READ_AT_ONCE = 6
"""How many entries are read at once, in all lots: others need connections too."""
_MOST_OF_A_LOT = 2_000
# Some milliseconds of writing; who asks something over HTTP meanwhile waits no longer than that.
_MOST_IN_A_ROW = 100
# Once the database is back, what waited for it is told within a second.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 1.0
# Roles that change while they are looked at are looked at again, and so is what takes too long to
# be read; not for ever.
_GUESSES = 3
ENDED = "The right to hear this has ended."
"""What is told to whoever had it."""


class Hearer(Protocol):
    """Somebody who hears entries by one subscription."""

    hearing: Hearing
    viewer: Viewer
    """Who it was when last looked at."""
    key: Hashable
    """What was asked, so that those with the same roles and the same key are told alike."""
    session_id: int
    """By which session they hear; `roll.NOBODY` of whoever is not signed in."""

    async def tell(self, entry: Entry, reached: Scope | None) -> Told:
        """Read what the subscription says of an entry whose row is within the hearer's reach."""
        ...


class Asker(Protocol):
    """Who waits for one entry to be told."""

    def told(self, entry: Entry, told: Told | None) -> None:
        """Learn what is told of it; None where its row is not within the hearer's reach."""
        ...

    def failed(self, error: Exception) -> None:
        """Learn why it cannot be told."""
        ...


class _Waiting:
    """A hearer, the entry that is to be told, and who wants to know."""

    __slots__ = ("asker", "entry", "guesses", "hearer", "is_done", "pauses", "scope")

    def __init__(self, hearer: Hearer, entry: Entry, asker: Asker) -> None:
        self.hearer = hearer
        self.entry = entry
        self.asker = asker
        self.is_done = False
        self.guesses = _GUESSES
        self.pauses = 0
        self.scope: Scope | None = hearer.hearing.reach[entry.area]

    def is_told(self, standing: Standing) -> bool:
        """Whether the entry is told; to who is named beyond their reach, nothing of its row."""
        also_told = self.entry.also_told or ()
        if standing is Standing.HIDDEN and self.hearer.viewer.person_id in also_told:
            # Without a scope the row is read by what they reach themselves.
            self.scope = None
            return True
        return standing is Standing.REACHED

    def give(self, told: Told | None) -> None:
        """Tell, unless something was told."""
        if not self.is_done:
            self.is_done = True
            self.asker.told(self.entry, told)

    def fail(self, error: Exception) -> None:
        """Tell why not, unless something was told."""
        if not self.is_done:
            self.is_done = True
            self.asker.failed(error)

    def try_again(self, reason: Exception) -> None:
        """Guess once more, unless it was too often; then tell why not."""
        self.guesses -= 1
        if self.guesses <= 0:
            self.fail(reason)


class Delivery:
    """Tells entries to hearers, however many wait for one.

    Whoever comes while a lot is worked on waits for the next, so lots grow with the load. Make it
    at start-up, outside of any transaction: it works in the context it was made in.
    """

    def __init__(self) -> None:
        self._context = copy_context()
        self._waiting: list[_Waiting] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._workers = 0
        self._reading = asyncio.Semaphore(MOST_READ_AT_ONCE)

    def ask(self, hearer: Hearer, entry: Entry, asker: Asker) -> None:
        """Have the entry told to the hearer; the asker learns of it.

        It fails with Forbidden when their session has ended, and with whatever the reading raises.
        While the database is away nothing is told: rights are asked for when it is back.
        """
        self._waiting.append(_Waiting(hearer, entry, asker))
        if self._workers < MOST_AT_ONCE:
            self._workers += 1
            task = self.task(self._work())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def task(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Do some work of delivery's, whoever's context it was called for in."""
        return asyncio.create_task(work, context=self._context.copy())

    async def close(self) -> None:
        """Stop at once; whoever still waits is told nothing."""
        self._waiting.clear()
        for task in self._tasks:
            task.cancel()

    async def _work(self) -> None:
        try:
            while self._waiting:
                lot, self._waiting = self._waiting[:_MOST_OF_A_LOT], self._waiting[_MOST_OF_A_LOT:]
                await _settled(lot, self._tell(lot))
        finally:
            # Nothing is awaited since nobody waited: whoever comes next finds one worker fewer.
            self._workers -= 1

    async def _tell(self, lot: Sequence[_Waiting]) -> None:
        while lot := [each for each in lot if not each.is_done]:
            changed = await self._those_to_ask_again(lot)
            await _refresh([each for each in changed if not each.is_done])

    async def _those_to_ask_again(self, lot: Sequence[_Waiting]) -> list[_Waiting]:
        """Tell everybody of the lot whose roles are known; those whose are not.

        What cannot be read while the database is away is left for the next time.
        """
        changed: list[_Waiting] = []
        reached: dict[Hashable, list[_Waiting]] = defaultdict(list)
        for alike in _by(lot, lambda each: (id(each.scope), each.hearer.viewer.relations)):
            standings = await _patiently(partial(_called, alike))
            relations = alike[0].hearer.viewer.relations
            for each, standing in zip(alike, standings, strict=True):
                if each.is_told(standing):
                    # An entry is one object for all who hear it from memory.
                    place = id(each.entry), id(each.scope), each.hearer.key, relations
                    reached[place].append(each)
                elif standing is Standing.HIDDEN:
                    each.give(None)
                elif standing is Standing.CHANGED:
                    each.try_again(Forbidden(ENDED))
                    changed.append(each)
                else:
                    each.fail(SessionEnded(ENDED))
        await asyncio.gather(
            *(_settled(each, self._tell_or_wait(each)) for each in reached.values())
        )
        return changed

    async def _tell_or_wait(self, lot: Sequence[_Waiting]) -> None:
        """Tell them; or, where the database gives no answer, tell nothing and wait a moment."""
        try:
            await self._tell_alike(lot)
        except Outage as outage:
            for each in lot:
                each.pauses += 1
                if isinstance(outage, TimedOut):
                    each.try_again(outage)
            log.warning("delivery.unreadable", reason=repr(outage.__cause__))
            await asyncio.sleep(_pause(lot[0].pauses))

    async def _tell_alike(self, lot: Sequence[_Waiting]) -> None:
        """Tell the same entry to those who asked the same with the same roles."""
        told = await self._told(lot[0])
        if not told.is_personal:
            await _give_all(lot, told)
            return
        first, *others = _by(lot, lambda each: each.hearer.viewer.person_id)
        await _give_all(first, told)
        for same_person in others:
            await _give_all(same_person, await self._told(same_person[0]))

    async def _told(self, one: _Waiting) -> Told:
        async with self._reading:
            return await one.hearer.tell(one.entry, one.scope)


async def _settled(lot: Sequence[_Waiting], work: Awaitable[None]) -> None:
    """Do the work; whatever befalls it, nobody of the lot waits for ever."""
    try:
        await work
    except Exception as error:
        if not isinstance(error, DiaryError):
            log.exception("delivery.failed")
        _fail(lot, error)


async def _called(lot: Sequence[_Waiting]) -> list[Standing]:
    return await called(
        lot[0].scope,
        lot[0].hearer.viewer,
        [Asked(each.hearer.session_id, each.entry.row_id) for each in lot],
    )


async def _give_all(lot: Sequence[_Waiting], told: Told) -> None:
    """Tell all of them, and let others have their turn in between."""
    for start in range(0, len(lot), _MOST_IN_A_ROW):
        for each in lot[start : start + _MOST_IN_A_ROW]:
            each.give(told)
        await asyncio.sleep(0)


async def _refresh(lot: Sequence[_Waiting]) -> None:
    """Learn anew who they are."""
    if not lot:
        return
    viewers = await _patiently(lambda: viewers_of({each.hearer.session_id for each in lot}))
    for each in lot:
        each.hearer.viewer = viewers[each.hearer.session_id]


async def _patiently(work: Callable[[], Awaitable[T]]) -> T:
    """Ask until it is answered: a database that restarts interrupts no stream."""
    attempts = 0
    while True:
        try:
            return await work()
        except Outage as outage:
            log.warning("delivery.rights_unreadable", reason=repr(outage.__cause__))
        attempts += 1
        await asyncio.sleep(_pause(attempts))


def _pause(attempt: int) -> float:
    """For how long to wait after so many attempts, from the first on."""
    return min(_FIRST_PAUSE * 2.0 ** min(attempt - 1, 10), _LONGEST_PAUSE)


def _by(lot: Iterable[_Waiting], key: Callable[[_Waiting], Hashable]) -> list[list[_Waiting]]:
    groups: dict[Hashable, list[_Waiting]] = defaultdict(list)
    for each in lot:
        groups[key(each)].append(each)
    return list(groups.values())


def _fail(lot: Sequence[_Waiting], error: Exception) -> None:
    for each in lot:
        each.fail(error)
