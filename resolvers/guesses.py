"""Passwords and codes as guesses: counted before they are looked at, with no connection held."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tortoise.connection import get_connection
from tortoise.expressions import RawSQL

import models
from access import passwords
from access.throttle import PASSWORDS, Attempt, Bounds, TooManyAttempts
from errors import UserError
from resolvers.work import Work
from schema.context import Context


async def begin(
    context: Context, login: str, account: models.Account | None, bounds: Bounds = PASSWORDS
) -> Attempt:
    """A guess at the login's account, if there is one; raises UserError where one has to wait."""
    attempt = context.services.throttle.of(login, context.address, bounds)
    async with _within_bounds(context, account, attempt):
        await attempt.begin(lambda: was_used_from(account, context.address))
    return attempt


async def failed(context: Context, account: models.Account | None, attempt: Attempt) -> None:
    """The guess was wrong: count it, and write it down as far as that is not done already.

    Raises UserError where nobody may be told any more whether a guess was right.
    """
    async with _within_bounds(context, account, attempt):
        await attempt.failed_in_time()
    await _write_down(context, "sign_in.failed", account, attempt)


async def succeeded(context: Context, account: models.Account, attempt: Attempt) -> None:
    """The guess was right: begin anew; raises UserError as for one that was wrong."""
    async with _within_bounds(context, account, attempt):
        await attempt.succeeded()


@asynccontextmanager
async def _within_bounds(
    context: Context, account: models.Account | None, attempt: Attempt
) -> AsyncIterator[None]:
    """Write down that somebody has to wait, and tell them."""
    try:
        yield
    except TooManyAttempts as error:
        await _write_down(context, "sign_in.refused", account, attempt)
        raise too_many(error) from error


async def own_password(context: Context, password: str) -> models.Account:
    """The viewer's account with its person, if that is its password; raises UserError."""
    wanted = models.Account.get(id=context.viewer.account_id)
    account = await wanted.select_related("person")
    attempt = await begin(context, account.login, account)
    if not await passwords.is_right(password, account.password_hash):
        await failed(context, account, attempt)
        raise not_your_password()
    await succeeded(context, account, attempt)
    return account


def too_many(error: TooManyAttempts) -> UserError:
    """The refusal of one attempt too many, a guess or a look."""
    return UserError(
        "TOO_MANY_ATTEMPTS", f"Too many attempts: try again in {error.seconds} seconds."
    )


def not_your_password() -> UserError:
    """The refusal of what is not, or no longer, the viewer's password."""
    return UserError("INVALID_CREDENTIALS", "This is not your password.", "currentPassword")


async def _write_down(
    context: Context, action: str, account: models.Account | None, attempt: Attempt
) -> None:
    """Leave an entry of a refusal; whoever is refused is nobody, or not known to be the owner.

    The login is kept as a keyed hash: what was typed there may be a password.
    """
    if not await attempt.is_to_be_written(action):
        return
    work = Work(context, get_connection("default"))
    failures = await attempt.failures()
    work.audit(
        action,
        models.Account,
        account.id if account else None,
        after={"login": attempt.account, "failures": failures},
    )
    await work.write()


async def was_used_from(account: models.Account | None, address: str) -> bool:
    """Whether somebody signed in to the account from there lately."""
    # Asked of nobody's account too, so that it takes as long.
    began = models.Session.filter(account_id=account.id if account else 0, address=address)
    return await began.filter(expires_at__gt=RawSQL("now()")).exists()
