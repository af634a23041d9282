"""Homework: giving it, changing it and taking it back."""

import strawberry

from resolvers.homework.assigning import assign_homework
from resolvers.homework.changing import change_homework, remove_homework


@strawberry.type
class HomeworkMutation:
    """Giving homework, changing it, taking it back."""

    assign_homework = assign_homework
    change_homework = change_homework
    remove_homework = remove_homework
