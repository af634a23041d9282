"""The bus: tells every process that a topic's log has grown, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import Context
from typing import Protocol, Self

import structlog
from broadcaster import Broadcast, BroadcastBackend, Event

from subscriptions.redis_backend import RedisBackend
from subscriptions.wakeup import UNKNOWN, WakeUps, decode, encode

log = structlog.get_logger()

_CLOSE_SECONDS = 2.0
_RETRY_SECONDS = 1.0


class _Subscriber(Protocol):
    """One broadcaster subscription; its class is not part of broadcaster's public names."""

    async def get(self) -> Event: ...


class _Channel:
    """One topic's only broadcaster subscription in this process, and who is woken by it."""

    def __init__(self) -> None:
        self.members: set[WakeUps] = set()
        self.joined = asyncio.Event()
        self.pump: asyncio.Task[None] | None = None

    def wake(self, seq: int) -> None:
        for member in self.members:
            member.note(seq)


class Bus:
    """Wake-ups between processes over broadcaster. A wake-up may be lost; the log may not.

    Broadcaster checks, awaits, then assigns when somebody joins a channel, so two who come
    together overwrite each other. Here a topic has one subscription a process, and joins and leaves
    take turns.
    """

    def __init__(self, backend: BroadcastBackend | None = None, *, prefix: str = "diary") -> None:
        self._backend = backend
        self._broadcast = Broadcast(None if backend else "memory://", backend=backend)
        self._prefix = f"{prefix}:"
        self._channels: dict[str, _Channel] = {}
        self._pumps: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        self._connected = False

    @classmethod
    def from_url(cls, redis_url: str | None, *, prefix: str = "diary") -> Self:
        """Make the bus of a deployment: over Redis, or within this process where there is no URL.

        `prefix` keeps deployments apart that share one Redis.
        """
        return cls(RedisBackend(redis_url) if redis_url else None, prefix=prefix)

    @property
    def healthy(self) -> bool:
        """Whether wake-ups arrive now. Where they do not, listeners poll the log."""
        if isinstance(self._backend, RedisBackend):
            return self._connected and self._backend.healthy
        return self._connected

    async def connect(self) -> None:
        """Start; returns within two seconds whether or not Redis answers."""
        await self._broadcast.connect()
        self._connected = True

    async def close(self) -> None:
        """Stop; returns within a few seconds even when Redis is dead."""
        if not self._connected:
            return
        self._connected = False
        for pump in self._pumps:
            pump.cancel()
        if self._pumps:
            await asyncio.wait(self._pumps, timeout=_CLOSE_SECONDS)
        await self._broadcast.disconnect()

    async def publish(self, topic: str, seq: int) -> None:
        """Wake the readers of `topic` once its entry `seq` is committed.

        Never raises and waits 300 ms at most; a line in the log says where it could not be sent.
        """
        if not self._connected:
            log.warning("bus.not_connected", topic=topic, seq=seq)
            return
        try:
            await self._broadcast.publish(self._prefix + topic, encode(seq))
        except Exception:
            # The change is committed: nothing that befalls a wake-up may reach its author.
            log.exception("bus.publish_failed", topic=topic, seq=seq)

    @asynccontextmanager
    async def join(self, topic: str) -> AsyncIterator[WakeUps]:
        """Be woken by `topic` while inside; what is committed meanwhile is found by a wake-up."""
        wakeups = WakeUps()
        channel = self._channels.get(topic) or self._open(topic)
        channel.members.add(wakeups)
        try:
            await channel.joined.wait()
            yield wakeups
        finally:
            channel.members.discard(wakeups)
            if not channel.members:
                self._leave(topic, channel)

    def _open(self, topic: str) -> _Channel:
        channel = self._channels[topic] = _Channel()
        # An empty context: who joins may stand inside a transaction, and the pump outlives it.
        pump = asyncio.create_task(self._pump(topic, channel), context=Context())
        channel.pump = pump
        self._pumps.add(pump)
        pump.add_done_callback(self._pumps.discard)
        pump.add_done_callback(lambda _: channel.joined.set())
        return channel

    def _leave(self, topic: str, channel: _Channel) -> None:
        if self._channels.get(topic) is channel:
            del self._channels[topic]
        # Cancelled while it still subscribes, broadcaster would answer with a KeyError; it then
        # finds the channel empty and goes by itself.
        if channel.pump and channel.joined.is_set():
            channel.pump.cancel()

    async def _pump(self, topic: str, channel: _Channel) -> None:
        while True:
            try:
                await self._carry(topic, channel)
            except Exception:
                log.exception("bus.subscribe_failed", topic=topic)
            else:
                return
            channel.joined.set()
            await asyncio.sleep(_RETRY_SECONDS)

    async def _carry(self, topic: str, channel: _Channel) -> None:
        async with self._subscription(self._prefix + topic) as subscriber:
            channel.joined.set()
            channel.wake(UNKNOWN)
            while channel.members:
                channel.wake(decode((await subscriber.get()).message))

    @asynccontextmanager
    async def _subscription(self, name: str) -> AsyncIterator[_Subscriber]:
        async with AsyncExitStack() as stack:
            async with self._turn:
                subscription = self._broadcast.subscribe(name)
                subscriber = await stack.enter_async_context(subscription)
            try:
                yield subscriber
            finally:
                async with self._turn:
                    await stack.aclose()
