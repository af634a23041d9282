"""Recovering an account by a one-time code that is sent to the contact on file."""

import datetime as dt

import strawberry

from models import RecoveryChannel
from schema.declaration import describe_enum, payload
from schema.errors import UserError

describe_enum(
    RecoveryChannel,
    "How a code for recovering an account is sent.",
    EMAIL="To the e-mail address on file.",
    SMS="To the phone on file.",
)


@strawberry.input(description="Whose account is to be recovered.")
class RequestPasswordRecoveryInput:
    """Whose account is to be recovered."""

    login: str = strawberry.field(description="The account's login; capitals do not matter.")
    channel: RecoveryChannel = strawberry.field(
        default=RecoveryChannel.EMAIL, description="How the code is to be sent."
    )


@payload
class RequestPasswordRecoveryPayload:
    """What the code will be given back with; it says nothing of accounts."""

    ticket: str | None = strawberry.field(
        description="Kept by the client for `recoverPassword`; nobody's login gets one too."
    )
    expires_at: dt.datetime | None = strawberry.field(
        description="Until when ticket and code work."
    )
    user_errors: list[UserError] = strawberry.field(description="Why no code can be sent so.")


@strawberry.input(description="The code that was sent, and a new password.")
class RecoverPasswordInput:
    """The code that was sent, and a new password."""

    ticket: str = strawberry.field(description="What `requestPasswordRecovery` answered.")
    code: str = strawberry.field(description="The code; spaces do not matter.")
    new_password: str = strawberry.field(
        description="The new one, from 15 to 128 characters; spaces and all letters are allowed."
    )
