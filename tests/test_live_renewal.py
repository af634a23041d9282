"""A token that runs out while somebody listens, and the newer one that a ping brings."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from access.tokens import Claims, TokenSigner
from models import Account, Session
from tests.diary import Client, Diary
from tests.hearing import Hearing, Story, a_story, hearing, now, signed_in

pytestmark = pytest.mark.usefixtures("database")

_LIFE = timedelta(seconds=3)


@pytest.fixture
async def story(diary: Diary) -> Story:
    return await a_story(diary)


async def renewed(stream: Hearing, authorization: Any) -> Any:
    """What the pong says of a token that a ping brings."""
    payload = {"Authorization": authorization}
    await stream.socket.send({"type": "ping", "payload": payload})
    pong = await stream.socket.receive()
    assert pong["type"] == "pong"
    return pong["payload"]["authorization"]


async def a_token(session: Session, life: timedelta) -> str:
    moment = datetime.now(UTC)
    claims = Claims(session.account_id, session.id, moment + life)
    return f"Bearer {TokenSigner('s' * 32).sign(claims, moment)}"


async def newest_session(client: Client) -> Session:
    claims = TokenSigner("s" * 32).bearer(client.headers["Authorization"])
    assert claims is not None
    return await Session.get(id=claims.session_id)


async def test_a_renewed_token_carries_the_stream_on(diary: Diary, story: Story) -> None:
    listener = await signed_in(diary, await story.pupil.guardian(), _LIFE)
    async with (
        hearing(listener, after=await now(story.school)) as kept,
        hearing(listener, after=await now(story.school)) as left,
    ):
        session = await newest_session(listener)
        assert await renewed(kept, await a_token(session, timedelta(minutes=15))) == "RENEWED"
        assert await left.end() == ["UNAUTHENTICATED"]
        mark = await story.record()
        assert await kept.marks(1) == [mark]


async def test_a_token_of_another_session_is_refused(story: Story) -> None:
    account = await Account.get(id=(await newest_session(story.parent)).account_id)
    soon = datetime.now(UTC) + timedelta(minutes=10)
    other = await Session.create(account=account, expires_at=soon)
    foreign = await newest_session(story.teacher)
    async with hearing(story.parent, after=await now(story.school)) as stream:
        for session in (other, foreign):
            token = await a_token(session, timedelta(minutes=15))
            assert await renewed(stream, token) == "REFUSED"
        for malformed in ("Bearer x", "", None, 1):
            assert await renewed(stream, malformed) == "REFUSED"
        mark = await story.record()
        assert await stream.marks(1) == [mark]


async def test_a_ping_without_a_token_is_answered_plainly(story: Story) -> None:
    async with hearing(story.parent, after=await now(story.school)) as stream:
        await stream.socket.send({"type": "ping", "payload": {"seen": 1}})
        assert await stream.socket.receive() == {"type": "pong"}
