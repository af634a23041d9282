"""Being signed in without the cost of a password, where signing in is not what is tested."""

from datetime import UTC, datetime, timedelta
from typing import Any

from access.tokens import ACCESS_LIFE, SESSION_LIFE, Claims, TokenSigner
from models import Session
from tests.diary import Client, Diary

# What tests.programs.serving gives to the service.
SECRET_KEY = "s" * 32


async def signed_in(diary: Diary, who: Any) -> Client:
    """A client of somebody who is given an account and a session first."""
    account = await who.account()
    now = datetime.now(UTC)
    session = await Session.create(
        account_id=account.id, created_at=now, expires_at=now + SESSION_LIFE
    )
    claims = Claims(account.id, session.id, now + ACCESS_LIFE)
    client = diary.nobody
    client.token = TokenSigner(SECRET_KEY).sign(claims, now - timedelta(seconds=1))
    return client
