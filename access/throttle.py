"""How often somebody may try to sign in: counted by account, by address and altogether.

A stranger must not be able to keep a family out. So what counts against an account or an address is
asked only of devices that the account was not used from; what counts against the two together holds
for everybody, and ends within minutes.
"""

import hashlib
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

log = structlog.get_logger()

_PREFIX = "diary-throttle"
# Attempts for one account from one address: 10 in five minutes, right ones forgotten.
_TOGETHER = RateLimitItemPerMinute(10, 5, namespace="together")
# Failures, whatever else they have in common. A school's pupils share an address.
_OF_ACCOUNT = RateLimitItemPerMinute(25, 10, namespace="account")
_OF_ADDRESS = RateLimitItemPerMinute(100, 10, namespace="address")
_ALTOGETHER = RateLimitItemPerMinute(5_000, 10, namespace="all")

# For so long Redis is not asked again after it did not answer.
_SECONDS_ALONE = 5.0
_PATIENCE_SECONDS = 0.3

Known = Callable[[], Awaitable[bool]]
"""Whether the account was signed in to from this device before."""
Counted = tuple[Any, ...]
"""A limit, and what it is counted by."""
T = TypeVar("T")


class TooManyAttempts(Exception):
    """One more is refused, for so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Throttle:
    """Counts attempts to sign in; shared by all workers where they share a Redis.

    While Redis does not answer, each worker counts for itself. No login is kept: only a keyed hash.
    """

    def __init__(self, secret: str, redis_url: str | None = None) -> None:
        self._key = hashlib.blake2b(secret.encode(), digest_size=32).digest()
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._shared = MovingWindowRateLimiter(_redis(redis_url)) if redis_url else None
        self._alone_until = 0.0

    def of(self, login: str, address: str) -> "Attempt":
        """An attempt to sign in to this account from this address."""
        account = hashlib.blake2b(
            login.encode(errors="replace"), key=self._key, digest_size=16
        ).hexdigest()
        return Attempt(self, account, address)

    async def ask(self, question: Callable[[MovingWindowRateLimiter], Awaitable[T]]) -> T:
        """Ask whoever counts now."""
        if self._shared is not None and time.monotonic() >= self._alone_until:
            try:
                return await question(self._shared)
            except (RedisError, OSError) as error:
                self._alone_until = time.monotonic() + _SECONDS_ALONE
                log.warning("throttle.alone", error=type(error).__qualname__)
        return await question(self._own)


class Attempt:
    """One attempt: `begin` before the password is looked at, then `failed` or `succeeded`."""

    def __init__(self, throttle: Throttle, account: str, address: str) -> None:
        self._throttle = throttle
        self._together: Counted = (_TOGETHER, account, address)
        self._apart: tuple[Counted, ...] = (
            (_OF_ACCOUNT, account),
            (_OF_ADDRESS, address),
            (_ALTOGETHER,),
        )

    async def begin(self, known: Known) -> None:
        """Count it; raises TooManyAttempts where it is one too many.

        The answer is the same whether there is such an account or not.
        """
        for counted in self._apart:
            if not await self._is_free(counted) and not await known():
                raise TooManyAttempts(await self._seconds(counted))
        if not await self._count(self._together):
            raise TooManyAttempts(await self._seconds(self._together))

    async def failed(self) -> None:
        """Count the failure."""
        for counted in self._apart:
            await self._count(counted)

    async def succeeded(self) -> None:
        """Let whoever knows the password begin anew."""
        counted = self._together
        await self._throttle.ask(lambda limiter: limiter.clear(*counted))

    async def _is_free(self, counted: Counted) -> bool:
        return await self._throttle.ask(lambda limiter: limiter.test(*counted))

    async def _count(self, counted: Counted) -> bool:
        return await self._throttle.ask(lambda limiter: limiter.hit(*counted))

    async def _seconds(self, counted: Counted) -> int:
        window = await self._throttle.ask(lambda limiter: limiter.get_window_stats(*counted))
        return max(1, round(window.reset_time - time.time()))


def _redis(url: str) -> RedisStorage:
    scheme = "async+redis+" if url.startswith("unix:") else "async+"
    return RedisStorage(
        f"{scheme}{url}",
        implementation="redispy",
        key_prefix=_PREFIX,
        socket_timeout=_PATIENCE_SECONDS,
        socket_connect_timeout=_PATIENCE_SECONDS,
    )
