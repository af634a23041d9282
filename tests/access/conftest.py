"""One cast for all tests of access: they change what is their own and leave the rest alone."""

import pytest

from tests.access.cast import Cast, a_cast
from tests.access.world import a_world
from tests.diary import Diary


@pytest.fixture(scope="session")
async def cast(database: str, diary: Diary) -> Cast:  # noqa: ARG001 — connects Tortoise
    """Return the people of the three classes."""
    return await a_cast(await a_world(), diary)
