"""What families and schools send about absence, and what they are answered."""

import datetime as dt

import strawberry

from models import AbsenceReason
from schema.absences import AbsenceNote
from schema.declaration import found, payload
from schema.errors import UserError
from schema.journal import Attendance

_ERRORS = "Why nothing was changed; empty when it was."


@strawberry.input(description="A note that a child does not come, for days or for some lessons.")
class SubmitAbsenceNoteInput:
    """A note that a child does not come, for days or for some lessons."""

    student_id: strawberry.ID = strawberry.field(description="Which child.")
    starts_on: dt.date = strawberry.field(
        description="The first day: at the earliest 30 days ago, at the latest in 180."
    )
    ends_on: dt.date = strawberry.field(description="The last day; 62 days at the most.")
    first_lesson: int | None = strawberry.field(
        default=None,
        description="The first lesson missed, 0–20, where not the whole of one day is.",
    )
    last_lesson: int | None = strawberry.field(
        default=None, description="The last lesson missed; given together with the first."
    )
    reason: AbsenceReason = strawberry.field(description="Why.")
    text: str = strawberry.field(description="What there is to say, 1–1000 characters.")


@payload
class SubmitAbsenceNotePayload:
    """The note as it is now, or why it was not written."""

    note: AbsenceNote | None = found(description="The note.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A note that is taken back before anybody has decided on it.")
class WithdrawAbsenceNoteInput:
    """A note that is taken back before anybody has decided on it."""

    note_id: strawberry.ID = strawberry.field(description="Which note.")


@payload
class WithdrawAbsenceNotePayload:
    """The note as it is now, or why it was not taken back."""

    note: AbsenceNote | None = found(description="The note.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A note whose absence is excused.")
class ApproveAbsenceNoteInput:
    """A note whose absence is excused."""

    note_id: strawberry.ID = strawberry.field(description="Which note.")


@payload
class ApproveAbsenceNotePayload:
    """The note as it is now and what it changed in the journal, or why it was not approved."""

    note: AbsenceNote | None = found(description="The note.")
    attendance: list[Attendance] | None = found(
        description="Absence without a stated reason (ABSENT) that has the note's reason now."
    )
    conflicts: list[Attendance] | None = found(
        description="What says something else of these lessons than the note, and was left as it "
        "is: that the pupil was there or late, or absent for another reason; on a page that is "
        "locked, also that the reason is not stated."
    )
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A note whose absence is not excused.")
class DeclineAbsenceNoteInput:
    """A note whose absence is not excused."""

    note_id: strawberry.ID = strawberry.field(description="Which note.")
    reason: str = strawberry.field(description="Why, for the family; 1–1000 characters.")


@payload
class DeclineAbsenceNotePayload:
    """The note as it is now, or why it was not declined."""

    note: AbsenceNote | None = found(description="The note.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)
