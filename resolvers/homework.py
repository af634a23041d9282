"""Giving homework."""

from collections.abc import Mapping
from typing import Any

import strawberry

from access import scopes, writing
from errors import UserError
from models import ChangeArea, ChangeKind, Homework
from resolvers import limits
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.homework import AssignHomeworkInput, AssignHomeworkPayload
from subscriptions import topics
from subscriptions.log import Change

_LONGEST_TEXT = 4000
_LESSON = Reading(
    writing.HOMEWORK_LESSONS,
    "Lesson",
    frozenset(writing.HOMEWORK_LESSONS.by),
    """
    SELECT {row}.id, {row}.date, class.organization_id, nextval('homework_id_seq') AS homework_id,
           ARRAY(SELECT student_id FROM diary_entry WHERE lesson_id = {row}.id) AS students
    FROM {rows} JOIN school_class class ON class.id = {row}.school_class_id
    WHERE {reached}
    """,
    seen=scopes.LESSONS,
)


@mutation(AssignHomeworkPayload, allow=_LESSON.via, locks=False)
async def assign_homework(work: Work, input: AssignHomeworkInput) -> Mapping[str, Any]:  # noqa: A002
    """Give homework at a lesson."""
    all_of((limits.required_text(input.text, _LONGEST_TEXT, "text"),))
    lesson = await work.read(_LESSON, input.lesson_id, "lessonId")
    if input.due_on < lesson["date"]:
        raise UserError("IN_PAST", "Homework is due on the lesson's day or later.", "dueOn")
    values: dict[str, Any] = {"text": input.text.strip(), "due_on": input.due_on}
    homework = lesson["homework_id"]
    work.writes.make(Homework, id=homework, lesson_id=lesson["id"], **values)
    school = lesson["organization_id"]
    work.audit("homework.assigned", Homework, homework, after=values, organization_id=school)
    topic, students = topics.school(school), lesson["students"]
    change = Change(topic, ChangeArea.HOMEWORK, ChangeKind.ASSIGNED, homework, students=students)
    work.announce(change)
    return {"homework": homework}


@strawberry.type
class HomeworkMutation:
    """Giving homework."""

    assign_homework = assign_homework
