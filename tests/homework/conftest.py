"""A story for each test, and one for those that only compare it before with it after."""

import pytest

from tests.diary import Diary
from tests.homework.story import Story, a_story


@pytest.fixture
async def story(diary: Diary) -> Story:
    return await a_story(diary)


@pytest.fixture(scope="module")
async def shared(diary: Diary) -> Story:
    return await a_story(diary)
