"""Sends wake-ups to Redis one batch at a time, so that a dead Redis hardly delays a mutation."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from contextvars import Context

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import RedisError

from subscriptions.redis_routes import Routes, learn
from subscriptions.wakeup import encode

log = structlog.get_logger()

PATIENCE_SECONDS = 0.3
_RETRY_SECONDS = 1.0
_CLOSE_SECONDS = 1.0


class RedisPublisher:
    """One number a channel: what could not be sent waits, merged, for Redis.

    One connection, or in a cluster one to each node.

    The first author to meet a dead Redis waits `PATIENCE_SECONDS`; until it is back the others do
    not wait at all. An outage is one line in the log, and its end another.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._routes: Routes | None = None
        self._servers: dict[str, Redis] = {}
        self._pending: dict[str, int] = {}
        self._work = asyncio.Event()
        self._batch: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._down = False

    def start(self) -> None:
        """Begin to send; connects with the first wake-up."""
        self._task = asyncio.create_task(self._run(), context=Context())

    async def close(self) -> None:
        """Stop; what is still unsent is dropped, since the log has it."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=_CLOSE_SECONDS)
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await asyncio.gather(*(each.aclose() for each in self._servers.values()))
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("redis.close_failed", reason=repr(error))

    async def publish(self, channel: str, seq: int) -> None:
        """Send `seq` to `channel`; returns once it has gone, and after 300 ms in any case."""
        self._merge(channel, seq)
        if self._down:
            return
        if self._batch is None:
            self._batch = asyncio.get_running_loop().create_future()
        batch = self._batch
        await asyncio.wait([batch], timeout=PATIENCE_SECONDS)
        if not batch.done():
            self._note_down("no answer in time")

    def _merge(self, channel: str, seq: int) -> None:
        self._pending[channel] = max(self._pending.get(channel, 0), seq)
        self._work.set()

    async def _run(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            await self._send_batch()
            if self._down:
                await asyncio.sleep(_RETRY_SECONDS)

    async def _send_batch(self) -> None:
        pending, self._pending = self._pending, {}
        batch, self._batch = self._batch, None
        try:
            await self._send(pending)
        except Exception as error:  # noqa: BLE001 - whatever befalls one batch, the next must go
            # A cluster may have moved what it could not take.
            self._routes = self._routes if self._routes and not self._routes.is_sharded else None
            self._note_down(str(error) or repr(error))
            for channel, seq in pending.items():
                self._merge(channel, seq)
        else:
            self._note_up()
        finally:
            if batch is not None and not batch.done():
                batch.set_result(None)

    async def _send(self, pending: Mapping[str, int]) -> None:
        routes = self._routes = self._routes or await learn(self._url, self._servers)
        parts: dict[str, dict[str, int]] = defaultdict(dict)
        for channel, seq in pending.items():
            parts[routes.url(channel)][channel] = seq
        verb = "SPUBLISH" if routes.is_sharded else "PUBLISH"
        await asyncio.gather(*(self._send_to(url, verb, part) for url, part in parts.items()))

    async def _send_to(self, url: str, verb: str, part: Mapping[str, int]) -> None:
        async with self._server(url).pipeline(transaction=False) as pipeline:
            for channel, seq in part.items():
                pipeline.execute_command(verb, channel, encode(seq))
            await pipeline.execute()

    def _server(self, url: str) -> Redis:
        if url not in self._servers:
            # One retry, because a connection left from before a restart fails on its first use.
            self._servers[url] = Redis.from_url(
                url,
                retry=Retry(ExponentialWithJitterBackoff(cap=0.05, base=0.01), 1),
                socket_timeout=PATIENCE_SECONDS,
                socket_connect_timeout=PATIENCE_SECONDS,
                health_check_interval=15,
            )
        return self._servers[url]

    def _note_down(self, reason: str) -> None:
        if not self._down:
            self._down = True
            log.warning("redis.publish_failed", reason=reason, consequence="listeners poll the log")

    def _note_up(self) -> None:
        if self._down:
            self._down = False
            log.info("redis.publishing_again")
