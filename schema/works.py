"""Works that are set at lessons, what pupils owe of them, and the school's kinds of work."""

import datetime as dt

import strawberry

from schema.declaration import found, payload
from schema.errors import UserError
from schema.journal import Assignment, Debt, WorkType

_ERRORS = "Why nothing was changed; empty when it was."
_REASON = (
    "Why, 1–1000 characters, from those who write where teachers may no more: on a page that is "
    "locked."
)


@strawberry.input(description="A work to be set at a lesson.")
class CreateAssignmentInput:
    """A work to be set at a lesson."""

    lesson_id: strawberry.ID = strawberry.field(description="At which lesson.")
    title: str = strawberry.field(description="What it is, 1–300 characters.")
    work_type: str = strawberry.field(description="Code or abbreviation of the school's work type.")
    due_on: dt.date | None = strawberry.field(
        default=None, description="When it is due; unless told, on the lesson's day."
    )
    weight: int | None = strawberry.field(
        default=None, description="The weight of its marks, 1–100; unless told, the work type's."
    )
    is_mandatory: bool = strawberry.field(
        default=True, description="Whether everybody has to have a mark for it."
    )
    reason: str | None = strawberry.field(default=None, description=_REASON)


@strawberry.input(description="A change of a work. What is left out stays as it is.")
class ChangeAssignmentInput:
    """A change of a work. What is left out stays as it is."""

    assignment_id: strawberry.ID = strawberry.field(description="Which work.")
    version: int = strawberry.field(description="The version that the change is made from.")
    title: str | None = strawberry.field(default=None, description="1–300 characters.")
    due_on: dt.date | None = strawberry.field(default=None, description="When it is due.")
    weight: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="1–100, of marks to come; null for the work type's.",
    )
    is_mandatory: bool | None = strawberry.field(
        default=None, description="Whether everybody has to have a mark for it."
    )
    reason: str | None = strawberry.field(default=None, description=_REASON)


@strawberry.input(description="A work to be taken back.")
class RemoveAssignmentInput:
    """A work to be taken back."""

    assignment_id: strawberry.ID = strawberry.field(
        description="Which work; one that has marks or is owed stays."
    )
    version: int = strawberry.field(description="The version that was seen last.")
    reason: str | None = strawberry.field(default=None, description=_REASON)


@payload
class AssignmentPayload:
    """The work, or why nothing was changed."""

    assignment: Assignment | None = found(
        description="The work as it is now; null when it was taken back."
    )
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A work that a pupil owes.")
class SetDebtInput:
    """A work that a pupil owes."""

    assignment_id: strawberry.ID = strawberry.field(description="Which work.")
    student_id: strawberry.ID = strawberry.field(description="Who owes it.")
    deadline: dt.date = strawberry.field(description="Until when it may be handed in.")
    reason: str | None = strawberry.field(default=None, description=_REASON)


@strawberry.input(description="Another deadline of a debt.")
class ChangeDebtInput:
    """Another deadline of a debt."""

    debt_id: strawberry.ID = strawberry.field(description="Which debt.")
    deadline: dt.date = strawberry.field(
        description="Until when it may be handed in, from today on."
    )
    reason: str | None = strawberry.field(default=None, description=_REASON)


@strawberry.input(description="A debt that is none any more, though no number was given.")
class ClearDebtInput:
    """A debt that is none any more, though no number was given."""

    debt_id: strawberry.ID = strawberry.field(description="Which debt.")
    reason: str | None = strawberry.field(default=None, description=_REASON)


@payload
class DebtPayload:
    """The debt, or why nothing was changed."""

    debt: Debt | None = found(description="The debt; null when it was cleared.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A new kind of work.")
class CreateWorkTypeInput:
    """A new kind of work."""

    organization_id: strawberry.ID = strawberry.field(description="Whose; the school's id.")
    code: str = strawberry.field(description="1–64 characters, once in the school.")
    abbreviation: str = strawberry.field(description="What stands in the journal, 1–8 characters.")
    name: str = strawberry.field(description="1–200 characters.")
    weight: int = strawberry.field(description="What its marks weigh unless told, 1–100.")


@strawberry.input(description="A change of a kind of work. What is left out stays as it is.")
class ChangeWorkTypeInput:
    """A change of a kind of work. What is left out stays as it is."""

    work_type_id: strawberry.ID = strawberry.field(description="Which kind.")
    abbreviation: str | None = strawberry.field(default=None, description="1–8 characters.")
    name: str | None = strawberry.field(default=None, description="1–200 characters.")
    weight: int | None = strawberry.field(
        default=None, description="1–100; marks that were given keep theirs."
    )


@payload
class WorkTypePayload:
    """The kind of work, or why nothing was changed."""

    work_type: WorkType | None = found(description="The kind of work.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)
