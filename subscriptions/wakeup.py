"""A wake-up: the number of a topic's newest entry, merged with those nobody has seen yet."""

import asyncio
import sys

UNKNOWN = sys.maxsize
"""More may have happened than anybody counted. Above every number, so merging never loses it."""


def encode(seq: int) -> str:
    """Write a number as it travels on the bus."""
    return str(seq)


def decode(message: str) -> int:
    """Read a number from the bus; `UNKNOWN` for what is none, since reading the log is harmless."""
    try:
        return int(message)
    except ValueError:
        return UNKNOWN


class WakeUps:
    """Wake-ups of one topic on their way to one reader; however many come, one number is kept."""

    def __init__(self) -> None:
        self._highest = 0
        self._came = asyncio.Event()

    def note(self, seq: int) -> None:
        """Take a wake-up in; never blocks."""
        self._highest = max(self._highest, seq)
        self._came.set()

    async def wait(self) -> int:
        """Return the highest number since the last call."""
        await self._came.wait()
        self._came.clear()
        highest, self._highest = self._highest, 0
        return highest
