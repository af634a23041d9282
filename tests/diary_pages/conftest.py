"""A story for each test."""

import pytest

from tests.diary import Diary
from tests.homework.story import Story, a_story


@pytest.fixture
async def story(diary: Diary) -> Story:
    return await a_story(diary)
