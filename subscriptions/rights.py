"""Ending streams whose rights have ended, also when nothing happens that they could hear."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass

import structlog

from access.sessions import viewers_of
from access.tokens import Claims
from access.viewer import Viewer
from errors import Forbidden, Unauthenticated
from subscriptions.listener import Listener

log = structlog.get_logger()

CHECK_SECONDS = 2.0
"""How often rights are looked at; the contract allows five seconds."""


@dataclass(eq=False)
class _Stream:
    claims: Claims
    listener: Listener
    holds: Callable[[Viewer], Awaitable[bool]]


class RightsWatch:
    """Looks at the sessions and rights behind all open streams of this process, in turns.

    Make it at start-up, outside of any transaction: it runs in the context it was made in.
    """

    def __init__(self, *, interval: float = CHECK_SECONDS) -> None:
        self._interval = interval
        self._context = copy_context()
        self._streams: set[_Stream] = set()
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
    async def over(
        self, claims: Claims, listener: Listener, holds: Callable[[Viewer], Awaitable[bool]]
    ) -> AsyncIterator[None]:
        """While inside, the listener fails soon after the session or what `holds` says ends."""
        stream = _Stream(claims, listener, holds)
        self._streams.add(stream)
        try:
            yield
        finally:
            self._streams.discard(stream)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._interval)
            with _patience():
                await self._look()

    async def _look(self) -> None:
        streams = list(self._streams)
        if not streams:
            return
        viewers = await viewers_of({stream.claims.session_id for stream in streams})
        for stream in streams:
            # One that cannot be looked at must not keep the others from it.
            with _patience():
                await _look_at(stream, viewers[stream.claims.session_id])


async def _look_at(stream: _Stream, viewer: Viewer) -> None:
    if viewer.is_signed_in and viewer.now >= stream.claims.expires_at:
        stream.listener.fail(Unauthenticated("The access token has run out."))
    elif not viewer.is_signed_in or not await stream.holds(viewer):
        stream.listener.fail(Forbidden("The right to hear this has ended."))


@contextmanager
def _patience() -> Iterator[None]:
    """A database that restarts ends no stream; the next look tells."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 — whatever a driver raises when it is cut off
        log.warning("rights.unreadable", error=type(error).__qualname__)
