"""Connections that stay open: how they end when the service does, and when nobody reads them."""

from asyncio import TimerHandle
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from random import random, uniform
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

from service.patience import ImpatientProtocol

STALLED_SECONDS = 15.0
"""How long a client may leave unread what waits for it, which is some 200 kB then."""
TOO_SLOW = 4408
"""The code with which its socket is closed. Clients of `graphql-ws` connect anew after it."""
SERVICE_RESTART = 1012
"""The code with which a socket is closed when the service goes."""
LONGEST_SPREAD_SECONDS = 3.0
"""Over how long connections are closed then; requests have five seconds to finish."""
_CLOSED_PER_SECOND = 500
# Clients are asked to return at a rate that one worker takes in beside all else.
_RETURNING_PER_SECOND = 200
_SOONEST_RETURN_SECONDS = 0.5
_LATEST_RETURN_SECONDS = 30.0
# How long a client may take to read that its connection has been closed.
_FAREWELL_SECONDS = 1.0
_LATE_FAREWELL_SECONDS = 10.0
# What is being done over a connection may be finished before it is closed, if it is soon.
_LATEST_SECONDS = 4.0
_LOOK_AGAIN_SECONDS = 0.05
WRITE = "write"
"""Under this name `scope["state"]` of a socket has its `SocketProtocol.write`."""
# Those of a lot are written one after the other, and a lot is told a few texts.
_FRAMES_AT_HAND = 16
_STAYS_OPEN = "stays_open"
_UNFINISHED = "unfinished"
_EACH_IS_OWED, _LATEST_IS_OWED = "each_is_owed", "latest_is_owed"
_LAST_CHUNK = b"0\r\n\r\n"


def stay_open(scope: Scope) -> None:
    """Say that the answer to this request goes on until somebody ends it."""
    scope["state"][_STAYS_OPEN] = True


@contextmanager
def unfinished(scope: Scope) -> Iterator[None]:
    """Let what is done inside be finished when the service goes, as far as there is time."""
    state = scope["state"]
    state[_UNFINISHED] = state.get(_UNFINISHED, 0) + 1
    try:
        yield
    finally:
        state[_UNFINISHED] -= 1


@contextmanager
def owed(scope: Scope, *, only_latest: bool) -> Iterator[None]:
    """Say that something is told over the connection while inside: each of it, or the latest."""
    state, name = scope["state"], _LATEST_IS_OWED if only_latest else _EACH_IS_OWED
    state[name] = state.get(name, 0) + 1
    try:
        yield
    finally:
        state[name] -= 1


@lru_cache(maxsize=_FRAMES_AT_HAND)
def framed(*parts: bytes) -> bytes:
    """The frame of a text that consists of these parts: thousands are sent the same one."""
    return Frame(Opcode.TEXT, b"".join(parts)).serialize(mask=False)


class SocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's own protocol, which waits for ever for clients to read, and leaves at once."""

    _stalled: TimerHandle | None = None
    _latest = 0.0

    async def run_asgi(self) -> None:
        """Serve, and offer the application a way to write without a task."""
        state: dict[str, Any] = self.scope["state"]
        state[WRITE] = self.write
        try:
            await super().run_asgi()
        finally:
            # The scope is kept here: both would be left to the collector.
            del state[WRITE]

    def write(self, frame: bytes) -> Awaitable[None] | None:
        """Write a frame that is whole; None where it has gone, else what waits until it can.

        Raises ClientDisconnected where nobody is there to read it.
        """
        if self.disconnected or self.close_sent or self.transport.is_closing():
            raise ClientDisconnected
        if not self.writable.is_set():
            return self._write_later(frame)
        self.transport.write(frame)
        return None

    async def _write_later(self, frame: bytes) -> None:
        await self.writable.wait()
        rest = self.write(frame)
        if rest is not None:
            await rest

    def pause_writing(self) -> None:
        """Begin to wait for the client to read."""
        super().pause_writing()
        if not self.close_sent:
            self._stalled = self.loop.call_later(STALLED_SECONDS, self._give_up)

    def resume_writing(self) -> None:
        """Wait no longer."""
        super().resume_writing()
        _cancel(self._stalled)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        _cancel(self._stalled)
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Ask the client to come back, at a moment of its own."""
        self._latest = self.loop.time() + _LATEST_SECONDS
        self.loop.call_later(_moment_to_leave(len(self.connections)), self._part)

    def _part(self) -> None:
        if self.transport.is_closing():
            return
        if self.handshake_complete and _is_busy(self.scope) and self.loop.time() < self._latest:
            self.loop.call_later(_LOOK_AGAIN_SECONDS, self._part)
            return
        if self.close_sent or not self.handshake_complete:
            super().shutdown()
            return
        seconds = _moment_to_return(len(self.connections))
        reason = f"The service restarts; retry-after={seconds:.1f}"
        self._close(SERVICE_RESTART, reason, _FAREWELL_SECONDS)

    def _give_up(self) -> None:
        if self._can_wait:
            self._stalled = self.loop.call_later(STALLED_SECONDS, self._give_up)
        elif not self.transport.is_closing():
            reason = "Too slow: resume after the last cursor."
            self._close(TOO_SLOW, reason, _LATE_FAREWELL_SECONDS)

    @property
    def _can_wait(self) -> bool:
        """Whether nothing more will wait for the client than does; pings find out if it is dead."""
        state = self.scope["state"]
        return bool(state.get(_LATEST_IS_OWED)) and not state.get(_EACH_IS_OWED)

    def _close(self, code: int, reason: str, patience: float) -> None:
        """Close as the application would, but without waiting for what is before it."""
        self.stop_keepalive()
        # Whoever waits to write something is told that it is over.
        self.disconnected = True
        self.writable.set()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(patience, self.transport.abort)


class HttpProtocol(ImpatientProtocol):
    """The same for answers that stay open; all others are left to finish."""

    _stalled: TimerHandle | None = None
    _latest = 0.0

    def pause_writing(self) -> None:
        """Begin to wait for the client to read."""
        super().pause_writing()
        if self._stays_open:
            self._stalled = self.loop.call_later(STALLED_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Wait no longer."""
        super().resume_writing()
        _cancel(self._stalled)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        _cancel(self._stalled)
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End what stays open, at a moment of its own."""
        if self._stays_open:
            self._latest = self.loop.time() + _LATEST_SECONDS
            self.loop.call_later(_moment_to_leave(len(self.connections)), self._part)
        else:
            super().shutdown()

    @property
    def _stays_open(self) -> bool:
        cycle: Any = self.cycle
        is_going_on = cycle is not None and not cycle.response_complete
        return is_going_on and _STAYS_OPEN in cycle.scope["state"]

    def _part(self) -> None:
        """End the answer as one that is whole for HTTP, though not for its client."""
        if self.transport.is_closing() or not self._stays_open:
            return
        if _is_busy(self.cycle.scope) and self.loop.time() < self._latest:
            self.loop.call_later(_LOOK_AGAIN_SECONDS, self._part)
            return
        seconds = _moment_to_return(len(self.connections))
        told = b"retry: %d\n\n" % (seconds * 1000)
        self.transport.write(b"%x\r\n%b\r\n%b" % (len(told), told, _LAST_CHUNK))
        self.cycle.disconnected = True
        self.cycle.message_event.set()
        self.transport.close()
        self.loop.call_later(_FAREWELL_SECONDS, self.transport.abort)


def _moment_to_leave(connections: int) -> float:
    """In how many seconds one of so many connections is closed."""
    return random() * min(LONGEST_SPREAD_SECONDS, connections / _CLOSED_PER_SECOND)  # noqa: S311


def _moment_to_return(connections: int) -> float:
    """After how many seconds one of so many clients should come back."""
    latest = min(_LATEST_RETURN_SECONDS, 2 + connections / _RETURNING_PER_SECOND)
    return uniform(_SOONEST_RETURN_SECONDS, latest)  # noqa: S311


def _is_busy(scope: Any) -> bool:
    return bool(scope["state"].get(_UNFINISHED))


def _cancel(timer: TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
