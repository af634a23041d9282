"""Lessons that something is written to, and the pupils who are in them."""

import models
from access import scopes
from access.roles import Relations
from access.rows import reached
from errors import UserError
from resolvers.work import Work
from schema.declaration.ids import decode


async def lesson_to_write(work: Work, given: str, via: Relations) -> models.Lesson:
    """The lesson with the given id, for those who may write into its journal; raises UserError."""
    return await work.reach(models.Lesson, scopes.LESSONS, "Lesson", given, via=via, at="lessonId")


async def enrolled_student(work: Work, lesson: models.Lesson, given: str, *at: str) -> int:
    """The number of a pupil who is in the lesson's class on its day; raises UserError.

    Whoever reaches the lesson reaches its pupils; of others it must not be told whether they are.
    """
    number = decode("Student", given)
    if await models.DiaryEntry.filter(lesson_id=lesson.id, student_id=number or 0).exists():
        return number or 0
    if await reached(scopes.STUDENTS, work.viewer).filter(id=number or 0).exists():
        raise UserError("NOT_ENROLLED", "The pupil is not in this class on that day.", *at)
    raise UserError("NOT_FOUND", "There is no such object.", *at)
