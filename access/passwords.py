"""Passwords: argon2id, off the event loop, and the same time for accounts that are not there."""

import asyncio
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# RFC 9106's second recommended option, for servers that cannot give 2 GiB to a sign-in.
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
LONGEST = 128


def hash_password(password: str) -> str:
    """The argon2id encoding to be stored; takes tens of milliseconds."""
    return _HASHER.hash(password)


async def is_right(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one; without a stored one takes as long and says no."""
    if len(password) > LONGEST:
        return False
    matches = await asyncio.to_thread(_matches, password, stored)
    return matches and stored is not None


async def renewed(password: str) -> str:
    """The encoding with today's parameters."""
    return await asyncio.to_thread(hash_password, password)


def needs_rehash(stored: str) -> bool:
    """Whether the stored encoding was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def _matches(password: str, stored: str | None) -> bool:
    try:
        return _HASHER.verify(stored or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobodys() -> str:
    """A hash that no password is compared with but for its time."""
    return hash_password("nobody has this password")
