"""The one way to a session, however somebody has shown who they are.

A right password, a recovery or an identity provider's word lead to `proceed`. There either a
session begins or something is still owed, one after the other: a password of one's own instead of
an initial one, the second factor, or, where a school asks for one, making one.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import models
from access import tokens
from access.facts import holds_today
from access.rows import bound
from access.tokens import Claims
from errors import UserError
from models import Position, StepKind
from resolvers import codes, tickets
from resolvers.work import Work
from schema.signing import SessionTokens


async def proceed(work: Work, account: models.Account) -> Mapping[str, Any]:
    """Go on from here for the account's owner, who has proved to be that: the payload's values.

    The account is the row as it was when that was proved. Raises UserError where it has been
    blocked since, or has another password.
    """
    held = await still(account)
    if held is None:
        raise wrong_credentials()
    return await go_on(work, held)


async def go_on(
    work: Work, account: models.Account, *, second_factor_shown: bool = False
) -> Mapping[str, Any]:
    """The payload's values: what the owner of the account, which is locked, owes, or a session."""
    kind = await owed(work, account, second_factor_shown=second_factor_shown)
    if kind is not None:
        return {"next_step": await tickets.issue(work, account, kind)}
    return {"session": await _begin_session(work, account)}


async def owed(
    work: Work, account: models.Account, *, second_factor_shown: bool = False
) -> StepKind | None:
    """What the account's owner has to do before a session begins."""
    if account.initial_until is not None:
        return StepKind.NEW_PASSWORD
    if second_factor_shown:
        return None
    if await codes.is_asked_of(account):
        return StepKind.SECOND_FACTOR
    if await needs_second_factor(work, account):
        return StepKind.SECOND_FACTOR_SETUP
    return None


async def needs_second_factor(work: Work, account: models.Account) -> bool:
    """Whether the person is today an administrator of a school that asks them for one."""
    posts = models.StaffPost.filter(
        bound(holds_today(), work.viewer),
        person_id=account.person_id,
        position=Position.SCHOOL_ADMINISTRATOR,
        organization__policy__administrators_need_second_factor=True,
    )
    return await posts.exists()


async def still(account: models.Account) -> models.Account | None:
    """The account, locked until the transaction ends, if it is still what it was: None where not.

    The account's sessions, tickets and factors are made under this lock.
    """
    same = models.Account.filter(
        id=account.id, password_hash=account.password_hash, blocked_at__isnull=True
    )
    return await same.select_for_update(no_key=True).get_or_none()


def is_open(account: models.Account, now: datetime) -> bool:
    """Whether the account's password counts: not blocked, and no initial one that is too old."""
    is_too_old = account.initial_until is not None and account.initial_until <= now
    return account.blocked_at is None and not is_too_old


def wrong_credentials() -> UserError:
    """The one refusal of whoever is not let in, whatever the reason."""
    return UserError("INVALID_CREDENTIALS", "Login or password are wrong.")


async def fresh_tokens(work: Work, session: models.Session) -> SessionTokens:
    """A fresh pair of tokens of the session."""
    now = work.viewer.now
    refresh_token = tokens.new_token()
    await models.RefreshToken.create(
        session_id=session.id, digest=tokens.digest(refresh_token), issued_at=now
    )
    expires_at = min(now + tokens.ACCESS_LIFE, session.expires_at)
    claims = Claims(session.account_id, session.id, expires_at)
    return SessionTokens(
        access_token=work.context.services.signer.sign(claims, now),
        refresh_token=refresh_token,
        access_expires_at=expires_at,
    )


async def _begin_session(work: Work, account: models.Account) -> SessionTokens:
    session = await models.Session.create(
        account_id=account.id,
        created_at=work.viewer.now,
        expires_at=work.viewer.now + tokens.SESSION_LIFE,
        address=work.context.address,
        user_agent=work.context.user_agent[:300],
    )
    work.audit("session.begun", models.Session, session.id, person_id=account.person_id)
    return await fresh_tokens(work, session)
