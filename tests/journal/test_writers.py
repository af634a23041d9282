"""Families and strangers write nothing into a journal."""

from typing import Any

import pytest

from tests.diary import Diary
from tests.factories import gid
from tests.journal.story import Story, untouched
from tests.sessions import signed_in
from tests.traces import announced

pytestmark = pytest.mark.usefixtures("database")


_WRITING: dict[str, dict[str, Any]] = {
    "RecordMark": {"lessonId": "", "studentId": "", "value": 5},
    "CorrectMark": {"markId": "", "version": 1, "value": 4, "reason": "Описка"},
    "RemoveMark": {"markId": "", "version": 1, "reason": "Описка"},
}


@pytest.mark.parametrize("operation", _WRITING)
async def test_a_family_and_nobody_write_nothing(
    diary: Diary, story: Story, operation: str
) -> None:
    mark = await story.lesson.mark(story.pupil, 5)
    ids = {
        "lessonId": gid("Lesson", story.lesson.id),
        "studentId": gid("Student", story.pupil.id),
        "markId": gid("Mark", mark.id),
    }
    given = {name: ids.get(name, value) for name, value in _WRITING[operation].items()}
    field = operation[0].lower() + operation[1:]
    for client, code in (
        (await signed_in(diary, story.pupil), "FORBIDDEN"),
        (await signed_in(diary, await story.pupil.guardian()), "FORBIDDEN"),
        (diary.nobody, "UNAUTHENTICATED"),
    ):
        answer = await client.ask(operation, input=given)
        assert (answer.partial, answer.refused) == (None, [(code, field)])
    await untouched(mark)
    assert (await story.marks(), await announced(story.school)) == (1, [])
