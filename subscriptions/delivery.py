"""Delivery: one look at the rights of all who wait for an entry, one reading for all alike."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from contextvars import copy_context
from typing import NamedTuple, Protocol

import structlog

from access.scope import Scope
from access.sessions import viewers_of
from access.viewer import Viewer
from errors import DiaryError, Forbidden
from planner.roll import Asked, Standing, called
from subscriptions.entry import Entry
from subscriptions.hearing import Hearing
from subscriptions.told import Told

log = structlog.get_logger()

MOST_AT_ONCE = 4
"""How many lots are worked on at once: each takes a connection or two, and others need some."""
_MOST_OF_A_LOT = 2_000
_ATTEMPTS = 8
_FIRST_PAUSE = 0.1
# Roles that change while they are looked at are looked at again; not for ever.
_GUESSES = 3


class Hearer(Protocol):
    """Somebody who hears entries by one subscription."""

    hearing: Hearing
    viewer: Viewer
    """Who it was when last looked at."""
    key: Hashable
    """What was asked, so that those with the same roles and the same key are told alike."""

    @property
    def session_id(self) -> int:
        """By which session they hear; `roll.NOBODY` of whoever is not signed in."""
        ...

    async def tell(self, entry: Entry, reached: Scope | None) -> Told:
        """Read what the subscription says of an entry whose row is within the hearer's reach."""
        ...


class _Waiting(NamedTuple):
    hearer: Hearer
    entry: Entry
    told: "asyncio.Future[Told | None]"

    @property
    def scope(self) -> Scope | None:
        return self.hearer.hearing.reach[self.entry.area]  # type: ignore[index]  # a text is its area

    @property
    def roles(self) -> tuple[Hashable, ...]:
        return self.hearer.viewer.is_signed_in, self.hearer.viewer.roles

    @property
    def asked(self) -> Asked:
        return Asked(self.hearer.session_id, self.entry.row_id)


class Delivery:
    """Tells entries to hearers, however many wait for one.

    Whoever comes while a lot is worked on waits for the next, so lots grow with the load. Make it
    at start-up, outside of any transaction: it works in the context it was made in.
    """

    def __init__(self) -> None:
        self._context = copy_context()
        self._waiting: list[_Waiting] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def told(self, hearer: Hearer, entry: Entry) -> Told | None:
        """What the hearer is told of the entry; None where its row is not within their reach.

        Raises Forbidden when their session has ended, and whatever the reading raises.
        """
        told: asyncio.Future[Told | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(hearer, entry, told))
        if len(self._tasks) < MOST_AT_ONCE:
            task = asyncio.create_task(self._work(), context=self._context.copy())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await told

    async def close(self) -> None:
        """Stop at once; whoever still waits is told nothing."""
        for task in self._tasks:
            task.cancel()
        for each in self._waiting:
            each.told.cancel()

    async def _work(self) -> None:
        while self._waiting:
            lot, self._waiting = self._waiting[:_MOST_OF_A_LOT], self._waiting[_MOST_OF_A_LOT:]
            await _settled(lot, self._tell(lot))

    async def _tell(self, lot: Sequence[_Waiting]) -> None:
        for _ in range(_GUESSES):
            lot = await _those_to_ask_again(lot)
            if not lot:
                return
            await _refresh(lot)
        _fail(lot, Forbidden("The right to hear this has ended."))


async def _settled(lot: Sequence[_Waiting], work: Awaitable[None]) -> None:
    """Do the work; whatever befalls it, nobody of the lot waits for ever."""
    try:
        await work
    except Exception as error:
        if not isinstance(error, DiaryError):
            log.exception("delivery.failed")
        _fail(lot, error)
    except asyncio.CancelledError:
        for each in lot:
            each.told.cancel()
        raise


async def _those_to_ask_again(lot: Sequence[_Waiting]) -> list[_Waiting]:
    """Tell everybody of the lot whose roles are known; the others."""
    changed: list[_Waiting] = []
    reached: dict[Hashable, list[_Waiting]] = defaultdict(list)
    for alike in _by(lot, lambda each: (id(each.scope), *each.roles)):
        standings = await _patiently(lambda alike=alike: _called(alike))  # type: ignore[misc]
        for each, standing in zip(alike, standings, strict=True):
            match standing:
                case Standing.REACHED:
                    reached[_key(each)].append(each)
                case Standing.HIDDEN:
                    _give_all((each,), None)
                case Standing.CHANGED:
                    changed.append(each)
                case Standing.OVER:
                    _fail((each,), Forbidden("The right to hear this has ended."))
    await asyncio.gather(*(_settled(each, _tell_alike(each)) for each in reached.values()))
    return changed


def _key(each: _Waiting) -> Hashable:
    entry, hearer = each.entry, each.hearer
    return entry.topic, entry.seq, hearer.key, *each.roles


async def _called(lot: Sequence[_Waiting]) -> list[Standing]:
    return await called(lot[0].scope, lot[0].hearer.viewer, [each.asked for each in lot])


async def _tell_alike(lot: Sequence[_Waiting]) -> None:
    """Tell the same entry to those who asked the same with the same roles."""
    first, *others = _by(lot, lambda each: each.hearer.viewer.person_id)
    told = await _tell_one(first)
    for same_person in others:
        if told.is_personal:
            await _tell_one(same_person)
        else:
            _give_all(same_person, told)


async def _tell_one(lot: Sequence[_Waiting]) -> Told:
    """Tell one person, on however many screens."""
    hearer, entry, scope = lot[0].hearer, lot[0].entry, lot[0].scope
    told = await hearer.tell(entry, scope)
    _give_all(lot, told)
    return told


async def _refresh(lot: Sequence[_Waiting]) -> None:
    """Learn anew who they are."""
    viewers = await viewers_of({each.hearer.session_id for each in lot})
    for each in lot:
        each.hearer.viewer = viewers[each.hearer.session_id]


async def _patiently(work: Callable[[], Awaitable[list[Standing]]]) -> list[Standing]:
    """Ask until it is answered: a database that restarts interrupts no stream."""
    for attempt in range(_ATTEMPTS):
        try:
            return await work()
        except DiaryError:
            raise
        except Exception as error:  # noqa: BLE001 — whatever a driver raises when it is cut off
            log.warning("delivery.rights_unreadable", reason=repr(error))
        await asyncio.sleep(_FIRST_PAUSE * 2**attempt)
    return await work()


def _by(lot: Iterable[_Waiting], key: Callable[[_Waiting], Hashable]) -> list[list[_Waiting]]:
    groups: dict[Hashable, list[_Waiting]] = defaultdict(list)
    for each in lot:
        groups[key(each)].append(each)
    return list(groups.values())


def _give_all(lot: Sequence[_Waiting], told: Told | None) -> None:
    for each in lot:
        if not each.told.done():
            each.told.set_result(told)


def _fail(lot: Sequence[_Waiting], error: Exception) -> None:
    for each in lot:
        if not each.told.done():
            each.told.set_exception(error)
