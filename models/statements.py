"""Counting of statements, for those who want to know what an answer cost."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass
class Count:
    """How many statements were sent, once `settle` has been awaited."""

    statements: int = 0

    async def settle(self) -> None:
        """Let those be counted that have just ended: their news comes in the loop's next turn."""
        await asyncio.sleep(0)
        await asyncio.sleep(0)


_COUNT: ContextVar[Count | None] = ContextVar("count", default=None)


@contextmanager
def counted() -> Iterator[Count]:
    """Count what is sent meanwhile by this task and by those that it starts."""
    count = Count()
    token = _COUNT.set(count)
    try:
        yield count
    finally:
        _COUNT.reset(token)


async def watch(connection: Any) -> None:
    """Have a new connection's statements counted."""
    connection.add_query_logger(note)


def note(_statement: Any = None) -> None:
    """Count one."""
    if (count := _COUNT.get()) is not None:
        count.statements += 1
