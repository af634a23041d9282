"""Asking for all data that are held of oneself, or of one's child."""

import strawberry
from strawberry.scalars import JSON

from schema.errors import UserError


@strawberry.input(description="Whose data are asked for.")
class ExportPersonalDataInput:
    """Whose data are asked for."""

    student_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="A pupil whose guardian the person is; without one, the person's own data.",
    )


@strawberry.type(description="The data, or why they are not given.")
class ExportPersonalDataPayload:
    """The data, or why they are not given."""

    document: JSON | None = strawberry.field(
        description="Every row about the person by its table, with numbers of documents; of others "
        "it holds ids and nothing else."
    )
    user_errors: list[UserError] = strawberry.field(description="Why they are not given.")
