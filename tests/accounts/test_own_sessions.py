"""Where somebody is signed in, as they see it, and signing out elsewhere."""

from typing import Any

import pytest

from models import Session
from tests.accounts.signing import SPENT, is_signed_in
from tests.diary import Client, Diary
from tests.factories import AccountMade, a_person, gid
from tests.moments import rfc3339
from tests.traces import deeds, reasons, told_people

pytestmark = pytest.mark.usefixtures("database")

_LIST = """
{ viewer { session { id } sessions(first: 10) { totalCount edges { node {
    id createdAt lastUsedAt expiresAt address userAgent } } } } }
"""
_ONE = """mutation ($input: EndSessionInput!) { endSession(input: $input) {
    endedSessionIds userErrors { code message field } } }"""
_OTHERS = "mutation { endOtherSessions { endedSessionIds userErrors { code message field } } }"


async def _list(client: Client) -> Any:
    return (await client.send(_LIST)).data["viewer"]


async def _end(client: Client, session_id: str) -> Any:
    return (await client.send(_ONE, input={"sessionId": session_id})).data["endSession"]


async def test_the_sessions_are_told_with_their_devices_the_latest_first(
    diary: Diary, account: AccountMade
) -> None:
    phone, desk = await diary.sign_in(account), await diary.sign_in(account)
    rows = await Session.filter(account_id=account.id).order_by("-id")

    told = await _list(desk)
    assert told["session"] == {"id": gid("Session", rows[0].id)}
    assert told["sessions"]["totalCount"] == 2
    assert [edge["node"] for edge in told["sessions"]["edges"]] == [
        {
            "id": gid("Session", row.id),
            "createdAt": rfc3339(row.created_at),
            "lastUsedAt": rfc3339(row.created_at),
            "expiresAt": rfc3339(row.expires_at),
            "address": "127.0.0.1",
            "userAgent": row.user_agent,
        }
        for row in rows
    ]
    assert rows[0].user_agent.startswith("python-httpx/")
    assert (await _list(phone))["session"] == {"id": gid("Session", rows[1].id)}


async def test_generic_resolvers_tell_the_same(diary: Diary, account: AccountMade) -> None:
    client = await diary.sign_in(account)
    request = {"query": _LIST, "extensions": {"planner": False}}
    answer = await diary.http.post(f"{diary.url}/graphql", json=request, headers=client.headers)
    assert answer.json()["data"]["viewer"] == await _list(client)


async def test_one_of_ones_own_sessions_is_ended_from_another(
    diary: Diary, account: AccountMade
) -> None:
    lost, here = await diary.sign_in(account), await diary.sign_in(account)
    lost_id = (await _list(lost))["session"]["id"]

    assert await _end(here, lost_id) == {"endedSessionIds": [lost_id], "userErrors": []}
    assert not await is_signed_in(lost)
    assert reasons(await lost.do("RefreshSession", refreshToken=lost.refresh_token)) == SPENT
    assert (await _list(here))["sessions"]["totalCount"] == 1
    ended, lasting = await Session.filter(account_id=account.id).order_by("id")
    assert (ended.ended_at is not None, lasting.ended_at) == (True, None)
    told = [deed.action for deed in await deeds("Session", ended.id)]
    assert told == ["session.begun", "session.ended"]
    assert await told_people(account.row.person_id) == [("SESSIONS", "ENDED", ended.id)]


async def test_a_session_that_is_ended_foreign_or_no_id_reads_as_absent(
    diary: Diary, account: AccountMade
) -> None:
    mine = await diary.sign_in(account)
    other = await diary.sign_in(await (await a_person()).account())
    ended = (await _list(mine))["session"]["id"]
    mine = await diary.sign_in(account)
    await _end(mine, ended)
    foreign = (await _list(other))["session"]["id"]
    for wanted in (ended, foreign, gid("Session", 10**9), gid("Account", account.id)):
        payload = await _end(mine, wanted)
        assert payload["endedSessionIds"] is None
        assert reasons(payload) == [("NOT_FOUND", "sessionId")]
    assert await is_signed_in(other)
    assert await is_signed_in(mine)


async def test_all_others_are_ended_at_once(diary: Diary, account: AccountMade) -> None:
    others = [await diary.sign_in(account) for _ in range(3)]
    here = await diary.sign_in(account)
    stranger = await diary.sign_in(await (await a_person()).account())

    ids = [(await _list(other))["session"]["id"] for other in others]
    payload = (await here.send(_OTHERS)).data["endOtherSessions"]
    assert payload == {"endedSessionIds": ids, "userErrors": []}
    assert [await is_signed_in(other) for other in others] == [False] * 3
    assert await is_signed_in(here)
    assert await is_signed_in(stranger)
    assert (await here.send(_OTHERS)).data["endOtherSessions"]["endedSessionIds"] == []


async def test_nobody_ends_anything(diary: Diary, account: AccountMade) -> None:
    client = await diary.sign_in(account)
    session_id = (await _list(client))["session"]["id"]
    one = await diary.nobody.send(_ONE, input={"sessionId": session_id})
    others = await diary.nobody.send(_OTHERS)
    assert (one.codes, others.codes) == (["UNAUTHENTICATED"], ["UNAUTHENTICATED"])
    assert await is_signed_in(client)
