"""Where in Redis a channel is carried: by the one server, or by the node of its slot."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.exceptions import RedisError, ResponseError

log = structlog.get_logger()

_SECONDS = 1.0
_LAST_SLOT = 2**14 - 1
# The first version whose clusters carry a channel on one node's replicas alone and not on all.
_SHARDS_SINCE = 7


@dataclass(frozen=True)
class Routes:
    """The URLs of the servers, each with the last slot that is its own; in the slots' order."""

    last_slots: Sequence[int]
    urls: Sequence[str]
    is_sharded: bool = False

    def url(self, channel: str) -> str:
        """The server that carries the channel."""
        if not self.is_sharded:
            return self.urls[0]
        return self.urls[bisect_left(self.last_slots, key_slot(channel.encode()))]


async def learn(url: str, known: Iterable[str] = ()) -> Routes:
    """Ask the server at the URL, else one of those that are known, how channels are carried.

    Raises RedisError, OSError or TimeoutError where none of them answers.
    """
    failure: Exception = ConnectionError("no Redis is known")
    for each in dict.fromkeys((url, *known)):
        try:
            return await _ask(each)
        except (RedisError, OSError, TimeoutError) as error:
            failure = error
    raise failure


async def _ask(url: str) -> Routes:
    # No retries: who asks comes back by himself.
    client = Redis.from_url(
        url,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=_SECONDS,
        socket_connect_timeout=_SECONDS,
    )
    async with client:
        await client.ping()
        try:
            # redis-py does not annotate the commands that it has no name for.
            if not _shards(await client.execute_command("HELLO")):  # type: ignore[no-untyped-call]
                return Routes((_LAST_SLOT,), (url,))
            slots = await client.execute_command("CLUSTER", "SLOTS")  # type: ignore[no-untyped-call]
        except ResponseError as refusal:
            # One that is too old to say, or does not let us ask: common channels work everywhere.
            log.info("redis.not_asked", reason=str(refusal))
            return Routes((_LAST_SLOT,), (url,))
    return _routes(url, slots)


def _shards(greeting: Any) -> bool:
    told: Mapping[bytes, Any] = greeting if isinstance(greeting, Mapping) else _pairs(greeting)
    version = int(told[b"version"].partition(b".")[0])
    return bool(told[b"mode"] == b"cluster" and version >= _SHARDS_SINCE)


def _pairs(flat: Sequence[Any]) -> dict[Any, Any]:
    """A map as the older protocol spells it."""
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _routes(url: str, slots: Sequence[Any]) -> Routes:
    """Of each range its last slot, and the first of its nodes, which is the one that writes."""
    ranges = sorted((last, _at(url, *nodes[0][:2])) for _, last, *nodes in slots)
    if not ranges or ranges[-1][0] != _LAST_SLOT:
        raise ConnectionError("the cluster is not whole")
    return Routes([last for last, _ in ranges], [each for _, each in ranges], is_sharded=True)


def _at(url: str, host: bytes | None, port: int) -> str:
    """The URL of another node, with the same secrets; one without a host is where we asked."""
    parts = urlsplit(url)
    name = host.decode() if host else parts.hostname or ""
    place = f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
    secrets, at, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=secrets + at + place))
