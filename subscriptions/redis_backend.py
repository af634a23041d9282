"""Broadcaster's backend over Redis: one subscribed connection that always finds its way back."""

import asyncio
import random
import time
from contextlib import suppress
from contextvars import Context
from typing import Any

import structlog
from broadcaster import BroadcastBackend, Event
from redis.asyncio import Connection, ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from subscriptions.redis_publisher import RedisPublisher
from subscriptions.wakeup import UNKNOWN, decode, encode

log = structlog.get_logger()

_BEAT_SECONDS = 1.0
_SILENCE_SECONDS = 2.0
_SOCKET_SECONDS = 1.0
_FIRST_DELAY, _LONGEST_DELAY = 0.05, 1.0
_CLOSE_SECONDS = 1.0


class RedisBackend(BroadcastBackend):
    """Pub/sub that survives a Redis which is absent, restarts, freezes or drops connections.

    It speaks through a plain connection: redis-py's `PubSub` reconnects inside whichever call meets
    the failure, and two tasks doing so at once lose a socket. Channels to hear are kept in
    `_wanted` and asked for anew on each connection. Every confirmation by Redis, and every loss of
    it, wakes the channels' readers, for nobody knows what was published in between.
    """

    def __init__(self, url: str) -> None:
        # No retries in the pool: coming back is `_keep_listening`'s business alone.
        self._pool: ConnectionPool = ConnectionPool.from_url(
            url,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=_SOCKET_SECONDS,
            socket_connect_timeout=_SOCKET_SECONDS,
        )
        self._publisher = RedisPublisher(url)
        self._wanted: set[str] = set()
        self._arrived: dict[str, int] = {}
        self._arrival = asyncio.Event()
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self._up = asyncio.Event()
        self._closing = False
        self._failures = 0
        self._heard = 0.0

    @property
    def healthy(self) -> bool:
        """Whether Redis has confirmed the subscriptions and still answers."""
        return self._up.is_set()

    async def connect(self) -> None:
        """Start listening; waits a moment for Redis, and goes on without it."""
        self._publisher.start()
        self._task = asyncio.create_task(self._keep_listening(), context=Context())
        with suppress(TimeoutError):
            async with asyncio.timeout(_SOCKET_SECONDS):
                await self._up.wait()

    async def disconnect(self) -> None:
        """Stop listening and sending; returns in time even when Redis is dead."""
        self._closing = True
        await self._publisher.close()
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=_CLOSE_SECONDS)

    async def publish(self, channel: str, message: Any) -> None:
        """Send a wake-up; never raises for Redis' sake and waits 300 ms at most."""
        await self._publisher.publish(channel, decode(message))

    async def subscribe(self, group: str) -> None:
        """Hear a channel from now on, or from when Redis is back on; never fails."""
        self._wanted.add(group)
        await self._send("SUBSCRIBE", group)

    async def unsubscribe(self, group: str) -> None:
        """Hear a channel no more; never fails."""
        self._wanted.discard(group)
        self._arrived.pop(group, None)
        await self._send("UNSUBSCRIBE", group)

    async def next_published(self) -> Event:
        """Return the next channel that was woken, with the highest number it was woken by."""
        while not self._arrived:
            self._arrival.clear()
            await self._arrival.wait()
        channel = next(iter(self._arrived))
        return Event(channel, encode(self._arrived.pop(channel)))

    def _arrive(self, channel: str, seq: int) -> None:
        if channel in self._wanted:
            self._arrived[channel] = max(self._arrived.get(channel, 0), seq)
            self._arrival.set()

    async def _send(self, command: str, *channels: str) -> None:
        connection = self._connection
        if connection is None or not connection.is_connected or not channels:
            return  # the next connection asks for all of `_wanted`
        try:
            await connection.send_command(command, *channels, check_health=False)
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
            # Full jitter, so that a region's processes do not all knock at once.
            longest = min(_LONGEST_DELAY, _FIRST_DELAY * 2 ** min(self._failures, 10))
            await asyncio.sleep(random.uniform(0, longest))  # noqa: S311 - jitter, not a secret

    async def _listen(self) -> None:
        # redis-py annotates neither this call nor what it returns.
        connection: Connection = await self._pool.get_connection()  # type: ignore[no-untyped-call]
        try:
            self._connection = connection
            self._heard = time.monotonic()
            await self._send("SUBSCRIBE", *self._wanted)
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
            case [b"message", bytes(channel), bytes(message)]:
                self._arrive(channel.decode(), decode(message.decode(errors="replace")))
            case [b"subscribe", bytes(channel), _]:
                self._arrive(channel.decode(), UNKNOWN)

    def _confirmed(self) -> None:
        if not self._up.is_set():
            self._up.set()
            log.info("redis.listening", channels=len(self._wanted), failures=self._failures)
        self._failures = 0

    def _lost(self, reason: str) -> None:
        self._failures += 1
        if self._failures == 1:
            log.warning("redis.lost", reason=reason, consequence="listeners poll the log")
        if self._up.is_set():
            self._up.clear()
            # Readers learn at once that they have to poll, and look at the log a first time.
            for channel in self._wanted:
                self._arrive(channel, UNKNOWN)
