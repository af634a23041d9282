"""One subscribed connection to one Redis, which always finds its way back."""

import asyncio
import random
import time
from contextvars import Context
from typing import Any, Protocol
from urllib.parse import urlsplit

import structlog
from redis.asyncio import Connection, ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from subscriptions.wakeup import UNKNOWN, decode

log = structlog.get_logger()

_BEAT_SECONDS = 1.0
_SILENCE_SECONDS = 2.0
_SOCKET_SECONDS = 1.0
_FIRST_DELAY, _LONGEST_DELAY = 0.05, 1.0
_CLOSE_SECONDS = 1.0


def pause(failures: int) -> float:
    """How long to wait after so many failures: full jitter, so that not all knock at once."""
    longest = min(_LONGEST_DELAY, _FIRST_DELAY * 2 ** min(failures, 10))
    return random.uniform(0, longest)  # noqa: S311 - jitter, not a secret


class Ear(Protocol):
    """Who hears what comes over a line; none of it may wait or raise."""

    def arrive(self, channel: str, seq: int) -> None:
        """Hear that the channel was woken."""
        ...

    def changed(self) -> None:
        """Hear that the line was found or lost."""
        ...

    def misled(self) -> None:
        """Hear that a channel is carried elsewhere, or that nobody answers here."""
        ...


class RedisLine:
    """Pub/sub with a Redis that may be absent, restart, freeze or drop connections.

    It speaks through a plain connection: redis-py's `PubSub` reconnects inside whichever call meets
    the failure, and two tasks doing so at once lose a socket. Channels to hear are kept in
    `wanted` and asked for anew on each connection. Every confirmation by Redis, and every loss of
    it, wakes the channels' readers, for nobody knows what was published in between.
    """

    def __init__(self, url: str, ear: Ear, *, is_sharded: bool) -> None:
        # No retries in the pool: coming back is `_keep_listening`'s business alone.
        self._pool: ConnectionPool = ConnectionPool.from_url(
            url,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=_SOCKET_SECONDS,
            socket_connect_timeout=_SOCKET_SECONDS,
        )
        self.wanted: set[str] = set()
        self.is_up = False
        """Whether Redis has confirmed the subscriptions and still answers."""
        self._server = urlsplit(url).netloc.rpartition("@")[2]
        self._ear = ear
        self._prefix = "S" if is_sharded else ""
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self._failures = 0
        self._heard = 0.0

    def start(self) -> None:
        """Begin to listen."""
        self._task = asyncio.create_task(self._keep_listening(), context=Context())

    async def close(self) -> None:
        """Stop listening; returns in time even when Redis is dead."""
        self._closing = True
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=_CLOSE_SECONDS)

    async def want(self, channel: str) -> None:
        """Hear a channel from now on, or from when Redis is back on; never fails."""
        self.wanted.add(channel)
        await self._send("SUBSCRIBE", channel)

    async def drop(self, channel: str) -> None:
        """Hear a channel no more; never fails."""
        self.wanted.discard(channel)
        await self._send("UNSUBSCRIBE", channel)

    async def _send(self, verb: str, *channels: str) -> None:
        connection = self._connection
        if connection is None or not connection.is_connected:
            return  # the next connection asks for all of `wanted`
        try:
            # One by one: in a cluster channels of one command must be of one slot.
            for channel in channels:
                await connection.send_command(self._prefix + verb, channel, check_health=False)
        except (RedisError, OSError):
            await connection.disconnect(nowait=True)  # the listening task meets it, and says so

    async def _keep_listening(self) -> None:
        while not self._closing:
            try:
                await self._listen()
            except (RedisError, OSError, TimeoutError) as error:
                self._lost(str(error) or repr(error))
            except Exception as error:
                log.exception("redis.listener_failed")
                self._lost(repr(error))
            await asyncio.sleep(pause(self._failures))

    async def _listen(self) -> None:
        # redis-py annotates neither this call nor what it returns.
        connection: Connection = await self._pool.get_connection()  # type: ignore[no-untyped-call]
        try:
            self._connection = connection
            self._heard = time.monotonic()
            await self._send("SUBSCRIBE", *self.wanted)
            await connection.send_command("PING", check_health=False)
            while not self._closing:
                await self._hear(connection)
        finally:
            self._connection = None
            await connection.disconnect(nowait=True)
            await self._pool.release(connection)

    async def _hear(self, connection: Connection) -> None:
        reply = await connection.read_response(
            timeout=_BEAT_SECONDS, disconnect_on_error=False, push_request=True
        )
        if reply is not None:
            self._heard = time.monotonic()
            self._understand(reply)
        elif time.monotonic() - self._heard > _SILENCE_SECONDS:
            raise TimeoutError("Redis is silent")
        else:
            await connection.send_command("PING", check_health=False)

    def _understand(self, reply: Any) -> None:
        self._confirmed()
        match reply:
            case [b"message" | b"smessage", bytes(channel), bytes(message)]:
                self._arrive(channel.decode(), decode(message.decode(errors="replace")))
            case [b"subscribe" | b"ssubscribe", bytes(channel), _]:
                self._arrive(channel.decode(), UNKNOWN)
            case [b"sunsubscribe", bytes(channel), _] if channel.decode() in self.wanted:
                self._ear.misled()  # its slot has gone to another node

    def _arrive(self, channel: str, seq: int) -> None:
        if channel in self.wanted:
            self._ear.arrive(channel, seq)

    def _confirmed(self) -> None:
        if not self.is_up:
            self.is_up = True
            log.info(
                "redis.listening",
                server=self._server,
                channels=len(self.wanted),
                failures=self._failures,
            )
            self._ear.changed()
        self._failures = 0

    def _lost(self, reason: str) -> None:
        self._failures += 1
        if self._failures == 1:
            log.warning("redis.lost", server=self._server, reason=reason)
        if self.is_up:
            self.is_up = False
            self._ear.changed()
            # Readers learn at once that they have to look at the log.
            for channel in self.wanted:
                self._ear.arrive(channel, UNKNOWN)
        self._ear.misled()
