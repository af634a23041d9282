"""What pupils have done of homework, as clients see it and as they say it."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from tortoise.expressions import Q

from access import results, scopes
from schema import attached
from schema.curriculum import Subject
from schema.declaration import (
    Node,
    Page,
    column,
    computed,
    connection,
    entity,
    found,
    identifier,
    many,
    one,
    payload,
)
from schema.errors import UserError
from schema.homework import Homework
from schema.staff import StaffMember

if TYPE_CHECKING:
    from schema.people import Student

_Student = Annotated["Student", strawberry.lazy("schema.people")]
_ERRORS = "Why nothing was changed; empty when it was."
_PAGE = Page(default=20, most=100)


@entity(reach=scopes.HOMEWORK_ANSWER_ATTACHMENTS)
class HomeworkAnswerAttachment:
    """A file that goes with an answer (вложение)."""

    file_id: strawberry.ID = attached.file_id()
    name: str = attached.name()
    size_bytes: int = attached.size_bytes()
    media_type: str = attached.media_type()


def _attachments(of: str) -> Any:
    """The files of a row that is an answer at one moment; the answer's id stands in that column."""
    return many(
        description="The files that go with it, in the order in which they were named.",
        on={"answer_id": of, "version": "version"},
        order_by=("id",),
        expected=0,
    )


@entity(reach=scopes.HOMEWORK_ANSWER_REVISIONS)
class HomeworkAnswerRevision(Node):
    """An answer as it was given at one moment; it is never changed."""

    version: int = column(description="Its place among the pupil's answers, from 1.")
    text: str = column(description="What the pupil answered.")
    attachments: list[HomeworkAnswerAttachment] = _attachments("answer_id")
    at: dt.datetime = column(description="When.")


@entity(reach=scopes.HOMEWORK_ANSWERS)
class HomeworkAnswer(Node):
    """What a pupil has done of homework: that it is done, and an answer where it takes one."""

    homework: Homework | None = one(description="Of which homework; null when that is gone.")
    student: _Student | None = one(description="Whose it is.")
    is_done: bool = computed(
        "{row}.done_at IS NOT NULL", description="Whether the pupil says that it is done."
    )
    done_at: dt.datetime | None = column(description="Since when.")
    text: str | None = column(description="The answer; null where there is none yet.")
    attachments: list[HomeworkAnswerAttachment] = _attachments("id")
    version: int = column(description="How many times it was given, 0 where it was not.")
    answered_at: dt.datetime | None = column(description="When it was given last.")
    was_read: bool = computed(
        "{row}.read_at IS NOT NULL", description="Whether a teacher has read the last answer."
    )
    comment: str | None = column(description="What a teacher says of it.")
    commented_at: dt.datetime | None = column(description="When.")
    commented_by: StaffMember | None = one(description="Who says it.")
    revisions: list[HomeworkAnswerRevision] = many(
        description="All that was ever answered, the first one first.",
        on={"answer_id": "id"},
        order_by=("version",),
        expected=1,
    )


@entity(reach=scopes.STUDENT_HOMEWORK)
class StudentHomework:
    """Homework as one pupil has it, with what the pupil has done of it."""

    homework_id: strawberry.ID = identifier(
        "Homework", path="homework_id", description="The homework's id."
    )
    homework: Homework | None = one(description="The homework.")
    student: _Student | None = one(description="The pupil.")
    due_on: dt.date = column(description="The day by which it is to be done.")
    is_done: bool = column(description="Whether the pupil says that it is done.")
    is_overdue: bool = column(
        description="Whether it is mandatory, its day has passed and it is not done."
    )
    answer: HomeworkAnswer | None = one(
        description="What the pupil has done of it; null where that is nothing yet.",
        on={"homework_id": "homework_id", "student_id": "student_id"},
    )


def overdue_homework(of: str) -> Any:
    """Overdue homework of the row whose id stands in that column."""
    return connection(
        description="Mandatory homework past its day that is not done, the oldest first.",
        on={of: "id"},
        where=Q(is_overdue=True),
        order_by=("due_on", "homework_id", "student_id"),
        page=_PAGE,
        looks_through=500,
    )


@entity(reach=results.OVERDUE_IN_CLASSES)
class ClassOverdueHomework:
    """Mandatory homework past its day that a pupil of a class has not done."""

    homework_id: strawberry.ID = identifier(
        "Homework", path="homework_id", description="The homework's id."
    )
    homework: Homework | None = one(description="The homework.")
    student: _Student | None = one(description="Who has not done it.")
    subject: Subject = one("section__subject_id", description="In which subject.")
    due_on: dt.date = column(description="The day by which it was to be done.")


def homework_due() -> Any:
    """What a pupil is to have done for a row that is one lesson of theirs."""
    return many(
        description="Homework that is due in the subject on this day, whenever it was given.",
        on={"student_id": "student_id", "section_id": "section_id", "due_on": "date"},
        order_by=("homework_id",),
        expected=1,
    )


@strawberry.input(description="Whether homework is done.")
class MarkHomeworkDoneInput:
    """Whether homework is done."""

    homework_id: strawberry.ID = strawberry.field(description="Which homework.")
    done: bool = strawberry.field(default=True, description="False takes it back.")


@payload
class MarkHomeworkDonePayload:
    """What the pupil has done of it by now, or why nothing was changed."""

    answer: HomeworkAnswer | None = found(
        description="What is on record; null where there was and is nothing."
    )
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="An answer to homework.")
class AnswerHomeworkInput:
    """An answer to homework."""

    homework_id: strawberry.ID = strawberry.field(description="Which homework.")
    text: str = strawberry.field(
        description="The answer, 1–8000 characters; may be empty where files go with it."
    )
    attachment_ids: list[strawberry.ID] = attached.attachment_ids()
    version: int = strawberry.field(
        default=0,
        description="The version of the answer that this one takes the place of; 0: the first one.",
    )


@payload
class AnswerHomeworkPayload:
    """The answer, or why it was not taken."""

    answer: HomeworkAnswer | None = found(description="The answer; the homework is done by it.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="An answer that was read.")
class ReadHomeworkAnswerInput:
    """An answer that was read."""

    answer_id: strawberry.ID = strawberry.field(description="Which answer.")
    version: int = strawberry.field(description="The version that was read.")


@payload
class ReadHomeworkAnswerPayload:
    """The answer that was read, or why it is not taken for that."""

    answer: HomeworkAnswer | None = found(description="The answer.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="What a teacher says of an answer, in place of what was said before.")
class CommentHomeworkAnswerInput:
    """What a teacher says of an answer, in place of what was said before."""

    answer_id: strawberry.ID = strawberry.field(description="Which answer.")
    version: int = strawberry.field(description="The version that is spoken of.")
    comment: str | None = strawberry.field(
        description="What is said, 1–2000 characters; null takes it away."
    )


@payload
class CommentHomeworkAnswerPayload:
    """The answer with the comment, or why there is none."""

    answer: HomeworkAnswer | None = found(description="The answer; it counts as read.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)
