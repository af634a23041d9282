"""Substitutions: somebody teaches a section for some days in its teacher's place."""

from datetime import date

import strawberry

import models
from access import scopes
from schema.declaration import Node, Through, column, entity, found, many, one, payload
from schema.errors import UserError
from schema.sections import CourseSection
from schema.staff import StaffMember
from schema.timetable import Lesson

_ERRORS = "Why nothing was changed; empty when it was."


@entity(reach=scopes.SUBSTITUTIONS)
class Substitution(Node):
    """Somebody stands in for a section's teacher (замещение): for its lessons of these days."""

    teacher: StaffMember | None = one(description="Who stands in.")
    section: CourseSection | None = one(
        description="For what; null to a substitute whose days are not today."
    )
    valid_from: date = column(description="The first day.")
    valid_until: date = column(
        description="The day after the last one; the first day where it was taken back."
    )
    is_joint: bool = column(
        description="Whether its lessons are given together with others of the substitute's that "
        "are at the same time (объединение групп)."
    )
    lessons: list[Lesson] = many(
        description="The section's lessons of these days, in order.",
        through=Through(models.SubstitutedLesson, on={"substitution_id": "id"}, key="lesson_id"),
        order_by=("date", "shift", "number", "id"),
        expected=10,
    )


@strawberry.input(description="Who is to stand in, and when.")
class AssignSubstituteInput:
    """Who is to stand in, and when."""

    section_id: strawberry.ID = strawberry.field(description="For which section.")
    teacher_id: strawberry.ID = strawberry.field(
        description="Who: a member of staff who works at the section's school."
    )
    valid_from: date = strawberry.field(description="The first day, within the school year.")
    valid_until: date = strawberry.field(
        description="The day after the last one: later than today and than the first day."
    )
    is_joint: bool = strawberry.field(
        default=False,
        description="Whether they give these lessons together with others of theirs that are at "
        "the same time; otherwise each of those is told as a CLASH.",
    )


@payload
class AssignSubstitutePayload:
    """The substitution that was made, or why it was not."""

    substitution: Substitution | None = found(description="The substitution.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A substitution that is to hold no longer.")
class EndSubstitutionInput:
    """A substitution that is to hold no longer."""

    substitution_id: strawberry.ID = strawberry.field(description="Which substitution.")


@payload
class EndSubstitutionPayload:
    """The substitution as it is now, or why it was not ended."""

    substitution: Substitution | None = found(
        description="It holds no longer, from today on; one that had not begun has no day at all."
    )
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)
