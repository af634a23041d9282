"""Running a plan: one statement, whose answer is the JSON itself."""

from collections.abc import Sequence
from typing import Any

from tortoise.connection import get_connection

from planner.sql import HIDDEN

_HIDDEN = HIDDEN.encode()


async def fetch(sql: str, values: Sequence[Any]) -> bytes | None:
    """The statement's one value; None where its guard did not let it answer."""
    client: Any = get_connection("default")
    async with client.acquire_connection() as connection:
        found: bytes | None = await connection.fetchval(sql, *values)
    return found


def is_whole(data: bytes) -> bool:
    """Whether nothing is hidden in it that may not be null, which only graphql-core can answer."""
    return _HIDDEN not in data
