"""Homework: giving it, changing it, doing it and answering it."""

import strawberry

from resolvers.homework.answering import answer_homework, mark_homework_done
from resolvers.homework.assigning import assign_homework
from resolvers.homework.changing import change_homework, remove_homework
from resolvers.homework.commenting import comment_homework_answer, read_homework_answer


@strawberry.type
class HomeworkMutation:
    """Giving homework, changing it, taking it back; what pupils do of it, and teachers say."""

    assign_homework = assign_homework
    change_homework = change_homework
    remove_homework = remove_homework
    mark_homework_done = mark_homework_done
    answer_homework = answer_homework
    read_homework_answer = read_homework_answer
    comment_homework_answer = comment_homework_answer
