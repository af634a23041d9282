"""Homework as clients see it."""

from datetime import date

import strawberry

from access import scopes
from schema.declaration import Node, column, entity, found, payload
from schema.errors import UserError


@entity(reach=scopes.HOMEWORK)
class Homework(Node):
    """Homework that was given at a lesson (домашнее задание)."""

    text: str = column(description="What is to be done.")
    due_on: date = column(description="The day by which it is to be done.")


@strawberry.input(description="Homework to be given at a lesson.")
class AssignHomeworkInput:
    """Homework to be given at a lesson."""

    lesson_id: strawberry.ID = strawberry.field(description="At which lesson it is given.")
    text: str = strawberry.field(description="What is to be done, 1–4000 characters.")
    due_on: date = strawberry.field(
        description="The day by which it is due; not before the lesson."
    )


@payload
class AssignHomeworkPayload:
    """The homework that was given, or why it was not."""

    homework: Homework | None = found(description="The homework.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was changed.")
