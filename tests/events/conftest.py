"""One school for tests that only compare it before with it after."""

import pytest

from tests.diary import Diary
from tests.events.story import Story, a_story


@pytest.fixture(scope="module")
async def story(diary: Diary) -> Story:
    return await a_story(diary)
