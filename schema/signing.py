"""Signing in: what is given, a session's tokens, and the steps in between."""

import datetime as dt

import strawberry

from models import StepKind
from schema.declaration import describe_enum, payload
from schema.errors import UserError

describe_enum(
    StepKind,
    "What has to be done before a session begins.",
    NEW_PASSWORD="Choose a password instead of the initial one: `chooseFirstPassword`.",  # noqa: S106 — a sentence
    SECOND_FACTOR="Enter a code of the second factor: `enterSecondFactor`.",
    SECOND_FACTOR_SETUP="Make a second factor, which the school asks of its administrators: "
    "`setUpSecondFactor` and then `confirmSecondFactorSetup`.",
)


@strawberry.type(description="What has to be done before a session begins.")
class SignInStep:
    """What has to be done before a session begins."""

    kind: StepKind = strawberry.field(description="What is to be done, and by which mutation.")
    ticket: str = strawberry.field(
        description="Says to that mutation who goes on; it works once, and for this step alone."
    )
    expires_at: dt.datetime = strawberry.field(
        description="When the ticket runs out; then one signs in anew."
    )


@strawberry.type(description="What a client needs to speak for a signed-in person.")
class SessionTokens:
    """What a client needs to speak for a signed-in person."""

    access_token: str = strawberry.field(
        description="Sent as `Authorization: Bearer …`; holds for minutes."
    )
    refresh_token: str = strawberry.field(
        description="Exchanged for a new pair by `refreshSession`; works once."
    )
    access_expires_at: dt.datetime = strawberry.field(description="When the access token runs out.")


@strawberry.input(description="Login and password.")
class SignInInput:
    """Login and password."""

    school_id: strawberry.ID | None = strawberry.field(
        default=None, description="The organization to sign in at, if the client asked for it."
    )
    login: str = strawberry.field(description="The account's login; capitals do not matter.")
    password: str = strawberry.field(description="The account's password.")


@strawberry.input(description="A session to be carried on.")
class RefreshSessionInput:
    """A session to be carried on."""

    refresh_token: str = strawberry.field(description="The last refresh token; it works once.")


@payload
class SignInPayload:
    """A session, what is owed before it begins, or why there is none."""

    session: SessionTokens | None = strawberry.field(description="The session's tokens.")
    next_step: SignInStep | None = strawberry.field(
        description="What has to be done first; then `session` is null, and nothing is wrong."
    )
    user_errors: list[UserError] = strawberry.field(description="Why nobody was signed in.")


@payload
class RefreshSessionPayload:
    """The session's new tokens, or why there are none."""

    session: SessionTokens | None = strawberry.field(description="The session's new tokens.")
    user_errors: list[UserError] = strawberry.field(description="Why the session does not go on.")


@strawberry.input(description="A password of one's own, instead of the initial one.")
class ChooseFirstPasswordInput:
    """A password of one's own, instead of the initial one."""

    ticket: str = strawberry.field(description="That of the step `NEW_PASSWORD`.")
    new_password: str = strawberry.field(
        description="From 15 to 128 characters; spaces and all letters are allowed."
    )


@strawberry.input(description="A code of the second factor.")
class EnterSecondFactorInput:
    """A code of the second factor."""

    ticket: str = strawberry.field(description="That of the step `SECOND_FACTOR`.")
    code: str = strawberry.field(
        description="Six digits, which work once; or a recovery code. Spaces do not matter."
    )


@strawberry.input(description="Who makes a second factor before the session begins.")
class SetUpSecondFactorInput:
    """Who makes a second factor before the session begins."""

    ticket: str = strawberry.field(
        description="That of the step `SECOND_FACTOR_SETUP`; it goes on to work."
    )


@strawberry.input(description="The new second factor's first code.")
class ConfirmSecondFactorSetupInput:
    """The new second factor's first code."""

    ticket: str = strawberry.field(description="That of the step `SECOND_FACTOR_SETUP`.")
    code: str = strawberry.field(description="The six digits of now.")


@payload
class ConfirmSecondFactorSetupPayload:
    """A session and the new recovery codes, or why there are none."""

    session: SessionTokens | None = strawberry.field(description="The session's tokens.")
    next_step: SignInStep | None = strawberry.field(
        description="What has to be done first; then `session` is null, and nothing is wrong."
    )
    recovery_codes: list[str] | None = strawberry.field(
        description="Ten codes that stand in for a lost generator; each works once. Shown once."
    )
    user_errors: list[UserError] = strawberry.field(description="Why nobody was signed in.")
