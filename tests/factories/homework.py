"""Homework of a lesson."""

from datetime import date, timedelta
from typing import Any

from models import Homework, Lesson


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
