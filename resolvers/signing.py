"""What comes after somebody has shown who they are: a session and its tokens."""

from collections.abc import Mapping
from typing import Any

import models
from access import tokens
from access.tokens import Claims
from resolvers.work import Work
from schema.accounts import SessionTokens


async def proceed(work: Work, account: models.Account) -> Mapping[str, Any]:
    """Begin a session for the account's owner, who has proved to be that: the payload's values."""
    session = await models.Session.create(
        account_id=account.id,
        created_at=work.viewer.now,
        expires_at=work.viewer.now + tokens.SESSION_LIFE,
        address=work.context.address,
        user_agent=work.context.user_agent[:300],
    )
    work.audit("session.begun", models.Session, session.id, person_id=account.person_id)
    return {"session": await fresh_tokens(work, session)}


async def fresh_tokens(work: Work, session: models.Session) -> SessionTokens:
    """A fresh pair of tokens of the session."""
    now = work.viewer.now
    refresh_token = tokens.new_refresh_token()
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
