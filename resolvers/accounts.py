"""Who is signed in, and signing in with login and password."""

from collections.abc import Mapping
from typing import Any

import strawberry

import models
from access import passwords, rules
from resolvers import guesses, logins, signing
from resolvers.mutation import mutation
from resolvers.work import Work
from schema.accounts import Viewer
from schema.context import Context
from schema.declaration import root_own
from schema.declaration.ids import decode
from schema.signing import SignInInput, SignInPayload


@strawberry.type
class AccountsQuery:
    """Reading of one's own account."""

    viewer: Viewer | None = root_own(description="The signed-in person.", allow=rules.SIGNED_IN)


async def proven(context: Context, input: SignInInput) -> models.Account:  # noqa: A002
    """The account whose login and password these are; raises UserError.

    Whatever is wrong, the answer is the same and takes as long: nothing but the password's own
    hash, or nobody's, decides how long.
    """
    login = logins.written(input.login)
    account = await logins.owner(login)
    attempt = await guesses.begin(context, login, account)
    is_right = await passwords.is_right(input.password, account.password_hash if account else None)
    if (
        account is None
        or not is_right
        or not signing.is_open(account, context.viewer.now)
        or not await _belongs_to(account, input.school_id)
    ):
        await guesses.failed(context, account, attempt)
        raise signing.wrong_credentials()
    await guesses.succeeded(context, account, attempt)
    return await _as_today(account, input)


@mutation(SignInPayload, allow=rules.ANYONE, prove=proven)
async def sign_in(work: Work, account: models.Account) -> Mapping[str, Any]:
    """Begin a session with login and password, or learn what is owed first."""
    return await signing.proceed(work, account)


async def _belongs_to(account: models.Account, school_id: str | None) -> bool:
    """Whether the account's person has a role at the organization, where one is named."""
    if school_id is None:
        return True
    number = decode("Organization", school_id)
    return await models.RoleGrant.filter(
        person_id=account.person_id, organization_id=number or 0
    ).exists()


async def _as_today(account: models.Account, given: SignInInput) -> models.Account:
    """The account, its password hashed with the parameters of today; raises UserError.

    That changes nothing that anybody sees, so it needs no transaction; but of several at once one
    does it, and the others look at the password again.
    """
    former = account.password_hash
    if not passwords.needs_rehash(former):
        return account
    renewed = await passwords.renewed(given.password)
    unchanged = models.Account.filter(id=account.id, password_hash=former)
    if await unchanged.update(password_hash=renewed):
        account.password_hash = renewed
        return account
    account = await models.Account.get(id=account.id)
    if not await passwords.is_right(given.password, account.password_hash):
        raise signing.wrong_credentials()
    return account


@strawberry.type
class AccountsMutation:
    """Signing in."""

    sign_in = sign_in
