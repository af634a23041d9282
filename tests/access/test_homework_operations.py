"""Every operation on homework and on looking into the diary × everybody: those of 7А."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.access.cast import Cast, Who
from tests.access.outcomes import (
    Deed,
    Outcome,
    Table,
    assert_comes_to,
    assert_names_everybody_once,
    cases,
    others_forbidden,
)
from tests.factories import LessonMade, gid
from tests.factories.homework import an_answer

TEACH_THE_CLASS = {
    Who.TEACHER_OF_RUSSIAN,
    Who.TEACHER_OF_SPORTS,
    Who.RUSSIAN_AND_HOMEROOM,
    Who.RUSSIAN_AND_DEPUTY,
}
OTHER_TEACHERS = {
    *TEACH_THE_CLASS,
    Who.TEACHER_OF_NEIGHBOURS,
    Who.TEACHER_OF_STRANGERS,
    Who.FORMER_TEACHER,
    Who.COMING_TEACHER,
    Who.FORMER_SUBSTITUTE,
    Who.COMING_SUBSTITUTE,
    Who.HOMEROOM_OF_NEIGHBOURS,
    Who.HOMEROOM_OF_STRANGERS,
}
# It is the teachers' and the deputy head's; a homeroom teacher and the family read it.
_TEACHING = others_forbidden(
    {
        Outcome.DONE: {Who.TEACHER, Who.SUBSTITUTE, Who.DEPUTY},
        Outcome.READ_ONLY: {Who.HOMEROOM, Who.TEACHER_AND_GUARDIAN},
        Outcome.HIDDEN: {*OTHER_TEACHERS, Who.DEPUTY_ELSEWHERE},
    }
)
# What is done of it, each pupil says of their own.
_DOING = others_forbidden(
    {
        Outcome.DONE: {Who.PUPIL, Who.CLASSMATE},
        Outcome.HIDDEN: {Who.NEIGHBOUR, Who.STRANGER},
    }
)
OF_HOMEWORK: Mapping[str, Table] = {
    "AssignHomework": _TEACHING,
    "ChangeHomework": _TEACHING,
    "RemoveHomework": _TEACHING,
    "ReadHomeworkAnswer": _TEACHING,
    "CommentHomeworkAnswer": _TEACHING,
    "MarkHomeworkDone": _DOING,
    "AnswerHomework": _DOING,
}
_TRACES = {"audit_entry": 1, "change_entry": 1}
_CHANGES: Mapping[str, Mapping[str, int]] = {
    "AssignHomework": {**_TRACES, "homework": 1},
    "ChangeHomework": {**_TRACES, "homework": 1},
    "RemoveHomework": {**_TRACES, "homework": 1},
    "ReadHomeworkAnswer": {**_TRACES, "homework_answer": 1},
    "CommentHomeworkAnswer": {**_TRACES, "homework_answer": 1},
    "MarkHomeworkDone": {**_TRACES, "homework_answer": 1},
    "AnswerHomework": {**_TRACES, "homework_answer": 1, "homework_answer_revision": 1},
}
_SHOWN = {
    "AssignHomework": "homework { id }",
    "ChangeHomework": "homework { id }",
    "RemoveHomework": "homeworkId",
}


@pytest.fixture(scope="module")
async def lesson(cast: Cast) -> LessonMade:
    """Return a lesson of the algebra of 7А that nothing was written to."""
    return await cast.world.algebra.lesson()


@pytest.mark.parametrize(("operation", "who", "outcome"), cases(OF_HOMEWORK))
async def test_a_mutation_of_homework(
    cast: Cast, lesson: LessonMade, operation: str, who: Who, outcome: Outcome
) -> None:
    given = await _input(cast, lesson, operation)
    deed = Deed(_document(operation), given, next(iter(given)))
    await assert_comes_to(cast, who, outcome, deed, _CHANGES[operation])


@pytest.mark.parametrize("table", OF_HOMEWORK.values(), ids=OF_HOMEWORK)
def test_a_table_of_homework_names_everybody_once(table: Table) -> None:
    assert_names_everybody_once(table)


async def _input(cast: Cast, lesson: LessonMade, operation: str) -> dict[str, Any]:
    """What is sent, about homework that is new each time."""
    if operation == "AssignHomework":
        at = {"lessonId": gid("Lesson", lesson.id)}
        return {**at, "text": "№ 1", "dueOn": str(lesson.row.date)}
    homework = await lesson.homework("№ 2", takes_answers=True)
    more = {"ChangeHomework": {"text": "№ 3"}, "AnswerHomework": {"text": "x = 3"}}
    if operation in ("ReadHomeworkAnswer", "CommentHomeworkAnswer"):
        answer = await an_answer(homework, cast.world.pupil)
        held = {"answerId": gid("HomeworkAnswer", answer.id), "version": 1}
        return held | ({"comment": "!"} if operation == "CommentHomeworkAnswer" else {})
    version = {"version": 1} if operation in ("ChangeHomework", "RemoveHomework") else {}
    return {"homeworkId": gid("Homework", homework.id)} | version | more.get(operation, {})


def _document(operation: str) -> str:
    field = operation[0].lower() + operation[1:]
    return (
        f"mutation ($input: {operation}Input!) {{ {field}(input: $input) {{ "
        f"{_SHOWN.get(operation, 'answer { id }')} userErrors {{ code message field }} }} }}"
    )
