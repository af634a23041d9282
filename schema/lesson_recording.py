"""A whole lesson's marks, attendance and topic, as a teacher sends them at once."""

from enum import StrEnum

import strawberry
from strawberry import UNSET

from models import AttendanceCode, MarkSign
from schema.declaration import describe_enum, found, payload
from schema.errors import UserError
from schema.journal import Attendance, Mark
from schema.timetable import Lesson


class LessonWarningCode(StrEnum):
    """What a teacher may want to look at again."""

    MARK_WITH_ABSENCE = "MARK_WITH_ABSENCE"


describe_enum(
    LessonWarningCode,
    "What a teacher may want to look at again.",
    MARK_WITH_ABSENCE="The pupil has a number for this very lesson and was absent from it.",
)


@strawberry.input(
    description="A mark in a cell: a new one, or, with `markId`, one to be changed or taken back."
)
class LessonMarkInput:
    """A mark in a cell: a new one, or, with `markId`, one to be changed or taken back."""

    mark_id: strawberry.ID | None = strawberry.field(
        default=None, description="Which mark of the cell; left out, a new one is given."
    )
    version: int | None = strawberry.field(
        default=None, description="With `markId`: the version that was seen last."
    )
    is_removed: bool = strawberry.field(
        default=False, description="With `markId`: take the mark back."
    )
    value: int | None = strawberry.field(
        default=UNSET, description="1–5. Of a mark to be changed, what is left out stays as it is."
    )
    sign: MarkSign | None = strawberry.field(
        default=UNSET, description="A word instead of a value."
    )
    assignment_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Of a new mark: for which work of the section, set at this lesson or another; "
        "its kind and weight are the mark's.",
    )
    work_type: str | None = strawberry.field(
        default=None,
        description="Of a new mark: code or abbreviation of the school's work type; unless told, "
        "an answer at the lesson.",
    )
    weight: int | None = strawberry.field(
        default=UNSET, description="1–100; unless told, a new mark has the work type's."
    )
    comment: str | None = strawberry.field(
        default=UNSET, description="For the family; up to 1000 characters."
    )
    reason: str | None = strawberry.field(
        default=None,
        description="Why, 1–1000 characters; unless told, the lesson's reason. With `markId` it is "
        "needed, and for a new mark where teachers give none any more.",
    )


@strawberry.input(description="One pupil at the lesson: a cell of the journal.")
class LessonEntryInput:
    """One pupil at the lesson: a cell of the journal."""

    student_id: strawberry.ID = strawberry.field(description="Which pupil.")
    version: int | None = strawberry.field(
        default=None,
        description="The cell's version that was seen last (`JournalEntry.version`). Where it is "
        "told and somebody has written into the cell since, that is a CONFLICT.",
    )
    attendance: AttendanceCode | None = strawberry.field(
        default=None, description="Present or absent, and why; left out, it stays as it is."
    )
    note: str | None = strawberry.field(
        default=None, description="With `attendance`: a note, up to 500 characters."
    )
    marks: list[LessonMarkInput] = strawberry.field(
        default_factory=list, description="Marks to be given, changed and taken back, in order."
    )


@strawberry.input(description="A lesson as it was held; all of it is written, or nothing.")
class RecordLessonInput:
    """A lesson as it was held; all of it is written, or nothing."""

    lesson_id: strawberry.ID = strawberry.field(description="Which lesson.")
    topic: str | None = strawberry.field(
        default=UNSET,
        description="Its topic, 1–500 characters; null takes it away, left out it stays.",
    )
    entries: list[LessonEntryInput] = strawberry.field(
        default_factory=list,
        description="Up to 100 pupils, each once, with up to 300 marks together.",
    )
    reason: str | None = strawberry.field(
        default=None,
        description="Why marks are changed or taken back, or why a page is written into that is "
        "locked, 1–1000 characters; kept for ever.",
    )


@strawberry.type(description="Something that was written, and may be a slip.")
class LessonWarning:
    """Something that was written, and may be a slip."""

    code: LessonWarningCode = strawberry.field(description="For programs.")
    message: str = strawberry.field(description="For people.")
    field: str = strawberry.field(description="The path inside the input, joined by dots.")


@payload
class RecordLessonPayload:
    """What was written, or why nothing was."""

    lesson: Lesson | None = found(description="The lesson.")
    marks: list[Mark] | None = found(
        description="The marks that were given and changed, in the order of the input."
    )
    removed_mark_ids: list[strawberry.ID] | None = strawberry.field(
        description="The ids of the marks that were taken back."
    )
    attendance: list[Attendance] | None = found(
        description="The attendance that was written, in the order of the entries; where nothing "
        "differs from what was there, nothing is written."
    )
    warnings: list[LessonWarning] | None = strawberry.field(
        description="What may be a slip; it was written all the same."
    )
    user_errors: list[UserError] = strawberry.field(
        description="Why nothing was written, each at its cell: `entries.3.marks.0.value`."
    )
