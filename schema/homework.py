"""Homework as clients see it."""

from datetime import date

from access import scopes
from schema.declaration import Node, column, entity


@entity(scopes.HOMEWORK)
class Homework(Node):
    """Homework that was given at a lesson (домашнее задание)."""

    text: str = column(description="What is to be done.")
    due_on: date = column(description="The day by which it is to be done.")
