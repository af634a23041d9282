"""How a refusal by the database is looked at: its name, and that it left nothing behind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError

from tests.models import twin


@asynccontextmanager
async def refused(by: str) -> AsyncIterator[None]:
    """Expect the constraint of that name to refuse, and no table to have gained or lost a row."""
    before = await _counts()
    with pytest.raises(IntegrityError) as raised:
        yield
    assert getattr(raised.value.__cause__, "constraint_name", None) == by
    assert await _counts() == before


async def _counts() -> dict[str, int]:
    """How many rows every table has, in one statement: it runs twice for every refusal."""
    tables = map(twin.table, Tortoise.apps["diary"].values())
    counts = ", ".join(f"(SELECT count(*) FROM {table}) AS {table}" for table in tables)  # noqa: S608  # the models' own tables
    [found] = await get_connection("default").execute_query_dict(f"SELECT {counts}")
    return dict(found)
