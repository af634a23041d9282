"""Giving homework."""

from collections.abc import Mapping
from typing import Any

import strawberry

import models
from access import rules
from errors import UserError
from models import ChangeArea
from resolvers import limits
from resolvers.lessons import lesson_to_write
from resolvers.mutation import mutation
from resolvers.work import Work, all_of
from schema.homework import AssignHomeworkInput, AssignHomeworkPayload
from subscriptions import topics

_LONGEST_TEXT = 4000


@mutation(AssignHomeworkPayload, allow=rules.JOURNAL_WRITERS)
async def assign_homework(work: Work, input: AssignHomeworkInput) -> Mapping[str, Any]:  # noqa: A002
    """Give homework at a lesson."""
    all_of((limits.required_text(input.text, _LONGEST_TEXT, "text"),))
    lesson = await lesson_to_write(work, input.lesson_id, rules.JOURNAL_WRITERS)
    if input.due_on < lesson.date:
        raise UserError("IN_PAST", "Homework is due on the lesson's day or later.", "dueOn")
    values: dict[str, Any] = {"text": input.text.strip(), "due_on": input.due_on}
    homework = await models.Homework.create(lesson_id=lesson.id, **values)
    school_class = await models.SchoolClass.get(id=lesson.school_class_id)
    await work.audit("homework.assigned", homework, after=values)
    topic = topics.school(school_class.organization_id)
    work.announce(topic, ChangeArea.HOMEWORK, "ASSIGNED", row=homework)
    return {"homework": homework.id}


@strawberry.type
class HomeworkMutation:
    """Giving homework."""

    assign_homework = assign_homework
