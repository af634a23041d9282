"""Having a masked value shown."""

import strawberry

from access.reveals import RevealableField
from schema.declaration import describe_enum, payload
from schema.errors import UserError

describe_enum(
    RevealableField,
    "A value that is masked, and shown to those who may see it and say why.",
    SNILS="A pupil's personal insurance number (СНИЛС), eleven digits.",
    SPECIAL_NEEDS="A pupil's special needs (ОВЗ).",
    SOCIAL_RISK="A social risk on a pupil's file.",
    DOCUMENT_NUMBER="Series and number of an identity document.",
    WORKPLACE="Where a guardian works.",
)


@strawberry.input(description="A masked value to be shown.")
class RevealInput:
    """A masked value to be shown."""

    id: strawberry.ID = strawberry.field(
        description="Whose: a pupil, a guardian or an identity document, as the field asks."
    )
    field: RevealableField = strawberry.field(description="Which value.")
    reason: str = strawberry.field(description="Why, 10–500 characters; kept in the audit trail.")


@payload
class RevealPayload:
    """The value, or why it is not shown."""

    value: str | None = strawberry.field(description="The value; null where none is on file.")
    user_errors: list[UserError] = strawberry.field(description="Why it is not shown.")
