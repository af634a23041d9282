"""Who is signed in, signing in and out, and carrying a session on."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import strawberry

import models
from access import passwords, rules, scopes, tokens
from access.passwords import Problem
from access.rows import reached
from access.throttle import Attempt, TooManyAttempts
from errors import UserError
from resolvers import signing
from resolvers.mutation import mutation, mutation_without_input
from resolvers.work import Work
from schema.accounts import (
    ChangePasswordInput,
    EndSessionInput,
    EndSessionsPayload,
    RefreshSessionInput,
    RefreshSessionPayload,
    SignInInput,
    SignInPayload,
    SignOutPayload,
    Viewer,
)
from schema.declaration import root_own
from schema.declaration.ids import decode, encode

_LONGEST_LOGIN = 64
_PROBLEMS: Mapping[Problem, str] = {
    Problem.TOO_SHORT: f"A password has at least {passwords.SHORTEST} characters.",
    Problem.TOO_LONG: f"A password has at most {passwords.LONGEST} characters.",
    Problem.EASY_TO_GUESS: "It is easy to guess: take some words that do not belong together.",
}


@strawberry.type
class AccountsQuery:
    """Reading of one's own account."""

    viewer: Viewer | None = root_own(description="The signed-in person.", allow=rules.SIGNED_IN)


@mutation(SignInPayload, allow=rules.ANYONE)
async def sign_in(work: Work, input: SignInInput) -> Mapping[str, Any]:  # noqa: A002
    """Begin a session with login and password."""
    login, address = input.login.strip().lower(), work.context.address
    account = await _account(login)
    attempt = work.context.services.throttle.of(login, address)
    await _begin(attempt, account, address)
    is_right = await passwords.is_right(input.password, account.password_hash if account else None)
    if (
        account is None
        or not is_right
        or account.blocked_at is not None
        or not await _belongs_to(account, input.school_id)
    ):
        await attempt.failed()
        raise _wrong_credentials()
    await attempt.succeeded()
    if passwords.needs_rehash(account.password_hash):
        account.password_hash = await passwords.renewed(input.password)
        await account.save(update_fields=["password_hash"])
    return await signing.proceed(work, account)


@mutation(RefreshSessionPayload, allow=rules.ANYONE)
async def refresh_session(work: Work, input: RefreshSessionInput) -> Mapping[str, Any]:  # noqa: A002
    """Carry a session on with its last refresh token.

    A token that was used before has been stolen from somebody: its whole session ends.
    """
    token = (
        await models.RefreshToken.filter(digest=tokens.digest(input.refresh_token))
        .select_for_update()
        .get_or_none()
    )
    if token is None:
        raise _bad_token()
    session = await models.Session.get(id=token.session_id).select_related("account")
    if not _is_live(work, session):
        raise _bad_token()
    if token.used_at is not None:
        await _end(work, session, "session.ended_by_reuse")
        work.warnings.append(_bad_token())
        return {"session": None}
    token.used_at = work.viewer.now
    await token.save(update_fields=["used_at"])
    return {"session": await signing.fresh_tokens(work, session)}


@mutation_without_input(SignOutPayload, allow=rules.SIGNED_IN)
async def sign_out(work: Work) -> Mapping[str, Any]:
    """End the session; its tokens stop working and its open streams close."""
    session = await models.Session.get(id=work.viewer.session_id)
    await _end(work, session, "session.ended")
    return {}


@mutation(EndSessionsPayload, allow=rules.SIGNED_IN)
async def end_session(work: Work, input: EndSessionInput) -> Mapping[str, Any]:  # noqa: A002
    """End one of one's own sessions, on this device or another."""
    number = decode("Session", input.session_id) or 0
    return await _ended(work, await _locked(work, id=number), "sessionId")


@mutation_without_input(EndSessionsPayload, allow=rules.SIGNED_IN)
async def end_other_sessions(work: Work) -> Mapping[str, Any]:
    """End all of one's own sessions but the one in which this is asked."""
    return await _ended(work, await _others(work))


@mutation(EndSessionsPayload, allow=rules.SIGNED_IN)
async def change_password(work: Work, input: ChangePasswordInput) -> Mapping[str, Any]:  # noqa: A002
    """Take a new password; all other sessions end."""
    account = await models.Account.get(id=work.viewer.account_id).select_related("person")
    await _confirm(work, account, input.current_password)
    person = account.person
    words = (account.login, person.last_name, person.first_name, person.middle_name or "")
    problem = await passwords.problem_with(input.new_password, input.current_password, words)
    if problem is not None:
        raise UserError(problem.name, _PROBLEMS[problem], "newPassword")
    account.password_hash = await passwords.renewed(input.new_password)
    await account.save(update_fields=["password_hash"])
    work.audit("account.password_changed", models.Account, account.id)
    return await _ended(work, await _others(work))


async def _confirm(work: Work, account: models.Account, password: str) -> None:
    """Raise UserError unless it is the account's password; guesses are counted."""
    attempt = work.context.services.throttle.of(account.login, work.context.address)
    await _begin(attempt, account, work.context.address)
    if not await passwords.is_right(password, account.password_hash):
        await attempt.failed()
        raise UserError("INVALID_CREDENTIALS", "This is not your password.", "currentPassword")
    await attempt.succeeded()


async def _begin(attempt: Attempt, account: models.Account | None, address: str) -> None:
    """Raise UserError where somebody has to wait."""
    try:
        await attempt.begin(lambda: _was_used_from(account, address))
    except TooManyAttempts as error:
        raise UserError(
            "TOO_MANY_ATTEMPTS", f"Too many attempts: try again in {error.seconds} seconds."
        ) from error


async def _locked(work: Work, **wanted: Any) -> list[models.Session]:
    """The sessions that the viewer reaches, which nobody else ends meanwhile."""
    query: Any = reached(scopes.SESSIONS, work.viewer).filter(**wanted)
    found: list[models.Session] = await query.order_by("id").select_for_update()
    return found


async def _others(work: Work) -> list[models.Session]:
    """The viewer's sessions but the one in which this is asked."""
    return [each for each in await _locked(work) if each.id != work.viewer.session_id]


async def _ended(work: Work, sessions: list[models.Session], *at: str) -> Mapping[str, Any]:
    """End them; where one was named (`at`), it must be there."""
    if at and not sessions:
        raise UserError("NOT_FOUND", "There is no such session.", *at)
    for session in sessions:
        await _end(work, session, "session.ended")
    return {"ended_session_ids": [encode("Session", each.id) for each in sessions]}


async def _account(login: str) -> models.Account | None:
    """The account of that login; nobody has a login too long for the column."""
    if len(login) > _LONGEST_LOGIN:
        return None
    return await models.Account.get_or_none(login=login)


def _wrong_credentials() -> UserError:
    return UserError("INVALID_CREDENTIALS", "Login or password are wrong.")


def _bad_token() -> UserError:
    return UserError("INVALID_TOKEN", "Sign in again.", "refreshToken")


async def _was_used_from(account: models.Account | None, address: str) -> bool:
    """Whether somebody signed in to the account from there lately."""
    # Asked of nobody's account too, so that it takes as long.
    began = models.Session.filter(account_id=account.id if account else 0, address=address)
    return await began.filter(expires_at__gt=datetime.now(UTC)).exists()


async def _belongs_to(account: models.Account, school_id: str | None) -> bool:
    """Whether the account's person has a role at the organization, where one is named."""
    if school_id is None:
        return True
    number = decode("Organization", school_id)
    return await models.RoleGrant.filter(
        person_id=account.person_id, organization_id=number or 0
    ).exists()


def _is_live(work: Work, session: models.Session) -> bool:
    return (
        session.ended_at is None
        and session.expires_at > work.viewer.now
        and session.account.blocked_at is None
    )


async def _end(work: Work, session: models.Session, action: str) -> None:
    session.ended_at = work.viewer.now
    await session.save(update_fields=["ended_at"])
    work.audit(action, models.Session, session.id)


@strawberry.type
class AccountsMutation:
    """Signing in and out."""

    sign_in = sign_in
    refresh_session = refresh_session
    sign_out = sign_out
    end_session = end_session
    end_other_sessions = end_other_sessions
    change_password = change_password
