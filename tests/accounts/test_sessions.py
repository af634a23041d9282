"""Sessions: carried on by refresh tokens, ended by people, thieves and time."""

import asyncio
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from models import RefreshToken, Session
from tests.accounts.signing import SPENT, is_signed_in, session_of
from tests.diary import Diary
from tests.factories import (
    AccountMade,
    StaffMade,
)
from tests.sessions import SECRET_KEY
from tests.traces import deeds, moment, reasons

pytestmark = pytest.mark.usefixtures("database")


async def test_refreshing_gives_a_new_pair_of_the_same_session(
    diary: Diary, account: AccountMade
) -> None:
    client = await diary.sign_in(account)
    payload = await diary.nobody.do("RefreshSession", refreshToken=client.refresh_token)

    assert payload["userErrors"] == []
    renewed = payload["session"]
    assert renewed["refreshToken"] != client.refresh_token
    session = await session_of(account)
    claims = jwt.decode(renewed["accessToken"], SECRET_KEY, algorithms=["HS256"])
    assert (claims["sub"], claims["sid"]) == (str(account.id), session.id)
    assert moment(renewed["accessExpiresAt"]).replace(microsecond=0) == datetime.fromtimestamp(
        claims["exp"], UTC
    )
    first, second = await RefreshToken.filter(session_id=session.id).order_by("id")
    assert (first.used_at, second.used_at) == (second.issued_at, None)
    assert await is_signed_in(client)
    client.token = renewed["accessToken"]
    assert await is_signed_in(client)


async def test_a_refresh_token_that_is_used_again_ends_the_whole_session(
    diary: Diary, teacher: StaffMade, account: AccountMade
) -> None:
    client = await diary.sign_in(account)
    elsewhere = await diary.sign_in(account)
    stolen = client.refresh_token
    renewed = (await client.do("RefreshSession", refreshToken=stolen))["session"]

    again = await diary.nobody.do("RefreshSession", refreshToken=stolen)
    assert (again["session"], reasons(again)) == (None, SPENT)
    for token in (client.token, renewed["accessToken"]):
        client.token = token
        assert not await is_signed_in(client)
    newer = await diary.nobody.do("RefreshSession", refreshToken=renewed["refreshToken"])
    assert (newer["session"], reasons(newer)) == (None, SPENT)
    ended, lasting = await Session.filter(account_id=account.id).order_by("id")
    assert (ended.ended_at is not None, lasting.ended_at) == (True, None)
    assert await is_signed_in(elsewhere)
    told = await deeds("Session", ended.id)
    assert [(deed.action, deed.person_id) for deed in told] == [
        ("session.begun", teacher.id),
        # Who used it again is not known.
        ("session.ended_by_reuse", None),
    ]


async def test_of_many_refreshes_at_once_one_wins_at_the_most(
    diary: Diary, account: AccountMade
) -> None:
    client = await diary.sign_in(account)
    payloads = await asyncio.gather(
        *(diary.nobody.do("RefreshSession", refreshToken=client.refresh_token) for _ in range(8))
    )
    assert sorted(map(reasons, payloads)) == [[], *[SPENT] * 7]
    session = await session_of(account)
    assert session.ended_at is not None
    assert await RefreshToken.filter(session_id=session.id).count() == 2


@pytest.mark.parametrize("token", ["", "nonsense", "t" * 10_000, "nul\x00", "слово"])
async def test_an_unknown_refresh_token_is_refused(diary: Diary, token: str) -> None:
    payload = await diary.nobody.do("RefreshSession", refreshToken=token)
    assert (payload["session"], reasons(payload)) == (None, SPENT)


async def test_a_session_ends_by_its_time(diary: Diary, account: AccountMade) -> None:
    client = await diary.sign_in(account)
    now = datetime.now(UTC)
    await Session.filter(account_id=account.id).update(
        created_at=now - timedelta(days=31), expires_at=now - timedelta(seconds=1)
    )
    assert not await is_signed_in(client)
    payload = await diary.nobody.do("RefreshSession", refreshToken=client.refresh_token)
    assert (payload["session"], reasons(payload)) == (None, SPENT)


async def test_an_access_token_does_not_outlive_its_session(
    diary: Diary, account: AccountMade
) -> None:
    client = await diary.sign_in(account)
    soon = datetime.now(UTC) + timedelta(minutes=5)
    await Session.filter(account_id=account.id).update(expires_at=soon)
    payload = await diary.nobody.do("RefreshSession", refreshToken=client.refresh_token)
    assert moment(payload["session"]["accessExpiresAt"]) == soon


async def test_signing_out_ends_this_session_and_no_other(
    diary: Diary, teacher: StaffMade, account: AccountMade
) -> None:
    client = await diary.sign_in(account)
    elsewhere = await diary.sign_in(account)

    assert (await client.ask("SignOut")).data == {"signOut": {"userErrors": []}}
    assert not await is_signed_in(client)
    assert await is_signed_in(elsewhere)
    payload = await diary.nobody.do("RefreshSession", refreshToken=client.refresh_token)
    assert (payload["session"], reasons(payload)) == (None, SPENT)
    session = (await Session.filter(account_id=account.id).order_by("id"))[0]
    [_, deed] = await deeds("Session", session.id)
    assert (deed.action, deed.person_id, deed.roles) == ("session.ended", teacher.id, ["TEACHER"])
    again = await client.ask("SignOut")
    assert (again.partial, again.refused) == (None, [("UNAUTHENTICATED", "signOut")])
    assert len(await deeds("Session", session.id)) == 2


async def test_an_account_that_is_blocked_is_signed_out_at_once(
    diary: Diary, account: AccountMade
) -> None:
    client = await diary.sign_in(account)
    await account.block()

    assert not await is_signed_in(client)
    payload = await diary.nobody.do("RefreshSession", refreshToken=client.refresh_token)
    assert (payload["session"], reasons(payload)) == (None, SPENT)
    await account.change(blocked_at=None)
    assert await is_signed_in(client)
