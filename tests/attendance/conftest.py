"""A story for each test, and one for many that only compare it before with it after."""

import pytest

from tests.attendance.story import Story, a_story
from tests.diary import Diary


@pytest.fixture
async def story(diary: Diary) -> Story:
    return await a_story(diary)


@pytest.fixture(scope="module")
async def quiet(diary: Diary) -> Story:
    return await a_story(diary)
