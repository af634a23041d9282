"""The steps between a right password and a session; each leads to the next, or to the session."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import strawberry

import models
from access import rules, second_factor
from models import SignInStep, StepKind
from resolvers import codes, passwords, sessions, signing, tickets
from resolvers.codes import Shown
from resolvers.mutation import mutation
from resolvers.passwords import NewPassword
from resolvers.work import Work
from schema.context import Context
from schema.second_factor import NewSecondFactorPayload
from schema.signing import (
    ChooseFirstPasswordInput,
    ConfirmSecondFactorSetupInput,
    ConfirmSecondFactorSetupPayload,
    EnterSecondFactorInput,
    SetUpSecondFactorInput,
    SignInPayload,
)


@dataclass(frozen=True)
class _Chosen:
    """A step, and the password that was chosen at it."""

    step: SignInStep
    new: NewPassword


@dataclass(frozen=True)
class _Entered:
    """A step, and the code that was entered at it."""

    step: SignInStep
    code: Shown


async def _chosen(context: Context, input: ChooseFirstPasswordInput) -> _Chosen:  # noqa: A002
    step = await tickets.found(context, input.ticket, StepKind.NEW_PASSWORD)
    return _Chosen(step, await passwords.made_of(step.account, input.new_password))


async def _entered(context: Context, input: EnterSecondFactorInput) -> _Entered:  # noqa: A002
    step = await tickets.found(context, input.ticket, StepKind.SECOND_FACTOR)
    return _Entered(step, await codes.shown(context, step.account, input.code))


async def _at_setup(context: Context, input: SetUpSecondFactorInput) -> SignInStep:  # noqa: A002
    return await tickets.found(context, input.ticket, StepKind.SECOND_FACTOR_SETUP)


async def _first_entered(
    context: Context,
    input: ConfirmSecondFactorSetupInput,  # noqa: A002
) -> _Entered:
    step = await tickets.found(context, input.ticket, StepKind.SECOND_FACTOR_SETUP)
    return _Entered(step, await codes.shown(context, step.account, input.code, is_first=True))


@mutation(SignInPayload, allow=rules.ANYONE, prove=_chosen)
async def choose_first_password(work: Work, chosen: _Chosen) -> Mapping[str, Any]:
    """Take a password of one's own instead of the initial one, and go on signing in.

    Sessions from before the initial one end.
    """
    account = await _owing(work, chosen.step)
    await tickets.use(work, chosen.step)
    await passwords.store(work, account, chosen.new.password_hash)
    await sessions.ended(work, await sessions.all_of(work, account), account.person_id)
    work.audit(
        "account.first_password_chosen", models.Account, account.id, person_id=account.person_id
    )
    return await signing.go_on(work, account)


@mutation(SignInPayload, allow=rules.ANYONE, prove=_entered)
async def enter_second_factor(work: Work, entered: _Entered) -> Mapping[str, Any]:
    """Show the second factor, and go on signing in."""
    account = await _owing(work, entered.step)
    await tickets.use(work, entered.step)
    await codes.take(work, account, entered.code)
    return await signing.go_on(work, account, second_factor_shown=True)


@mutation(NewSecondFactorPayload, allow=rules.ANYONE, prove=_at_setup)
async def set_up_second_factor(work: Work, step: SignInStep) -> Mapping[str, Any]:
    """Get the secret of a second factor, where one is needed before a session begins."""
    account = await _owing(work, step)
    secret = await codes.begin(work, account)
    return {"secret": secret, "uri": second_factor.uri(secret, account.login)}


@mutation(ConfirmSecondFactorSetupPayload, allow=rules.ANYONE, prove=_first_entered)
async def confirm_second_factor_setup(work: Work, entered: _Entered) -> Mapping[str, Any]:
    """Let the second factor count from now on, and go on signing in; all other sessions end."""
    account = await _owing(work, entered.step)
    await tickets.use(work, entered.step)
    recovery_codes = await codes.confirm(work, account, entered.code)
    await sessions.ended(work, await sessions.all_of(work, account), account.person_id)
    values = await signing.go_on(work, account, second_factor_shown=True)
    return {**values, "recovery_codes": recovery_codes}


async def _owing(work: Work, step: SignInStep) -> models.Account:
    """The step's account, locked; raises UserError where it is no longer this that it owes."""
    account = await signing.still(step.account)
    if account is None or await signing.owed(work, account) is not step.kind:
        raise tickets.bad_ticket()
    return account


@strawberry.type
class StepsMutation:
    """Going on with signing in."""

    choose_first_password = choose_first_password
    enter_second_factor = enter_second_factor
    set_up_second_factor = set_up_second_factor
    confirm_second_factor_setup = confirm_second_factor_setup
