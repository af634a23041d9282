"""The second factor: codes that follow the clock, and those that stand in for them."""

import datetime as dt

import strawberry

from access import scopes
from schema.declaration import column, computed, entity, payload
from schema.errors import UserError


@entity(reach=scopes.SECOND_FACTORS)
class SecondFactor:
    """A generator of one-time codes (RFC 6238) that is asked for at every sign-in."""

    confirmed_at: dt.datetime | None = column(description="Since when it is asked for.")
    recovery_codes_left: int = computed(
        "SELECT count(*) FROM recovery_code"
        " WHERE recovery_code.account_id = {row}.account_id AND recovery_code.used_at IS NULL",
        description="How many recovery codes have not been used.",
    )


@strawberry.input(description="Who begins a second factor, or changes it for another.")
class BeginSecondFactorInput:
    """Who begins a second factor, or changes it for another."""

    current_password: str = strawberry.field(description="The account's password.")
    code: str | None = strawberry.field(
        default=None,
        description="A code of the second factor until now, or a recovery code; "
        "needed where there is a second factor.",
    )


@strawberry.input(description="The new second factor's first code.")
class ConfirmSecondFactorInput:
    """The new second factor's first code."""

    code: str = strawberry.field(description="The six digits of now.")


@strawberry.input(description="Who gets new recovery codes.")
class RenewRecoveryCodesInput:
    """Who gets new recovery codes."""

    current_password: str = strawberry.field(description="The account's password.")
    code: str = strawberry.field(description="Six digits, which work once; or a recovery code.")


@strawberry.input(description="Who removes their second factor.")
class RemoveSecondFactorInput:
    """Who removes their second factor."""

    current_password: str = strawberry.field(description="The account's password.")
    code: str = strawberry.field(description="Six digits, which work once; or a recovery code.")


@payload
class NewSecondFactorPayload:
    """The secret of a second factor that waits for its first code."""

    secret: str | None = strawberry.field(
        description="The generator's secret in base 32, for typing. Shown once."
    )
    uri: str | None = strawberry.field(
        description="The same as an `otpauth:` URI, for showing as a QR code. Shown once."
    )
    user_errors: list[UserError] = strawberry.field(description="Why there is none.")


_CODES = "Ten codes that stand in for a lost generator; each works once. Shown once."


@payload
class ConfirmSecondFactorPayload:
    """The recovery codes of a second factor that counts now, or why it does not."""

    recovery_codes: list[str] | None = strawberry.field(description=_CODES)
    user_errors: list[UserError] = strawberry.field(description="Why it was not confirmed.")


@payload
class RenewRecoveryCodesPayload:
    """New recovery codes, or why the former ones stay."""

    recovery_codes: list[str] | None = strawberry.field(description=_CODES)
    user_errors: list[UserError] = strawberry.field(description="Why there are none.")


@payload
class RemoveSecondFactorPayload:
    """What came of removing the second factor."""

    user_errors: list[UserError] = strawberry.field(description="Why it was not removed.")
