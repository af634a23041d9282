"""The phone and the e-mail address on file, changed by their owner."""

import strawberry

from schema.accounts import Viewer
from schema.declaration import found, payload
from schema.errors import UserError


@strawberry.input(description="One's own contacts. What is left out stays as it is.")
class ChangeContactsInput:
    """One's own contacts. What is left out stays as it is."""

    phone: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The phone, with its country's code (`+7…`; `8…` within Russia); "
        "null takes it away.",
    )
    email: str | None = strawberry.field(
        default=strawberry.UNSET, description="The e-mail address; null takes it away."
    )
    current_password: str = strawberry.field(description="The account's password.")


@payload
class ChangeContactsPayload:
    """The contacts as they are now, or why they are not changed."""

    viewer: Viewer | None = found(description="The signed-in person.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was changed.")
