"""Taking a new password: what is refused, what is written, and changing one's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import strawberry

import models
from access import passwords, rules
from access.passwords import Problem
from errors import UserError
from resolvers import calendars, guesses, sessions, signing, tickets
from resolvers.mutation import mutation
from resolvers.work import Work
from schema.accounts import ChangePasswordInput, EndSessionsPayload
from schema.context import Context

_PROBLEMS: Mapping[Problem, str] = {
    Problem.TOO_SHORT: f"A password has at least {passwords.SHORTEST} characters.",
    Problem.TOO_LONG: f"A password has at most {passwords.LONGEST} characters.",
    Problem.EASY_TO_GUESS: "It is easy to guess: take some words that do not belong together.",
}


@dataclass(frozen=True)
class NewPassword:
    """What is to be stored for an account, which is as it was when the password was looked at."""

    account: models.Account
    password_hash: str


async def made_of(account: models.Account, password: str) -> NewPassword:
    """The new password, hashed; the account has its person. Slow, so before any transaction.

    Raises UserError at `newPassword` where it is not to be taken.
    """
    person = account.person
    words = (account.login, person.last_name, person.first_name, person.middle_name)
    problem = await passwords.problem_with(password, account.password_hash, words)
    if problem is not None:
        raise UserError(problem.name, _PROBLEMS[problem], "newPassword")
    return NewPassword(account, await passwords.renewed(password))


async def store(
    work: Work,
    account: models.Account,
    password_hash: str,
    *,
    initial_until: datetime | None = None,
) -> None:
    """Let the account have this password, printed by its issuer where it is initial.

    Whoever showed the former one and owes another proof begins anew, and a calendar that was issued
    with it is read no more.
    """
    account.password_hash, account.initial_until = password_hash, initial_until
    await account.save(update_fields=["password_hash", "initial_until"])
    await tickets.forget(account)
    await calendars.forget(work, account)


async def _changed(context: Context, input: ChangePasswordInput) -> NewPassword:  # noqa: A002
    account = await guesses.own_password(context, input.current_password)
    return await made_of(account, input.new_password)


@mutation(EndSessionsPayload, allow=rules.SIGNED_IN, prove=_changed, secret=True)
async def change_password(work: Work, new: NewPassword) -> Mapping[str, Any]:
    """Take a new password; all other sessions end."""
    account = await signing.still(new.account)
    if account is None:
        raise guesses.not_your_password()
    await store(work, account, new.password_hash)
    work.audit("account.password_changed", models.Account, account.id)
    return await sessions.ended(work, await sessions.others(work), account.person_id)


@strawberry.type
class PasswordsMutation:
    """Changing passwords."""

    change_password = change_password
