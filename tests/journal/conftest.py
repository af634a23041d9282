"""A story for each test, and one for many that can share it."""

import pytest

from tests.diary import Diary
from tests.journal.desks import Desk, a_desk
from tests.journal.sheets import Page, a_page
from tests.journal.story import Story, a_story


@pytest.fixture
async def story(diary: Diary) -> Story:
    return await a_story(diary)


@pytest.fixture(scope="module")
async def unmarked(diary: Diary) -> Story:
    """One story for tests that only compare it before with it after."""
    return await a_story(diary)


@pytest.fixture
async def page(diary: Diary) -> Page:
    return await a_page(diary)


@pytest.fixture
async def desk(diary: Diary) -> Desk:
    return await a_desk(diary)
