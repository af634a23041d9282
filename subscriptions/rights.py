"""Ending streams whose rights have ended, also when nothing happens that they could hear."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime

import structlog

from access.roles import Role
from access.scope import Scope
from access.sessions import others_than
from access.viewer import Viewer
from errors import Forbidden, SessionEnded, Unauthenticated
from planner.roll import Asked, Standing, called
from subscriptions.delivery import ENDED
from subscriptions.listener import Listener
from subscriptions.stream import Stream

log = structlog.get_logger()

CHECK_SECONDS = 2.0
"""How often rights are looked at; the contract allows five seconds."""


@dataclass(eq=False)
class _Watched:
    stream: Stream
    listener: Listener


class RightsWatch:
    """Looks at the sessions and rights behind all open streams of this process, in turns.

    A look is one statement for all sessions and one for each kind of evidence; only where evidence
    is gone is a stream's right looked at by itself. Make it at start-up, outside of any
    transaction: it runs in the context it was made in.
    """

    def __init__(self, *, interval: float = CHECK_SECONDS) -> None:
        self._interval = interval
        self._context = copy_context()
        self._streams: set[_Watched] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run(), context=self._context.copy())

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @asynccontextmanager
    async def over(self, stream: Stream, listener: Listener) -> AsyncIterator[None]:
        """While inside, the listener fails soon after the stream's session or right has ended."""
        watched = _Watched(stream, listener)
        self._streams.add(watched)
        try:
            yield
        finally:
            self._streams.discard(watched)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._interval)
            with _patience():
                await self._look()

    async def _look(self) -> None:
        watched = list(self._streams)
        if not watched:
            return
        others, now = await others_than(
            {each.stream.session_id: each.stream.viewer for each in watched if each.stream.claims}
        )
        going_on = [each for each in watched if _goes_on(each, others, now)]
        for each in await _without_evidence(going_on):
            # One that cannot be looked at must not keep the others from it.
            with _patience():
                if not await each.stream.audience.holds(each.stream.viewer):
                    each.listener.fail(Forbidden(ENDED))


def _goes_on(watched: _Watched, others: Mapping[int, Viewer], now: datetime) -> bool:
    """Whether the stream's session does; one that does not is ended."""
    stream, listener = watched.stream, watched.listener
    if stream.claims is None:
        return True
    stream.viewer = others.get(stream.session_id, stream.viewer)
    if not stream.viewer.is_signed_in:
        listener.fail(SessionEnded(ENDED))
    elif now >= stream.claims.expires_at:
        listener.fail(Unauthenticated("The access token has run out."))
    elif not stream.viewer.relations & stream.hearing.allow:
        listener.fail(Forbidden(ENDED))
    else:
        return True
    return False


async def _without_evidence(watched: Sequence[_Watched]) -> list[_Watched]:
    """Those who lost a relation, or a row that proved their right."""
    found = {each: None for each in watched if _has_lost_a_relation(each.stream)}
    asked: dict[tuple[int, frozenset[Role]], _Question] = {}
    for each in watched:
        viewer = each.stream.viewer
        for scope, numbers in each.stream.audience.evidence:
            question = asked.setdefault((id(scope), viewer.roles), _Question(scope, viewer))
            question.add(each, numbers)
    for question in asked.values():
        with _patience():
            found.update(dict.fromkeys(await question.refuted()))
    return list(found)


def _has_lost_a_relation(stream: Stream) -> bool:
    return not stream.audience.relations <= stream.viewer.relations


class _Question:
    """Rows of one scope, and whose evidence they are."""

    def __init__(self, scope: Scope, alike: Viewer) -> None:
        self._scope = scope
        self._alike = alike
        self._of: list[_Watched] = []
        self._asked: list[Asked] = []

    def add(self, watched: _Watched, numbers: frozenset[int]) -> None:
        """Ask for these rows too."""
        for number in numbers:
            self._of.append(watched)
            self._asked.append(Asked(watched.stream.session_id, number))

    async def refuted(self) -> Iterator[_Watched]:
        """Whoever does not reach one of the rows."""
        standings = await called(self._scope, self._alike, self._asked)
        return (
            each
            for each, standing in zip(self._of, standings, strict=True)
            if standing is not Standing.REACHED
        )


@contextmanager
def _patience() -> Iterator[None]:
    """A database that restarts ends no stream; the next look tells."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 — whatever a driver raises when it is cut off
        log.warning("rights.unreadable", error=type(error).__qualname__)
