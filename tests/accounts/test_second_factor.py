"""One's own second factor, while one is signed in: made, changed, renewed, removed."""

import asyncio
import hashlib
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from tortoise.connection import get_connection

from models import IdempotentAnswer, Position, RecoveryCode, SecondFactor
from tests.accounts.signing import begun, do, document, in_session, is_signed_in
from tests.diary import Client, Diary
from tests.factories import PASSWORD, AccountMade, Generator, SchoolMade, StaffMade, a_person
from tests.moments import rfc3339
from tests.traces import deeds, reasons

pytestmark = pytest.mark.usefixtures("database")

_WRONG_PASSWORD = [("INVALID_CREDENTIALS", "currentPassword")]
_WRONG_CODE = [("INVALID_CODE", "code")]
_VIEWER = "{ viewer { secondFactor { confirmedAt recoveryCodesLeft } } }"
_SPENDING = ["renewRecoveryCodes", "removeSecondFactor"]


async def _begin(client: Client, **given: Any) -> Generator:
    payload = await do(client, "beginSecondFactor", currentPassword=PASSWORD, **given)
    assert payload["userErrors"] == []
    return Generator(payload["secret"])


async def _with_factor(diary: Diary, account: AccountMade) -> tuple[Client, Generator, list[str]]:
    """A client that is signed in and has just made a second factor."""
    client = await diary.sign_in(account)
    generator = await _begin(client)
    confirmed = await do(client, "confirmSecondFactor", code=generator.code())
    assert confirmed["userErrors"] == []
    return client, generator, confirmed["recoveryCodes"]


async def _told(client: Client) -> Any:
    return (await client.send(_VIEWER)).data["viewer"]["secondFactor"]


async def test_it_counts_from_its_first_code_and_all_other_sessions_end(
    diary: Diary, teacher: StaffMade, account: AccountMade
) -> None:
    lost, here = await diary.sign_in(account), await diary.sign_in(account)
    begun_ = await do(here, "beginSecondFactor", currentPassword=PASSWORD)
    uri = urlsplit(begun_["uri"])
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert unquote(uri.path) == f"/School Diary:{account.login}"
    assert parse_qs(uri.query)["secret"] == [begun_["secret"]]
    assert await _told(here) is None
    # It is not asked for yet.
    assert await is_signed_in(await diary.sign_in(account))

    confirmed = await do(here, "confirmSecondFactor", code=Generator(begun_["secret"]).code())
    row = await SecondFactor.get(account_id=account.id)
    assert row.confirmed_at is not None
    assert await _told(here) == {"confirmedAt": rfc3339(row.confirmed_at), "recoveryCodesLeft": 10}
    assert (await is_signed_in(here), await is_signed_in(lost)) == (True, False)
    assert len(set(confirmed["recoveryCodes"])) == 10
    assert {len(code) for code in confirmed["recoveryCodes"]} == {19}
    await begun(diary.nobody, account, "SECOND_FACTOR")
    told = await deeds("SecondFactor", row.id)
    assert [(deed.action, deed.person_id, deed.before, deed.after) for deed in told] == [
        ("second_factor.begun", teacher.id, None, None),
        ("second_factor.confirmed", teacher.id, None, None),
    ]


async def test_the_code_that_confirmed_it_signs_nobody_in(
    diary: Diary, account: AccountMade
) -> None:
    client = await diary.sign_in(account)
    generator = await _begin(client)
    code = generator.code()
    assert reasons(await do(client, "confirmSecondFactor", code=code)) == []
    ticket = await begun(diary.nobody, account, "SECOND_FACTOR")
    refused = await do(diary.nobody, "enterSecondFactor", ticket=ticket, code=code)
    assert reasons(refused) == _WRONG_CODE


async def test_what_is_no_first_code_confirms_nothing(diary: Diary, account: AccountMade) -> None:
    other, client = await diary.sign_in(account), await diary.sign_in(account)
    assert reasons(await do(client, "confirmSecondFactor", code="123456")) == _WRONG_CODE
    former = await _begin(client)
    generator = await _begin(client)
    for code in (former.code(), generator.wrong, generator.code(ahead=9)):
        payload = await do(client, "confirmSecondFactor", code=code)
        assert (payload["recoveryCodes"], reasons(payload)) == (None, _WRONG_CODE)
    assert (await SecondFactor.get(account_id=account.id)).confirmed_at is None
    assert not await RecoveryCode.filter(account_id=account.id).exists()
    assert await is_signed_in(other)


async def test_it_is_changed_for_another_without_a_gap(diary: Diary, account: AccountMade) -> None:
    client, former, codes = await _with_factor(diary, account)
    for given, refusal in (
        ({}, [("REQUIRED", "code")]),
        ({"code": former.wrong}, _WRONG_CODE),
    ):
        payload = await do(client, "beginSecondFactor", currentPassword=PASSWORD, **given)
        assert (payload["secret"], reasons(payload)) == (None, refusal)
    generator = await _begin(client, code=codes[0])
    # The former one counts until the new one is confirmed.
    ticket = await begun(diary.nobody, account, "SECOND_FACTOR")
    entered = await do(diary.nobody, "enterSecondFactor", ticket=ticket, code=former.code(ahead=1))
    elsewhere = in_session(diary.nobody, entered)

    confirmed = await do(client, "confirmSecondFactor", code=generator.code())
    assert reasons(confirmed) == []
    assert not set(confirmed["recoveryCodes"]) & set(codes)
    assert not await is_signed_in(elsewhere)
    ticket = await begun(diary.nobody, account, "SECOND_FACTOR")
    told = [
        reasons(await do(diary.nobody, "enterSecondFactor", ticket=ticket, code=code))
        for code in (former.code(ahead=1), codes[1], generator.code(ahead=1))
    ]
    assert told == [_WRONG_CODE, _WRONG_CODE, []]


async def test_renewed_recovery_codes_end_the_former(
    diary: Diary, teacher: StaffMade, account: AccountMade
) -> None:
    client, generator, codes = await _with_factor(diary, account)
    given = {"currentPassword": PASSWORD, "code": generator.code(ahead=1)}
    renewed = await do(client, "renewRecoveryCodes", **given)
    assert (len(renewed["recoveryCodes"]), renewed["userErrors"]) == (10, [])
    [deed] = await deeds("Account", account.id)
    assert (deed.action, deed.person_id) == ("second_factor.recovery_codes_renewed", teacher.id)
    ticket = await begun(diary.nobody, account, "SECOND_FACTOR")
    told = [
        reasons(await do(diary.nobody, "enterSecondFactor", ticket=ticket, code=code))
        for code in (codes[0], renewed["recoveryCodes"][0])
    ]
    assert told == [_WRONG_CODE, []]
    assert (await _told(client))["recoveryCodesLeft"] == 9


async def test_removed_it_is_asked_for_no_more(diary: Diary, account: AccountMade) -> None:
    client, generator, codes = await _with_factor(diary, account)
    ticket = await begun(diary.nobody, account, "SECOND_FACTOR")
    entered = await do(diary.nobody, "enterSecondFactor", ticket=ticket, code=codes[0])
    elsewhere = in_session(diary.nobody, entered)
    ticket = await begun(diary.nobody, account, "SECOND_FACTOR")
    row = await SecondFactor.get(account_id=account.id)

    given = {"currentPassword": PASSWORD, "code": generator.code(ahead=1)}
    assert reasons(await do(client, "removeSecondFactor", **given)) == []
    assert await _told(client) is None
    assert (await is_signed_in(client), await is_signed_in(elsewhere)) == (True, False)
    assert await is_signed_in(await diary.sign_in(account))
    assert not await RecoveryCode.filter(account_id=account.id).exists()
    assert [deed.action for deed in await deeds("SecondFactor", row.id)][-1] == (
        "second_factor.removed"
    )
    code = generator.code(ahead=1)
    refused = await do(diary.nobody, "enterSecondFactor", ticket=ticket, code=code)
    assert reasons(refused) == _WRONG_CODE


async def test_a_school_that_asks_for_it_does_not_let_it_be_removed(
    diary: Diary, school: SchoolMade
) -> None:
    account = await (await school.staff(Position.SCHOOL_ADMINISTRATOR)).account()
    client, generator, codes = await _with_factor(diary, account)
    await school.settle(administrators_need_second_factor=True)
    given = {"currentPassword": PASSWORD, "code": codes[0]}
    assert reasons(await do(client, "removeSecondFactor", **given)) == [("FORBIDDEN", None)]
    # Nothing has happened: not even the code was taken.
    assert (await _told(client))["recoveryCodesLeft"] == 10
    changed = await _begin(client, code=codes[0])
    assert reasons(await do(client, "confirmSecondFactor", code=changed.code())) == []
    assert generator.secret != changed.secret


@pytest.mark.parametrize("mutation", _SPENDING)
async def test_password_and_code_are_needed_both(
    diary: Diary, account: AccountMade, mutation: str
) -> None:
    client, generator, codes = await _with_factor(diary, account)
    other = await (await a_person()).account()
    foreign = await other.second_factor()
    before = await _state(account)
    for password, code, refusal in (
        ("guess", generator.code(ahead=1), _WRONG_PASSWORD),
        ("guess", codes[0], _WRONG_PASSWORD),
        (PASSWORD, generator.wrong, _WRONG_CODE),
        (PASSWORD, foreign.generator.code(), _WRONG_CODE),
        (PASSWORD, foreign.recovery_codes[0], _WRONG_CODE),
        # No later one than that which confirmed it.
        (PASSWORD, generator.code(ahead=-1), _WRONG_CODE),
    ):
        payload = await do(client, mutation, currentPassword=password, code=code)
        assert reasons(payload) == refusal
    assert await _state(account) == before


@pytest.mark.parametrize("mutation", _SPENDING)
async def test_without_a_factor_no_code_is_right(
    diary: Diary, account: AccountMade, mutation: str
) -> None:
    client = await diary.sign_in(account)
    payload = await do(client, mutation, currentPassword=PASSWORD, code="123456")
    assert reasons(payload) == _WRONG_CODE


async def test_of_many_renewals_with_one_code_one_wins(diary: Diary, account: AccountMade) -> None:
    client, generator, _ = await _with_factor(diary, account)
    given = {"currentPassword": PASSWORD, "code": generator.code(ahead=1)}
    payloads = await asyncio.gather(*(do(client, "renewRecoveryCodes", **given) for _ in range(4)))
    assert [reasons(each) for each in payloads].count([]) == 1
    [won] = [each for each in payloads if not each["userErrors"]]
    rows = await RecoveryCode.filter(account_id=account.id)
    plain = (code.replace("-", "") for code in won["recoveryCodes"])
    assert {row.digest for row in rows} == {
        hashlib.sha256(code.encode()).hexdigest() for code in plain
    }


async def test_guesses_by_a_thief_of_a_session_are_counted(
    diary: Diary, account: AccountMade
) -> None:
    client, generator, _ = await _with_factor(diary, account)
    given = {"currentPassword": PASSWORD, "code": generator.wrong}
    told = [reasons(await do(client, "removeSecondFactor", **given)) for _ in range(6)]
    assert told == [_WRONG_CODE] * 5 + [[("TOO_MANY_ATTEMPTS", None)]]
    given["code"] = generator.code(ahead=1)
    assert reasons(await do(client, "removeSecondFactor", **given)) == [("TOO_MANY_ATTEMPTS", None)]
    assert await _told(client) is not None


async def test_nothing_of_it_is_kept_in_plain_not_even_under_a_key(
    diary: Diary, account: AccountMade
) -> None:
    client = await diary.sign_in(account)

    async def under_a_key(mutation: str, **given: Any) -> Any:
        answer = await diary.http.post(
            f"{diary.url}/graphql",
            json={"query": document(mutation), "variables": {"input": given}},
            headers={**client.headers, "Idempotency-Key": "factor-1"},
        )
        return answer.json()["data"][mutation]

    secret = (await under_a_key("beginSecondFactor", currentPassword=PASSWORD))["secret"]
    code = Generator(secret).code()
    codes = (await under_a_key("confirmSecondFactor", code=code))["recoveryCodes"]
    renewing = {"currentPassword": PASSWORD, "code": codes[0]}
    codes += (await under_a_key("renewRecoveryCodes", **renewing))["recoveryCodes"]
    assert len(codes) == 20
    assert not await IdempotentAnswer.filter(account_id=account.id).exists()
    for text in (secret, *codes, *(each.replace("-", "") for each in codes)):
        assert await _rows_with(text) == 0
    assert await _rows_with(account.login) > 0


@pytest.mark.parametrize(
    ("mutation", "given"),
    [
        ("beginSecondFactor", {"currentPassword": PASSWORD}),
        ("confirmSecondFactor", {"code": "123456"}),
        ("renewRecoveryCodes", {"currentPassword": PASSWORD, "code": "123456"}),
        ("removeSecondFactor", {"currentPassword": PASSWORD, "code": "123456"}),
    ],
)
async def test_nobody_has_a_second_factor(diary: Diary, mutation: str, given: Any) -> None:
    answer = await diary.nobody.send(document(mutation), input=given)
    assert answer.codes == ["UNAUTHENTICATED"]


async def _state(account: AccountMade) -> Any:
    factor = await SecondFactor.filter(account_id=account.id).values()
    return factor, await RecoveryCode.filter(account_id=account.id).order_by("id").values()


async def _rows_with(text: str) -> int:
    """In how many rows of what has to do with accounts the text stands."""
    tables = ("account", "second_factor", "recovery_code", "audit_entry", "idempotent_answer")
    counts = (f"(SELECT count(*) FROM {table} r WHERE strpos(r::text, $1) > 0)" for table in tables)  # noqa: S608 — names of ours
    [row] = await get_connection("default").execute_query_dict(
        f"SELECT {' + '.join(counts)} AS found", [text]
    )
    found: int = row["found"]
    return found
