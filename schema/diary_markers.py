"""How far a pupil's diary was seen, as clients say it."""

import strawberry

from schema.declaration import found, payload
from schema.errors import UserError
from schema.people import Student


@strawberry.input(description="How far a pupil's diary was seen.")
class MarkDiarySeenInput:
    """How far a pupil's diary was seen."""

    student_id: strawberry.ID = strawberry.field(description="Whose diary.")
    cursor: str = strawberry.field(
        description="The last cursor that was heard, or `changesCursor` from before the reading."
    )


@payload
class MarkDiarySeenPayload:
    """The pupil, of whose news less is left, or why that is not so."""

    student: Student | None = found(description="The pupil.")
    user_errors: list[UserError] = strawberry.field(
        description="Why nothing was changed; empty when it was."
    )
