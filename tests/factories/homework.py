"""Homework of a lesson."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from models import (
    Homework,
    HomeworkAnswer,
    HomeworkAnswerAttachment,
    HomeworkAnswerRevision,
    Lesson,
)
from tests.factories.made import serial
from tests.factories.people import PupilMade


async def a_homework(
    lesson: Lesson, text: str, due_on: date | None = None, **columns: Any
) -> Homework:
    """Homework for the day after the lesson unless told."""
    return await Homework.create(
        lesson=lesson,
        section_id=lesson.section_id,
        text=text,
        due_on=due_on or lesson.date + timedelta(days=1),
        **columns,
    )


async def an_answer(homework: Homework, pupil: PupilMade, text: str = "x = 3") -> HomeworkAnswer:
    """A pupil's first answer."""
    at = datetime.now(UTC)
    answer = await HomeworkAnswer.create(
        homework=homework, student=pupil.row, text=text, version=1, answered_at=at, done_at=at
    )
    await HomeworkAnswerRevision.create(answer=answer, version=1, text=text, at=at)
    return answer


async def an_answers_file(answer: HomeworkAnswer, name: str) -> HomeworkAnswerAttachment:
    """A file that goes with an answer as it is now."""
    return await HomeworkAnswerAttachment.create(
        answer=answer,
        version=answer.version,
        file_id=serial(),
        name=name,
        size_bytes=2_048,
        media_type="image/jpeg",
    )
