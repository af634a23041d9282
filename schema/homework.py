"""Homework as clients see it, and what teachers send to give it."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

import models
from access import scopes
from schema.curriculum import Subject
from schema.declaration import Node, Through, column, entity, found, many, one, payload
from schema.errors import UserError

if TYPE_CHECKING:
    from schema.homework_answers import StudentHomework
    from schema.people import Student
    from schema.timetable import Lesson

_Student = Annotated["Student", strawberry.lazy("schema.people")]
_Lesson = Annotated["Lesson", strawberry.lazy("schema.timetable")]
_StudentHomework = Annotated["StudentHomework", strawberry.lazy("schema.homework_answers")]

_ERRORS = "Why nothing was changed; empty when it was."
_WARNINGS = "What is to be thought of, though it was done; null when nothing was."
_DUE_ON = "The day by which it is due; not before the lesson."
_DUE_LESSON = "The later lesson of the section for which it is due, instead of a day."
_MINUTES = "How long it should take, in minutes, 1–600."
_MANDATORY = "Whether it is told as overdue where it is not done."
_ANSWERS = "Whether pupils answer it here, by its day."
_REASON = (
    "Why, 1–1000 characters, from those who write where teachers may no more: on a page that is "
    "locked. Kept for ever."
)
_LATE_ANSWERS = "Whether they may still answer when the day is over."


@entity(reach=scopes.HOMEWORK)
class Homework(Node):
    """Homework that was given at a lesson (домашнее задание)."""

    text: str = column(description="What is to be done.")
    due_on: date = column(description="The day by which it is to be done.")
    due_lesson: _Lesson | None = one(
        description="The lesson for which it is due; when that is moved, the day moves with it."
    )
    lesson: _Lesson | None = one(description="The lesson at which it was given.")
    subject: Subject = one("section__subject_id", description="In which subject.")
    expected_minutes: int | None = column(
        description="How long it should take, in minutes; null where nobody has said so."
    )
    is_mandatory: bool = column(description=_MANDATORY)
    is_individual: bool = column(
        description="Whether it is for some pupils alone; others neither see nor hear of it."
    )
    takes_answers: bool = column(description=_ANSWERS)
    takes_late_answers: bool = column(description=_LATE_ANSWERS)
    version: int = column(description="What a change of it must be made from.")
    recipients: list[_Student] = many(
        description="For whom individual homework is, by name; a family is told of its own.",
        through=Through(models.HomeworkRecipient, on={"homework_id": "id"}, key="student_id"),
        order_by=("person__full_name", "id"),
        expected=1,
    )
    students: list[_StudentHomework] = many(
        description="Who has it, by name, with what they have done of it; a family is told of its "
        "own.",
        on={"homework_id": "id"},
        order_by=("student__person__full_name", "student_id"),
        expected=30,
    )


def homework_given() -> Any:
    """What a pupil was told to do at a row that is one lesson of theirs."""
    return many(
        description="Homework given at it.",
        through=Through(
            models.StudentHomework,
            on={"student_id": "student_id", "lesson_id": "lesson_id"},
            key="homework_id",
        ),
        order_by=("due_on", "id"),
        expected=1,
    )


@strawberry.input(
    description="Homework to be given at a lesson; unless told when, for the section's next one."
)
class AssignHomeworkInput:
    """Homework to be given at a lesson; unless told when, for the section's next one."""

    lesson_id: strawberry.ID = strawberry.field(description="At which lesson it is given.")
    text: str = strawberry.field(description="What is to be done, 1–4000 characters.")
    due_on: date | None = strawberry.field(default=None, description=_DUE_ON)
    due_lesson_id: strawberry.ID | None = strawberry.field(default=None, description=_DUE_LESSON)
    student_ids: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="For which pupils alone it is, 1–100; for all of the lesson unless told.",
    )
    expected_minutes: int | None = strawberry.field(default=None, description=_MINUTES)
    is_mandatory: bool = strawberry.field(default=False, description=_MANDATORY)
    takes_answers: bool = strawberry.field(default=False, description=_ANSWERS)
    takes_late_answers: bool = strawberry.field(default=False, description=_LATE_ANSWERS)
    reason: str | None = strawberry.field(default=None, description=_REASON)


@strawberry.type(description="Pupils have more to do on a day than the norm of their grade.")
class HomeworkWarning:
    """Pupils have more to do on a day than the norm of their grade."""

    message: str = strawberry.field(description="The same as a sentence.")
    due_on: date = strawberry.field(description="On which day.")
    norm_minutes: int = strawberry.field(
        description="How much the norm lets be given for a day, in minutes (СанПиН 1.2.3685-21)."
    )
    most_minutes: int = strawberry.field(
        description="How much the pupil with the most has by now, in minutes."
    )
    student_count: int = strawberry.field(description="How many pupils have more than the norm.")


@payload
class AssignHomeworkPayload:
    """The homework that was given, or why it was not."""

    homework: Homework | None = found(description="The homework.")
    warnings: list[HomeworkWarning] | None = strawberry.field(description=_WARNINGS)
    user_errors: list[UserError] = strawberry.field(description="Why nothing was changed.")


@strawberry.input(description="A change of homework. What is left out stays as it is.")
class ChangeHomeworkInput:
    """A change of homework. What is left out stays as it is; for whom it is, stays always."""

    homework_id: strawberry.ID = strawberry.field(description="Which homework.")
    version: int = strawberry.field(description="The version that the change is made from.")
    text: str | None = strawberry.field(
        default=strawberry.UNSET, description="What is to be done, 1–4000 characters."
    )
    due_on: date | None = strawberry.field(default=strawberry.UNSET, description=_DUE_ON)
    due_lesson_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description=_DUE_LESSON
    )
    expected_minutes: int | None = strawberry.field(
        default=strawberry.UNSET, description=f"{_MINUTES} Null takes it away."
    )
    is_mandatory: bool | None = strawberry.field(default=strawberry.UNSET, description=_MANDATORY)
    takes_answers: bool | None = strawberry.field(default=strawberry.UNSET, description=_ANSWERS)
    takes_late_answers: bool | None = strawberry.field(
        default=strawberry.UNSET, description=_LATE_ANSWERS
    )
    reason: str | None = strawberry.field(default=None, description=_REASON)


@payload
class ChangeHomeworkPayload:
    """The homework as it is now, or why it was not changed."""

    homework: Homework | None = found(description="The homework.")
    warnings: list[HomeworkWarning] | None = strawberry.field(description=_WARNINGS)
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="Homework to be taken back.")
class RemoveHomeworkInput:
    """Homework to be taken back."""

    homework_id: strawberry.ID = strawberry.field(description="Which homework.")
    version: int = strawberry.field(description="The version that was seen last.")
    reason: str | None = strawberry.field(default=None, description=_REASON)


@payload
class RemoveHomeworkPayload:
    """The homework that was taken back, or why it was not."""

    homework_id: strawberry.ID | None = strawberry.field(description="The id that it had.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)
