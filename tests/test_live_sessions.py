"""Hearing that one was signed out elsewhere: on one's other devices, and nobody else's."""

from datetime import UTC, datetime, timedelta

import pytest

from access.tokens import SESSION_LIFE, Claims, TokenSigner
from models import Account, Session
from tests.diary import Client, Diary
from tests.factories import gid
from tests.hearing import Story, a_story, hearing

pytestmark = pytest.mark.usefixtures("database")

BEGUN = "subscription ($after: String) { sessionChanges(after: $after) { kind sessionId cursor } }"
END = """
mutation ($id: ID!) { endSession(input: {sessionId: $id}) { userErrors { code } } }
"""


@pytest.fixture
async def story(diary: Diary) -> Story:
    return await a_story(diary)


async def another_device(diary: Diary, client: Client) -> tuple[Client, Session]:
    """The same person on a second device, and its session."""
    signer = TokenSigner("s" * 32)
    claims = signer.bearer(client.headers["Authorization"])
    assert claims is not None
    account = await Account.get(id=claims.account_id)
    moment = datetime.now(UTC)
    session = await Session.create(account=account, expires_at=moment + SESSION_LIFE)
    token = signer.sign(Claims(account.id, session.id, moment + timedelta(minutes=15)), moment)
    return Client(diary.url, diary.http, token), session


async def cursor_of(client: Client) -> str:
    found: str = (await client.send("{ changesCursor }")).data["changesCursor"]
    return found


async def test_who_is_signed_out_elsewhere_hears_it_on_the_other_device(
    diary: Diary, story: Story
) -> None:
    phone, session = await another_device(diary, story.parent)
    number = gid("Session", session.id)
    async with (
        hearing(story.parent, BEGUN, after=await cursor_of(story.parent)) as screen,
        hearing(phone, BEGUN, after=await cursor_of(phone)) as lost,
        hearing(story.teacher, BEGUN, after=await cursor_of(story.teacher)) as stranger,
    ):
        ended = await story.parent.send(END, id=number)
        assert ended.data == {"endSession": {"userErrors": []}}
        told = (await screen.socket.next(10))["sessionChanges"]
        assert (told["kind"], told["sessionId"]) == ("ENDED", number)
        assert await lost.end() == ["FORBIDDEN"]
        await stranger.socket.nothing()
