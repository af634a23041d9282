"""Homework of a lesson."""

from datetime import date, timedelta

from models import Homework, Lesson


async def a_homework(lesson: Lesson, text: str, due_on: date | None = None) -> Homework:
    """Homework for the day after the lesson unless told."""
    return await Homework.create(
        lesson=lesson, text=text, due_on=due_on or lesson.date + timedelta(days=1)
    )
