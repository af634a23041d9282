"""Passwords: argon2id, off the event loop, and the same time for accounts that are not there."""

import asyncio
import unicodedata
from collections.abc import Sequence
from enum import Enum, auto
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

# RFC 9106's second recommended option, for servers that cannot give 2 GiB to a sign-in.
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
LONGEST = 128
SHORTEST = 15
"""NIST SP 800-63B-4, 3.1.1.2: a password that is all there is has 15 characters at the least."""
# Of what zxcvbn tells from 0 to 4: 3 withstands who has got hold of the slowly hashed passwords.
_HARD_ENOUGH = 3
# What is behind it says little about how hard it is, and takes zxcvbn long.
_LOOKED_AT = 72
_OURS = ("school", "diary", "schooldiary", "школа", "дневник", "сетевой", "город")


class Problem(Enum):
    """Why a password is not to be taken."""

    TOO_SHORT = auto()
    TOO_LONG = auto()
    EASY_TO_GUESS = auto()


async def problem_with(password: str, stored: str, words: Sequence[str]) -> Problem | None:
    """What is wrong with a new password, instead of the stored one, of whom these words belong to.

    As NIST SP 800-63B-4 says: length, and what attackers try first (the commonest passwords, words,
    names, dates, keyboards, repetitions); no rules about kinds of characters.
    """
    normal = _normal(password)
    if len(normal) < SHORTEST:
        return Problem.TOO_SHORT
    if len(normal) > LONGEST:
        return Problem.TOO_LONG
    if await is_right(password, stored):
        return Problem.EASY_TO_GUESS
    found = await asyncio.to_thread(zxcvbn, normal[:_LOOKED_AT], [*_OURS, *words])
    return None if found["score"] >= _HARD_ENOUGH else Problem.EASY_TO_GUESS


def hash_password(password: str) -> str:
    """The argon2id encoding to be stored; takes tens of milliseconds."""
    return _HASHER.hash(_normal(password))


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
        return _HASHER.verify(stored or _nobodys(), _normal(password))
    except (VerificationError, InvalidHashError):
        return False


def _normal(password: str) -> str:
    """The same text however a keyboard composes its letters (й is one character, or two)."""
    return unicodedata.normalize("NFC", password)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    """A hash that no password is compared with but for its time."""
    return hash_password("nobody has this password")
