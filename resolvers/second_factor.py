"""The second factor of one's own account, while one is signed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import strawberry

import models
from access import rules, second_factor
from errors import UserError
from resolvers import codes, guesses, sessions, signing
from resolvers.codes import Shown
from resolvers.mutation import mutation
from resolvers.work import Work
from schema.context import Context
from schema.second_factor import (
    BeginSecondFactorInput,
    ConfirmSecondFactorInput,
    ConfirmSecondFactorPayload,
    NewSecondFactorPayload,
    RemoveSecondFactorInput,
    RemoveSecondFactorPayload,
    RenewRecoveryCodesInput,
    RenewRecoveryCodesPayload,
)


@dataclass(frozen=True)
class _Beginning:
    """One's own account as it was when the password was looked at; a code where it asks for one."""

    account: models.Account
    code: Shown | None


@dataclass(frozen=True)
class _Proven:
    """One's own account as it was when the code was looked at."""

    account: models.Account
    code: Shown


async def _beginning(context: Context, input: BeginSecondFactorInput) -> _Beginning:  # noqa: A002
    account = await guesses.own_password(context, input.current_password)
    if not await codes.is_asked_of(account):
        return _Beginning(account, None)
    if input.code is None:
        raise UserError("REQUIRED", "Enter a code of your second factor until now.", "code")
    return _Beginning(account, await codes.shown(context, account, input.code))


async def _renewing(context: Context, input: RenewRecoveryCodesInput) -> _Proven:  # noqa: A002
    return await _by_both(context, input.current_password, input.code)


async def _removing(context: Context, input: RemoveSecondFactorInput) -> _Proven:  # noqa: A002
    return await _by_both(context, input.current_password, input.code)


async def _confirming(context: Context, input: ConfirmSecondFactorInput) -> _Proven:  # noqa: A002
    account = await models.Account.get(id=context.viewer.account_id)
    return _Proven(account, await codes.shown(context, account, input.code, is_first=True))


@mutation(NewSecondFactorPayload, allow=rules.SIGNED_IN, prove=_beginning, secret=True)
async def begin_second_factor(work: Work, beginning: _Beginning) -> Mapping[str, Any]:
    """Get the secret of a second factor; it counts once its first code is confirmed.

    Until then a former one goes on to count.
    """
    account = await _held(beginning.account)
    if beginning.code is not None:
        await codes.take(work, account, beginning.code)
    elif await codes.is_asked_of(account):
        raise codes.wrong_code()
    secret = await codes.begin(work, account)
    return {"secret": secret, "uri": second_factor.uri(secret, account.login)}


@mutation(ConfirmSecondFactorPayload, allow=rules.SIGNED_IN, prove=_confirming, secret=True)
async def confirm_second_factor(work: Work, proven: _Proven) -> Mapping[str, Any]:
    """Let the second factor count from now on; all other sessions end."""
    account = await _held(proven.account)
    recovery_codes = await codes.confirm(work, account, proven.code)
    await sessions.ended(work, await sessions.others(work), account.person_id)
    return {"recovery_codes": recovery_codes}


@mutation(RenewRecoveryCodesPayload, allow=rules.SIGNED_IN, prove=_renewing, secret=True)
async def renew_recovery_codes(work: Work, proven: _Proven) -> Mapping[str, Any]:
    """Get ten new recovery codes; the former ones work no more."""
    account = await _held(proven.account)
    await codes.take(work, account, proven.code)
    work.audit("second_factor.recovery_codes_renewed", models.Account, account.id)
    return {"recovery_codes": await codes.renew(account)}


@mutation(RemoveSecondFactorPayload, allow=rules.SIGNED_IN, prove=_removing, secret=True)
async def remove_second_factor(work: Work, proven: _Proven) -> Mapping[str, Any]:
    """Be asked for the password alone again; all other sessions end.

    Whoever administers a school that asks for a second factor may only change it for another.
    """
    account = await _held(proven.account)
    await codes.take(work, account, proven.code)
    if await signing.needs_second_factor(work, account):
        raise UserError("FORBIDDEN", "Your school asks its administrators for a second factor.")
    await codes.remove(work, account)
    await sessions.ended(work, await sessions.others(work), account.person_id)
    return {}


async def _by_both(context: Context, password: str, code: str) -> _Proven:
    account = await guesses.own_password(context, password)
    return _Proven(account, await codes.shown(context, account, code))


async def _held(account: models.Account) -> models.Account:
    """The account, locked; raises UserError where it is no longer what it was."""
    held = await signing.still(account)
    if held is None:
        raise guesses.not_your_password()
    return held


@strawberry.type
class SecondFactorMutation:
    """Making, changing and removing a second factor."""

    begin_second_factor = begin_second_factor
    confirm_second_factor = confirm_second_factor
    renew_recovery_codes = renew_recovery_codes
    remove_second_factor = remove_second_factor
