"""Signing in: who may, and what is told to whoever may not."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from models import Account, AuditEntry, RefreshToken, Session
from tests.accounts.signing import WRONG, session_of
from tests.diary import Diary, contract
from tests.factories import (
    PASSWORD,
    AccountMade,
    SchoolMade,
    StaffMade,
    a_person,
    a_school,
    gid,
    serial,
)
from tests.traces import moment, reasons, refusals

pytestmark = pytest.mark.usefixtures("database")


async def test_signing_in_begins_a_session(
    diary: Diary, teacher: StaffMade, account: AccountMade
) -> None:
    payload = await diary.nobody.do("SignIn", login=account.login, password=PASSWORD)

    assert payload["userErrors"] == []
    given = payload["session"]
    assert set(given) == {"accessToken", "refreshToken", "accessExpiresAt"}
    session = await session_of(account)
    assert session.ended_at is None
    assert session.expires_at - session.created_at == timedelta(days=30)
    assert moment(given["accessExpiresAt"]) - session.created_at == timedelta(minutes=15)
    token = await RefreshToken.get(session_id=session.id)
    assert token.digest == hashlib.sha256(given["refreshToken"].encode()).hexdigest()
    assert (token.issued_at, token.used_at) == (session.created_at, None)
    [entry] = await AuditEntry.filter(entity="Session", row_id=session.id)
    assert (entry.action, entry.person_id, entry.at) == (
        "session.begun",
        teacher.id,
        session.created_at,
    )
    assert (entry.before, entry.after, entry.address) == (None, None, "127.0.0.1")


@pytest.mark.parametrize("spelt", [str.upper, str.title, "  {}\t".format])
async def test_capitals_and_spaces_around_a_login_do_not_matter(
    diary: Diary, teacher: StaffMade, spelt: Any
) -> None:
    account = await teacher.account(f"Учитель.One.{serial()}".lower())
    payload = await diary.nobody.do("SignIn", login=spelt(account.login), password=PASSWORD)
    assert payload["userErrors"] == []


async def test_a_school_may_be_named_but_it_must_be_ones_own(
    diary: Diary, school: SchoolMade, account: AccountMade
) -> None:
    elsewhere = await a_school(near=school)
    given = {"login": account.login, "password": PASSWORD}
    outcomes = [
        reasons(await diary.nobody.do("SignIn", **given, schoolId=named))
        for named in (
            None,
            gid("Organization", school.id),
            gid("Organization", elsewhere.id),
            gid("Organization", 2**62),
            gid("Settlement", school.id),
        )
    ]
    assert outcomes == [[], [], WRONG, WRONG, WRONG]
    assert await Session.filter(account_id=account.id).count() == 2


async def test_a_school_id_that_is_none_is_malformed(diary: Diary, account: AccountMade) -> None:
    given = {"login": account.login, "password": PASSWORD, "schoolId": "school 1"}
    answer = await diary.nobody.ask("SignIn", input=given)
    assert (answer.status, answer.codes) == (200, ["BAD_USER_INPUT"])
    assert not await Session.filter(account_id=account.id).exists()


async def test_no_answer_tells_why_somebody_was_not_signed_in(
    diary: Diary, teacher: StaffMade, account: AccountMade
) -> None:
    blocked = await (await a_person()).account()
    await blocked.block()
    attempts = [
        (f"nobody.{serial()}", PASSWORD),
        (account.login, "diary-dem0"),
        (account.login, ""),
        (account.login, PASSWORD + " "),
        ("", PASSWORD),
        (blocked.login, PASSWORD),
        (blocked.login, "diary-dem0"),
        ("l" * 10_000, PASSWORD),
        (account.login, "p" * 10_000),
    ]
    bodies = {
        (await _posted(diary, "SignIn", {"login": login, "password": password})).content
        for login, password in attempts
    }
    refusal = (
        b'{"data":{"signIn":{"session":null,"userErrors":[{"code":"INVALID_CREDENTIALS",'
        b'"message":"Login or password are wrong.","field":null}]}}}'
    )
    assert bodies == {refusal}
    assert not await Session.filter(account_id__in=[account.id, blocked.id]).exists()
    assert not await AuditEntry.filter(person_id=teacher.id).exists()


async def _posted(diary: Diary, operation: str, given: object) -> httpx.Response:
    # In ASCII, since a lone surrogate has no encoding of its own.
    body = json.dumps({"query": contract(operation), "variables": {"input": given}})
    headers = {"Content-Type": "application/json"}
    return await diary.http.post(f"{diary.url}/graphql", content=body, headers=headers)


@pytest.mark.parametrize("field", ["login", "password"])
async def test_text_that_no_database_holds_is_refused_with_a_code(
    diary: Diary, account: AccountMade, field: str
) -> None:
    given = {"login": account.login, "password": PASSWORD}
    with_nul = await diary.nobody.ask("SignIn", input=given | {field: given[field] + "\x00"})
    with_surrogate = await _posted(diary, "SignIn", given | {field: "\ud800"})

    codes = with_nul.codes or [code for code, _ in refusals(with_nul)]
    assert codes == [{"login": "BAD_USER_INPUT", "password": "INVALID_CREDENTIALS"}[field]]
    assert with_surrogate.status_code == 400
    assert with_surrogate.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert not await Session.filter(account_id=account.id).exists()


async def test_a_password_that_was_hashed_more_cheaply_is_hashed_anew(
    diary: Diary, account: AccountMade
) -> None:
    await diary.sign_in(account)
    renewed = (await Account.get(id=account.id)).password_hash
    assert renewed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    await diary.sign_in(account)
    assert (await Account.get(id=account.id)).password_hash == renewed
