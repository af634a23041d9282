"""Broadcaster's backend over Redis, or over a cluster of them: which channel is heard where."""

import asyncio
from contextlib import suppress
from contextvars import Context
from typing import Any

import structlog
from broadcaster import BroadcastBackend, Event

from subscriptions.redis_line import RedisLine, pause
from subscriptions.redis_publisher import RedisPublisher
from subscriptions.redis_routes import Routes, learn
from subscriptions.wakeup import decode, encode

log = structlog.get_logger()

_CONNECT_SECONDS = 1.0
# Not oftener than this a cluster is asked where its slots are.
_ASK_SECONDS = 0.1
_CLOSE_SECONDS = 1.0


class RedisBackend(BroadcastBackend):
    """Hears channels over one line to each server that carries some, and publishes.

    A single Redis has one line. In a cluster a channel is heard from the node of its slot (sharded
    pub/sub), and goes over to another line when its slot goes to another node.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._publisher = RedisPublisher(url)
        self._routes: Routes | None = None
        self._lines: dict[str, RedisLine] = {}
        self._wanted: set[str] = set()
        self._arrived: dict[str, int] = {}
        self._arrival = asyncio.Event()
        self._up = asyncio.Event()
        self._doubt = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def healthy(self) -> bool:
        """Whether Redis has confirmed all subscriptions and still answers."""
        return self._up.is_set()

    async def connect(self) -> None:
        """Start listening; waits a moment for Redis, and goes on without it."""
        self._publisher.start()
        self._task = asyncio.create_task(self._find_the_way(), context=Context())
        with suppress(TimeoutError):
            async with asyncio.timeout(_CONNECT_SECONDS):
                await self._up.wait()

    async def disconnect(self) -> None:
        """Stop listening and sending; returns in time even when Redis is dead."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=_CLOSE_SECONDS)
        await asyncio.gather(
            self._publisher.close(), *(line.close() for line in self._lines.values())
        )

    async def publish(self, channel: str, message: Any) -> None:
        """Send a wake-up; never raises for Redis' sake and waits 300 ms at most."""
        await self._publisher.publish(channel, decode(message))

    async def subscribe(self, group: str) -> None:
        """Hear a channel from now on, or from when Redis is back on; never fails."""
        self._wanted.add(group)
        if self._routes is not None:
            await self._line(self._routes, group).want(group)

    async def unsubscribe(self, group: str) -> None:
        """Hear a channel no more; never fails."""
        self._wanted.discard(group)
        self._arrived.pop(group, None)
        for line in [each for each in self._lines.values() if group in each.wanted]:
            await line.drop(group)

    async def next_published(self) -> Event:
        """Return the next channel that was woken, with the highest number it was woken by."""
        while not self._arrived:
            self._arrival.clear()
            await self._arrival.wait()
        channel = next(iter(self._arrived))
        return Event(channel, encode(self._arrived.pop(channel)))

    def arrive(self, channel: str, seq: int) -> None:
        """Take a wake-up in."""
        if channel in self._wanted:
            self._arrived[channel] = max(self._arrived.get(channel, 0), seq)
            self._arrival.set()

    def changed(self) -> None:
        """Judge anew whether all wake-ups arrive."""
        if self._routes is not None and all(line.is_up for line in self._lines.values()):
            self._up.set()
        else:
            self._up.clear()

    def misled(self) -> None:
        """Ask anew where channels are carried; a single Redis carries them all, come what may."""
        if self._routes is not None and self._routes.is_sharded:
            self._doubt.set()

    async def _find_the_way(self) -> None:
        failures = 0
        while True:
            self._doubt.clear()
            try:
                routes = await learn(self._url, self._lines)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again
                failures += 1
                if failures == 1:
                    log.warning("redis.not_found", reason=str(error) or repr(error))
                await asyncio.sleep(pause(failures))
                continue
            failures = 0
            await self._take(routes)
            await self._doubt.wait()
            await asyncio.sleep(_ASK_SECONDS)

    async def _take(self, routes: Routes) -> None:
        """Hear every channel where it is carried now."""
        self._routes = routes
        if not routes.is_sharded:
            self._open(routes, self._url)
        for channel in tuple(self._wanted):
            line = self._line(routes, channel)
            # Subscribed and unsubscribed meanwhile: this is the line, or nobody wants one.
            if channel in self._wanted - line.wanted:
                for other in self._lines.values():
                    # Not said to Redis: where the slot has left, there is nobody to be told.
                    other.wanted.discard(channel)
                await line.want(channel)
        for url in self._lines.keys() - {*routes.urls}:
            await self._lines.pop(url).close()
        self.changed()

    def _line(self, routes: Routes, channel: str) -> RedisLine:
        url = routes.url(channel)
        return self._lines.get(url) or self._open(routes, url)

    def _open(self, routes: Routes, url: str) -> RedisLine:
        line = self._lines[url] = RedisLine(url, self, is_sharded=routes.is_sharded)
        line.start()
        self.changed()
        return line
