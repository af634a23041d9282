"""What teachers send to write into the journal, and what they are answered."""

import strawberry

from models import AttendanceCode, MarkChangeKind, MarkSign
from schema.declaration import found, payload
from schema.errors import UserError
from schema.journal import Attendance, Mark

_ERRORS = "Why nothing was changed; empty when it was."


@strawberry.input(description="A mark to be given: a value or a word.")
class RecordMarkInput:
    """A mark to be given: a value or a word."""

    lesson_id: strawberry.ID = strawberry.field(description="At which lesson.")
    student_id: strawberry.ID = strawberry.field(description="To which pupil.")
    value: int | None = strawberry.field(default=None, description="1–5.")
    sign: MarkSign | None = strawberry.field(default=None, description="A word instead of a value.")
    assignment_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="For which work of the section, set at this lesson or another; its kind and "
        "weight are the mark's.",
    )
    work_type: str | None = strawberry.field(
        default=None,
        description="Code or abbreviation of the school's work type; unless told, an answer at the "
        "lesson.",
    )
    weight: int | None = strawberry.field(
        default=None, description="1–100; unless told, the work type's."
    )
    comment: str | None = strawberry.field(
        default=None, description="For the family; up to 1000 characters."
    )
    reason: str | None = strawberry.field(
        default=None,
        description="Why, 1–1000 characters, from those who write where teachers may no more: on a "
        "page that is locked, or later than the school's days for it.",
    )


@payload
class RecordMarkPayload:
    """The mark that was given, or why it was not."""

    mark: Mark | None = found(description="The mark.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A change of a mark. What is left out stays as it is.")
class CorrectMarkInput:
    """A change of a mark. What is left out stays as it is."""

    mark_id: strawberry.ID = strawberry.field(description="Which mark.")
    version: int = strawberry.field(description="The version that the change is made from.")
    value: int | None = strawberry.field(
        default=strawberry.UNSET, description="The new value, 1–5; null only together with a sign."
    )
    sign: MarkSign | None = strawberry.field(
        default=strawberry.UNSET, description="A word instead of the value."
    )
    weight: int | None = strawberry.field(
        default=strawberry.UNSET, description="The new weight, 1–100."
    )
    comment: str | None = strawberry.field(
        default=strawberry.UNSET, description="The new comment; null takes it away."
    )
    reason: str = strawberry.field(description="Why, 1–1000 characters; kept for ever.")


@payload
class CorrectMarkPayload:
    """The mark as it is now, or why it was not changed."""

    mark: Mark | None = found(description="The mark.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A mark to be taken back.")
class RemoveMarkInput:
    """A mark to be taken back."""

    mark_id: strawberry.ID = strawberry.field(description="Which mark.")
    version: int = strawberry.field(description="The version that was seen last.")
    reason: str = strawberry.field(description="Why, 1–1000 characters; kept for ever.")


@payload
class RemoveMarkPayload:
    """The mark that was taken back, or why it was not."""

    mark_id: strawberry.ID | None = strawberry.field(description="The id that the mark had.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="One pupil's attendance.")
class AttendanceEntryInput:
    """One pupil's attendance."""

    student_id: strawberry.ID = strawberry.field(description="Which pupil.")
    code: AttendanceCode = strawberry.field(description="Present or absent, and why.")
    note: str | None = strawberry.field(default=None, description="Up to 500 characters.")
    version: int | None = strawberry.field(
        default=None,
        description="The attendance's version that was seen last (`Attendance.version`), 0 where "
        "nothing was written. Where it is told and somebody has written since, that is a CONFLICT.",
    )


@strawberry.input(description="Attendance at one lesson; all entries are taken, or none.")
class RecordAttendanceInput:
    """Attendance at one lesson; all entries are taken, or none."""

    lesson_id: strawberry.ID = strawberry.field(description="At which lesson.")
    entries: list[AttendanceEntryInput] = strawberry.field(
        description="1–100 pupils, each once; who is not named stays as before."
    )
    reason: str | None = strawberry.field(
        default=None,
        description="Why, 1–1000 characters, from those who write where teachers may no more: on a "
        "page that is locked.",
    )


@payload
class RecordAttendancePayload:
    """The attendance that was written down, or why it was not."""

    attendance: list[Attendance] | None = found(description="In the order of the entries.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@payload
class MarkChange:
    """Something that was done to a mark, told after it was committed."""

    cursor: str = strawberry.field(
        description="Pass the last one as `after` to miss nothing and hear nothing twice."
    )
    kind: MarkChangeKind = strawberry.field(description="What was done.")
    mark_id: strawberry.ID = strawberry.field(description="The mark's id.")
    mark: Mark | None = found(description="The mark as it is now; null when it has been removed.")
