"""How often passwords and codes may be guessed: by account, by address and altogether.

A stranger must not be able to keep a family out. So what counts against an account or an address is
asked only of devices that the account was not used from; what counts against the two together holds
for everybody, and ends within minutes.
"""

import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

log = structlog.get_logger()

_PREFIX = "diary-throttle"


@dataclass(frozen=True)
class Bounds:
    """How many guesses are let through; all but the first count failures alone."""

    together: RateLimitItem
    """Attempts for one account from one address; a right one begins anew."""
    of_account: RateLimitItem
    of_address: RateLimitItem
    """A school's pupils share an address."""
    altogether: RateLimitItem


PASSWORDS = Bounds(
    RateLimitItemPerMinute(10, 5, namespace="together"),
    RateLimitItemPerMinute(25, 10, namespace="account"),
    RateLimitItemPerMinute(100, 10, namespace="address"),
    RateLimitItemPerMinute(5_000, 10, namespace="all"),
)
# Three codes of a million are right at any time: whoever knows the password finds one within a day
# with a chance of one to seven hundred. Strangers to the password are not counted here.
CODES = Bounds(
    RateLimitItemPerMinute(5, 15, namespace="code-together"),
    RateLimitItemPerMinute(10, 60, namespace="code-account"),
    RateLimitItemPerMinute(100, 10, namespace="code-address"),
    RateLimitItemPerMinute(1_000, 10, namespace="code-all"),
)

# By the ticket in place of an account: an account's own number would tell that there is one. An
# account has as many guesses as its letters have tickets, five each.
RECOVERIES = Bounds(
    RateLimitItemPerMinute(10, 15, namespace="recovery-together"),
    RateLimitItemPerMinute(25, 15, namespace="recovery-ticket"),
    RateLimitItemPerMinute(100, 10, namespace="recovery-address"),
    RateLimitItemPerMinute(5_000, 10, namespace="recovery-all"),
)
# Of an address that has guessed too often, each account that was used from there has so many more:
# a school's pupils sign in while one of them tries all the others, and he does not get far.
_BEYOND = RateLimitItemPerMinute(1, 10, namespace="beyond")
# No guesses, but letters that somebody asks for, and that a family would not like to get.
LETTERS = Bounds(
    RateLimitItemPerHour(3, namespace="letter-together"),
    RateLimitItemPerHour(3, namespace="letter-account"),
    RateLimitItemPerHour(20, namespace="letter-address"),
    RateLimitItemPerHour(2_000, namespace="letter-all"),
)
# Masked values that one person may look at: enough for a class with its families, too few to carry
# a school's away unnoticed.
REVEALS = RateLimitItemPerHour(100, namespace="reveals")
# Visits to identity providers that begin: each leaves a row for minutes, and nothing else.
VISITS_OF_ADDRESS = RateLimitItemPerMinute(600, 10, namespace="visit-address")
VISITS = RateLimitItemPerMinute(30_000, 10, namespace="visit-all")

# Of failures that may come by the thousand so many are written down: one a minute of each account
# from each address, and no more than this of an address and in all. The entry tells how many there
# were.
_WRITTEN = RateLimitItemPerMinute(1, namespace="written")
_WRITTEN_OF_ADDRESS = RateLimitItemPerMinute(10, namespace="written-address")
_WRITTEN_ALTOGETHER = RateLimitItemPerMinute(600, namespace="written-all")

# For so long Redis is not asked again after it did not answer.
_SECONDS_ALONE = 5.0
_PATIENCE_SECONDS = 0.3

Known = Callable[[], Awaitable[bool]]
"""Whether the account was signed in to from this device before."""
Counted = tuple[Any, ...]
"""A limit, and what it is counted by."""
T = TypeVar("T")


async def _by_nobody() -> bool:
    return False


class TooManyAttempts(Exception):
    """One more is refused, for so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Throttle:
    """Counts guesses, and looks at what is masked; shared by all workers where they share a Redis.

    While Redis does not answer, each worker counts for itself. No login is kept: only a keyed hash.
    """

    def __init__(self, secret: str, redis_url: str | None = None) -> None:
        self._key = hashlib.blake2b(secret.encode(), digest_size=32).digest()
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._shared = MovingWindowRateLimiter(_redis(redis_url)) if redis_url else None
        self._alone_until = 0.0

    def of(self, login: str, address: str, bounds: Bounds = PASSWORDS) -> "Attempt":
        """An attempt at this account from this address."""
        account = hashlib.blake2b(
            login.encode(errors="replace"), key=self._key, digest_size=16
        ).hexdigest()
        return Attempt(self, account, address, bounds)

    async def take(self, limit: RateLimitItem, *by: object) -> None:
        """Count one more of what may be done so often, by whom is told; raises TooManyAttempts."""
        counted: Counted = (limit, *map(str, by))
        if not await self.ask(lambda limiter: limiter.hit(*counted)):
            raise TooManyAttempts(await self.seconds(counted))

    async def seconds(self, counted: Counted) -> int:
        """How long until one more of these is allowed."""
        window = await self.ask(lambda limiter: limiter.get_window_stats(*counted))
        return max(1, round(window.reset_time - time.time()))

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
    """One attempt: `begin` before the guess is looked at, then `failed` or `succeeded`.

    `account` is a keyed hash of the login: equal for equal ones, and no login.
    """

    def __init__(self, throttle: Throttle, account: str, address: str, bounds: Bounds) -> None:
        self._throttle = throttle
        self.account = account
        self._written: tuple[Counted, ...] = (
            (_WRITTEN, bounds.together.namespace, account, address),
            (_WRITTEN_OF_ADDRESS, address),
            (_WRITTEN_ALTOGETHER,),
        )
        self._together: Counted = (bounds.together, account, address)
        self._beyond: Counted = (_BEYOND, bounds.together.namespace, account, address)
        self._apart: tuple[Counted, ...] = (
            (bounds.of_account, account),
            (bounds.of_address, address),
            (bounds.altogether,),
        )
        self._of_address = self._apart[1]
        self._passed: list[Counted] = []
        self._known: Known = _by_nobody

    async def begin(self, known: Known) -> None:
        """Count it; raises TooManyAttempts where it is one too many.

        The answer is the same whether there is such an account or not.
        """
        self._known = known
        await self._pass([each for each in self._apart if not await self._is_free(each)])
        if not await self._count(self._together):
            raise TooManyAttempts(await self._throttle.seconds(self._together))

    async def failed(self) -> None:
        """Count the failure."""
        for counted in self._apart:
            await self._count(counted)

    async def failed_in_time(self) -> None:
        """Count the failure; raises TooManyAttempts where others have used up what there was.

        Guesses that begin at once all find room. So many are told of as there was room for.
        """
        await self._pass([each for each in self._apart if not await self._count(each)])

    async def succeeded(self) -> None:
        """Let whoever guessed right begin anew; raises TooManyAttempts as for a wrong guess."""
        await self._pass([each for each in self._apart if not await self._is_free(each)])
        for counted in (self._together, self._beyond):
            await self._clear(counted)

    async def is_to_be_written(self, what: str) -> bool:
        """Whether to write down now that there was one more, or only to count it with the next."""
        for counted in self._written:
            if not await self._count((*counted, what)):
                return False
        return True

    async def failures(self) -> int:
        """How often guesses at the account have failed lately, wherever from."""
        limit, account = self._apart[0]
        stats = await self._throttle.ask(lambda limiter: limiter.get_window_stats(limit, account))
        return int(limit.amount - stats.remaining)

    async def is_within(self, known: Known) -> bool:
        """Count it, whatever comes of it; whether it is one that is let through.

        From where the account was used before only those from there count. From elsewhere an
        address beyond its own number takes nothing from the account's.
        """
        of_account, of_address, altogether = self._apart
        strangers = () if await known() else (of_address, of_account, altogether)
        for counted in (self._together, *strangers):
            if not await self._count(counted):
                return False
        return True

    async def _pass(self, used_up: Sequence[Counted]) -> None:
        """Raise TooManyAttempts where something is used up, unless the device is a known one."""
        for counted in used_up:
            if counted in self._passed:
                continue
            is_let_through = await self._known() and (
                counted != self._of_address or await self._count(self._beyond)
            )
            if not is_let_through:
                raise TooManyAttempts(await self._throttle.seconds(counted))
            self._passed.append(counted)

    async def _clear(self, counted: Counted) -> None:
        await self._throttle.ask(lambda limiter: limiter.clear(*counted))

    async def _is_free(self, counted: Counted) -> bool:
        return await self._throttle.ask(lambda limiter: limiter.test(*counted))

    async def _count(self, counted: Counted) -> bool:
        return await self._throttle.ask(lambda limiter: limiter.hit(*counted))


def _redis(url: str) -> RedisStorage:
    scheme = "async+redis+" if url.startswith("unix:") else "async+"
    return RedisStorage(
        f"{scheme}{url}",
        implementation="redispy",
        key_prefix=_PREFIX,
        socket_timeout=_PATIENCE_SECONDS,
        socket_connect_timeout=_PATIENCE_SECONDS,
    )
