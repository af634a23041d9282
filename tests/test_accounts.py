"""Signing in and out: sessions, their tokens, and what is never written down of them."""

import asyncio
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
from tortoise.connection import get_connection

from models import Account, AuditEntry, GuardianRelation, Position, RefreshToken, Session
from tests.diary import Client, Diary, contract
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
from tests.programs import serving
from tests.sessions import SECRET_KEY, signed_in
from tests.traces import deeds, moment, reasons, refusals

pytestmark = pytest.mark.usefixtures("database")

_WRONG = [("INVALID_CREDENTIALS", None)]
_SPENT = [("INVALID_TOKEN", "refreshToken")]


@pytest.fixture
async def school() -> SchoolMade:
    return await a_school()


@pytest.fixture
async def teacher(school: SchoolMade) -> StaffMade:
    return await school.teacher()


@pytest.fixture
async def account(teacher: StaffMade) -> AccountMade:
    return await teacher.account()


async def _session_of(account: AccountMade) -> Session:
    return await Session.get(account_id=account.id)


async def _is_signed_in(client: Client) -> bool:
    answer = await client.ask("Viewer")
    if "errors" not in answer.body:
        return True
    assert (answer.partial, answer.refused) == ({"viewer": None}, [("UNAUTHENTICATED", "viewer")])
    return False


async def test_signing_in_begins_a_session(
    diary: Diary, teacher: StaffMade, account: AccountMade
) -> None:
    payload = await diary.nobody.do("SignIn", login=account.login, password=PASSWORD)

    assert payload["userErrors"] == []
    given = payload["session"]
    assert set(given) == {"accessToken", "refreshToken", "accessExpiresAt"}
    session = await _session_of(account)
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
    assert outcomes == [[], [], _WRONG, _WRONG, _WRONG]
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


async def test_an_access_token_says_whose_it_is_and_nothing_else(
    diary: Diary, account: AccountMade
) -> None:
    client = await diary.sign_in(account)
    assert client.token is not None
    session = await _session_of(account)
    began = int(session.created_at.timestamp())
    assert jwt.get_unverified_header(client.token) == {"alg": "HS256", "typ": "JWT"}
    assert jwt.decode(client.token, SECRET_KEY, algorithms=["HS256"]) == {
        "sub": str(account.id),
        "sid": session.id,
        "iat": began,
        "exp": began + 15 * 60,
    }


def _altered(token: str, _claims: dict[str, Any]) -> str:
    head, body, signature = token.split(".")
    return f"{head}.{body}.{signature[::-1]}"


def _of_another_body(token: str, claims: dict[str, Any]) -> str:
    head, _, signature = token.split(".")
    body = jwt.encode(claims | {"sub": "1"}, SECRET_KEY).split(".")[1]
    return f"{head}.{body}.{signature}"


def _unsigned(_token: str, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, None, algorithm="none")


def _without_signature(token: str, _claims: dict[str, Any]) -> str:
    return token.rpartition(".")[0] + "."


def _of_another_key(_token: str, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "x" * 32)


def _run_out(_token: str, claims: dict[str, Any]) -> str:
    a_minute_ago = datetime.now(UTC) - timedelta(minutes=1)
    return jwt.encode(claims | {"exp": a_minute_ago}, SECRET_KEY)


def _without_an_end(_token: str, claims: dict[str, Any]) -> str:
    return jwt.encode({name: claims[name] for name in ("sub", "sid", "iat")}, SECRET_KEY)


def _of_another_account(_token: str, claims: dict[str, Any]) -> str:
    return jwt.encode(claims | {"sub": "1"}, SECRET_KEY)


def _nonsense(_token: str, _claims: dict[str, Any]) -> str:
    return "nonsense"


@pytest.mark.parametrize(
    "forge",
    [
        _altered,
        _of_another_body,
        _unsigned,
        _without_signature,
        _of_another_key,
        _run_out,
        _without_an_end,
        _of_another_account,
        _nonsense,
    ],
)
async def test_a_token_that_does_not_count_is_no_token(
    diary: Diary, teacher: StaffMade, forge: Any
) -> None:
    client = await signed_in(diary, teacher)
    assert client.token is not None
    assert await _is_signed_in(client)
    client.token = forge(client.token, jwt.decode(client.token, SECRET_KEY, algorithms=["HS256"]))

    assert not await _is_signed_in(client)
    assert (await client.send("{ municipalities { __typename } }")).data["municipalities"]


async def test_a_token_that_has_run_out_keeps_nobody_from_signing_in(
    diary: Diary, account: AccountMade
) -> None:
    client = diary.nobody
    client.token = _run_out("", {"sub": str(account.id), "sid": 1, "iat": 1})
    payload = await client.do("SignIn", login=account.login, password=PASSWORD)
    assert reasons(payload) == []
    client.token = payload["session"]["accessToken"]
    assert await _is_signed_in(client)


async def test_refreshing_gives_a_new_pair_of_the_same_session(
    diary: Diary, account: AccountMade
) -> None:
    client = await diary.sign_in(account)
    payload = await diary.nobody.do("RefreshSession", refreshToken=client.refresh_token)

    assert payload["userErrors"] == []
    renewed = payload["session"]
    assert renewed["refreshToken"] != client.refresh_token
    session = await _session_of(account)
    claims = jwt.decode(renewed["accessToken"], SECRET_KEY, algorithms=["HS256"])
    assert (claims["sub"], claims["sid"]) == (str(account.id), session.id)
    assert moment(renewed["accessExpiresAt"]).replace(microsecond=0) == datetime.fromtimestamp(
        claims["exp"], UTC
    )
    first, second = await RefreshToken.filter(session_id=session.id).order_by("id")
    assert (first.used_at, second.used_at) == (second.issued_at, None)
    assert await _is_signed_in(client)
    client.token = renewed["accessToken"]
    assert await _is_signed_in(client)


async def test_a_refresh_token_that_is_used_again_ends_the_whole_session(
    diary: Diary, teacher: StaffMade, account: AccountMade
) -> None:
    client = await diary.sign_in(account)
    elsewhere = await diary.sign_in(account)
    stolen = client.refresh_token
    renewed = (await client.do("RefreshSession", refreshToken=stolen))["session"]

    again = await diary.nobody.do("RefreshSession", refreshToken=stolen)
    assert (again["session"], reasons(again)) == (None, _SPENT)
    for token in (client.token, renewed["accessToken"]):
        client.token = token
        assert not await _is_signed_in(client)
    newer = await diary.nobody.do("RefreshSession", refreshToken=renewed["refreshToken"])
    assert (newer["session"], reasons(newer)) == (None, _SPENT)
    ended, lasting = await Session.filter(account_id=account.id).order_by("id")
    assert (ended.ended_at is not None, lasting.ended_at) == (True, None)
    assert await _is_signed_in(elsewhere)
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
    assert sorted(map(reasons, payloads)) == [[], *[_SPENT] * 7]
    session = await _session_of(account)
    assert session.ended_at is not None
    assert await RefreshToken.filter(session_id=session.id).count() == 2


@pytest.mark.parametrize("token", ["", "nonsense", "t" * 10_000, "nul\x00", "слово"])
async def test_an_unknown_refresh_token_is_refused(diary: Diary, token: str) -> None:
    payload = await diary.nobody.do("RefreshSession", refreshToken=token)
    assert (payload["session"], reasons(payload)) == (None, _SPENT)


async def test_a_session_ends_by_its_time(diary: Diary, account: AccountMade) -> None:
    client = await diary.sign_in(account)
    now = datetime.now(UTC)
    await Session.filter(account_id=account.id).update(
        created_at=now - timedelta(days=31), expires_at=now - timedelta(seconds=1)
    )
    assert not await _is_signed_in(client)
    payload = await diary.nobody.do("RefreshSession", refreshToken=client.refresh_token)
    assert (payload["session"], reasons(payload)) == (None, _SPENT)


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
    assert not await _is_signed_in(client)
    assert await _is_signed_in(elsewhere)
    payload = await diary.nobody.do("RefreshSession", refreshToken=client.refresh_token)
    assert (payload["session"], reasons(payload)) == (None, _SPENT)
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

    assert not await _is_signed_in(client)
    payload = await diary.nobody.do("RefreshSession", refreshToken=client.refresh_token)
    assert (payload["session"], reasons(payload)) == (None, _SPENT)
    await account.change(blocked_at=None)
    assert await _is_signed_in(client)


async def test_the_viewer_is_told_what_they_are(diary: Diary, school: SchoolMade) -> None:
    elsewhere = await a_school(near=school)
    klass = await school.class_("7А")
    elder = await klass.pupil(last_name="Ветрова", birth_date=school.today - timedelta(days=4800))
    younger = await klass.pupil(last_name="Азова", birth_date=school.today - timedelta(days=4000))
    adult = await a_person(last_name="Ветрова", first_name="Мария", middle_name="Ильинична")
    for child in (younger, elder):
        await child.guardian(adult)
    former = await (await elsewhere.class_("3Б")).pupil()
    await (await former.guardian(adult, GuardianRelation.OTHER)).guardianship.end()
    await elsewhere.staff(Position.DEPUTY_HEAD, adult)
    await school.staff(Position.TEACHER, adult)
    await klass.led_by(adult)
    account = await adult.account()

    answer = await (await diary.sign_in(account)).ask("Viewer")

    here, there = (
        {"id": gid("Organization", one.id), "name": one.row.name} for one in (school, elsewhere)
    )
    in_class = {"id": gid("SchoolClass", klass.id), "name": "7А"}
    assert answer.data["viewer"] == {
        "id": gid("Viewer", account.id),
        "login": account.login,
        "fullName": "Ветрова Мария Ильинична",
        "roles": [
            {"role": "DEPUTY_HEAD", "organization": there},
            {"role": "GUARDIAN", "organization": here},
            {"role": "HOMEROOM_TEACHER", "organization": here},
            {"role": "TEACHER", "organization": here},
        ],
        "student": None,
        "children": [
            {
                "id": gid("Student", child.id),
                "fullName": child.person.row.full_name,
                "schoolClass": in_class,
            }
            for child in (elder, younger)
        ],
    }


async def test_a_pupil_is_a_student_without_children(diary: Diary, school: SchoolMade) -> None:
    pupil = await (await school.class_("7А")).pupil()
    viewer = (await (await signed_in(diary, pupil)).ask("Viewer")).data["viewer"]
    organization = {"id": gid("Organization", school.id), "name": school.row.name}
    assert viewer["roles"] == [{"role": "STUDENT", "organization": organization}]
    assert viewer["student"] == {
        "id": gid("Student", pupil.id),
        "fullName": pupil.person.row.full_name,
    }
    assert viewer["children"] == []


async def test_whoever_is_nothing_today_has_no_roles(diary: Diary) -> None:
    viewer = (await (await signed_in(diary, await a_person())).ask("Viewer")).data["viewer"]
    assert (viewer["roles"], viewer["student"], viewer["children"]) == ([], None, [])


async def test_no_secret_is_written_into_log_audit_or_change_log(
    database: str, school: SchoolMade, account: AccountMade
) -> None:
    wrong = f"wrong-password-{serial()}"
    lesson = await (await (await school.class_("7А")).section("Алгебра")).lesson()
    pupil = await lesson.section.klass.pupil(last_name=f"Тайнова{serial()}")
    comment = f"Замечание {serial()}"
    with serving(DATABASE_URL=database, LOG_LEVEL="debug") as program:
        async with httpx.AsyncClient(timeout=20) as http:
            own = Diary(program.url, http)
            await own.nobody.do("SignIn", login=account.login, password=wrong)
            clients = [await own.sign_in(account), await own.as_(lesson.section.teacher)]
            renewed = await own.nobody.do("RefreshSession", refreshToken=clients[0].refresh_token)
            marked = await clients[1].do(
                "RecordMark",
                lessonId=gid("Lesson", lesson.id),
                studentId=gid("Student", pupil.id),
                value=5,
                comment=comment,
            )
            await own.nobody.do("RefreshSession", refreshToken=clients[0].refresh_token)
            await clients[1].ask("SignOut")
            unstorable = {"login": f"{wrong}\x00", "password": wrong}
            refused = await own.nobody.ask("SignIn", input=unstorable)
    assert refused.codes == ["BAD_USER_INPUT"]
    assert reasons(marked) == []
    assert "operation=RecordMark" in program.output
    sent = [renewed["session"]["accessToken"], renewed["session"]["refreshToken"], PASSWORD, wrong]
    sent += [token for each in clients for token in (each.token, each.refresh_token) if token]
    digests = [hashlib.sha256(token.encode()).hexdigest() for token in sent]
    hashes = [(await Account.get(id=account.id)).password_hash]
    for secret in (*sent, *digests, *hashes):
        assert secret not in program.output
        assert await _rows_with(secret) == 0
    for personal in (pupil.person.row.last_name, comment, account.login):
        assert personal not in program.output


async def _rows_with(text: str) -> int:
    [row] = await get_connection("default").execute_query_dict(
        "SELECT (SELECT count(*) FROM audit_entry WHERE strpos(audit_entry::text, $1) > 0)"
        " + (SELECT count(*) FROM change_entry WHERE strpos(change_entry::text, $1) > 0) AS found",
        [text],
    )
    found: int = row["found"]
    return found
