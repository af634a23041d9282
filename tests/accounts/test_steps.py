"""What is owed between a right password and a session, and tickets that lead there once."""

import asyncio
import hashlib
from datetime import timedelta
from typing import Any

import pytest

from models import AuditEntry, RecoveryCode, RefreshToken, Session, SignInStep, StepKind
from tests.accounts.signing import WRONG, begun, do, document, in_session, is_signed_in
from tests.diary import Diary
from tests.factories import (
    PASSWORD,
    AccountMade,
    SecondFactorMade,
    StaffMade,
    a_person,
)
from tests.traces import deeds, moment, reasons

pytestmark = pytest.mark.usefixtures("database")

_BAD = [("INVALID_TOKEN", "ticket")]
_WRONG_CODE = [("INVALID_CODE", "code")]
_GOOD = "ёжик вяжет тёплые сугробы"


@pytest.fixture
async def factor(account: AccountMade) -> SecondFactorMade:
    return await account.second_factor()


async def test_a_second_factor_is_owed_before_a_session(
    diary: Diary, teacher: StaffMade, account: AccountMade, factor: SecondFactorMade
) -> None:
    client = diary.nobody
    payload = await do(client, "signIn", login=account.login, password=PASSWORD)
    told = payload["nextStep"]
    [step] = await SignInStep.filter(account_id=account.id)
    assert told["kind"] == "SECOND_FACTOR"
    assert step.digest == hashlib.sha256(told["ticket"].encode()).hexdigest()
    assert moment(told["expiresAt"]) == step.expires_at
    assert (step.kind, step.used_at, step.address) == (StepKind.SECOND_FACTOR, None, "127.0.0.1")
    assert not await Session.filter(account_id=account.id).exists()
    [deed] = await deeds("SignInStep", step.id)
    assert (deed.action, deed.person_id) == ("sign_in_step.begun", teacher.id)
    assert (deed.before, deed.after) == (None, {"kind": "SECOND_FACTOR"})

    entered = await do(
        client, "enterSecondFactor", ticket=told["ticket"], code=factor.generator.code()
    )
    assert await is_signed_in(in_session(client, entered))
    renewed = await client.do("RefreshSession", refreshToken=client.refresh_token)
    assert reasons(renewed) == []
    session = await Session.get(account_id=account.id)
    assert step.expires_at < session.created_at + timedelta(minutes=10)
    assert (await SignInStep.get(id=step.id)).used_at == session.created_at


@pytest.mark.parametrize("spelt", ["{}", " {} ", "{:.3} {:.0}"])
async def test_spaces_in_a_code_do_not_matter(
    diary: Diary, account: AccountMade, factor: SecondFactorMade, spelt: str
) -> None:
    ticket, code = await begun(diary.nobody, account, "SECOND_FACTOR"), factor.generator.code()
    spaced = f"{code[:3]} {code[3:]}" if ":" in spelt else spelt.format(code)
    entered = await do(diary.nobody, "enterSecondFactor", ticket=ticket, code=spaced)
    assert reasons(entered) == []


async def test_a_code_works_once_whatever_the_ticket(
    diary: Diary, account: AccountMade, factor: SecondFactorMade
) -> None:
    tickets = [await begun(diary.nobody, account, "SECOND_FACTOR") for _ in range(3)]
    code = factor.generator.code(ahead=1)
    told = [
        reasons(await do(diary.nobody, "enterSecondFactor", ticket=ticket, code=given))
        for ticket, given in (
            (tickets[0], code),
            (tickets[1], code),
            # An older code than the one that was taken last.
            (tickets[1], factor.generator.code()),
            (tickets[0], factor.generator.code(ahead=1)),
        )
    ]
    assert told == [[], _WRONG_CODE, _WRONG_CODE, _BAD]
    assert await Session.filter(account_id=account.id).count() == 1


@pytest.mark.parametrize("same_ticket", [True, False])
async def test_of_a_code_that_is_entered_many_times_at_once_one_wins(
    diary: Diary, account: AccountMade, factor: SecondFactorMade, *, same_ticket: bool
) -> None:
    tickets = [await begun(diary.nobody, account, "SECOND_FACTOR") for _ in range(8)]
    given = [tickets[0]] * 8 if same_ticket else tickets
    code = factor.generator.code()
    payloads = await asyncio.gather(
        *(do(diary.nobody, "enterSecondFactor", ticket=ticket, code=code) for ticket in given)
    )
    assert [reasons(each) for each in payloads].count([]) == 1
    refusals = {each["userErrors"][0]["code"] for each in payloads if each["userErrors"]}
    assert refusals <= {"INVALID_CODE", "INVALID_TOKEN", "TOO_MANY_ATTEMPTS"}
    session = await Session.get(account_id=account.id)
    assert await RefreshToken.filter(session_id=session.id).count() == 1


async def test_a_ticket_lets_in_once_whatever_the_codes(
    diary: Diary, account: AccountMade, factor: SecondFactorMade
) -> None:
    ticket = await begun(diary.nobody, account, "SECOND_FACTOR")
    payloads = await asyncio.gather(
        *(
            do(diary.nobody, "enterSecondFactor", ticket=ticket, code=code)
            for code in factor.recovery_codes[:5]
        )
    )
    assert sorted(map(reasons, payloads)) == [[], *[_BAD] * 4]
    assert await Session.filter(account_id=account.id).count() == 1
    assert await RecoveryCode.filter(account_id=account.id, used_at__isnull=True).count() == 9


async def test_each_recovery_code_stands_in_once(
    diary: Diary, teacher: StaffMade, account: AccountMade, factor: SecondFactorMade
) -> None:
    first, second = factor.recovery_codes[:2]
    tickets = [await begun(diary.nobody, account, "SECOND_FACTOR") for _ in range(3)]
    told = [
        reasons(await do(diary.nobody, "enterSecondFactor", ticket=ticket, code=given))
        for ticket, given in (
            (tickets[0], first.lower().replace("-", " ")),
            (tickets[1], first),
            (tickets[1], second),
        )
    ]
    assert told == [[], _WRONG_CODE, []]
    used = await AuditEntry.filter(
        person_id=teacher.id, action="second_factor.recovery_code_used"
    ).count()
    assert (used, await Session.filter(account_id=account.id).count()) == (2, 2)


async def test_a_wrong_code_keeps_the_ticket_and_is_counted(
    diary: Diary, account: AccountMade, factor: SecondFactorMade
) -> None:
    ticket = await begun(diary.nobody, account, "SECOND_FACTOR")
    told = [
        reasons(await do(diary.nobody, "enterSecondFactor", ticket=ticket, code=code))
        for code in (factor.generator.wrong, "", "1" * 10_000, "ABCD-EFGH-IJKL-MNOP", "١٢٣٤٥٦")
    ]
    assert told == [_WRONG_CODE] * 5
    code = factor.generator.code()
    refused = await do(diary.nobody, "enterSecondFactor", ticket=ticket, code=code)
    assert reasons(refused) == [("TOO_MANY_ATTEMPTS", None)]
    # Another ticket is no new beginning, and the password is not counted with the codes.
    another = await begun(diary.nobody, account, "SECOND_FACTOR")
    refused = await do(diary.nobody, "enterSecondFactor", ticket=another, code=code)
    assert reasons(refused) == [("TOO_MANY_ATTEMPTS", None)]
    assert not await Session.filter(account_id=account.id).exists()


async def test_whoever_knows_no_password_counts_nothing_against_the_codes(
    diary: Diary, account: AccountMade, factor: SecondFactorMade
) -> None:
    ticket = await begun(diary.nobody, account, "SECOND_FACTOR")
    for _ in range(12):
        await do(diary.nobody, "signIn", login=account.login, password="guess")
        given = {"ticket": "guess", "code": factor.generator.wrong}
        assert reasons(await do(diary.nobody, "enterSecondFactor", **given)) == _BAD
    code = factor.generator.code()
    entered = await do(diary.nobody, "enterSecondFactor", ticket=ticket, code=code)
    assert reasons(entered) == []


async def _expire(step: SignInStep) -> None:
    step.expires_at -= timedelta(minutes=10)
    await step.save()


async def _use(step: SignInStep) -> None:
    step.used_at = step.expires_at
    await step.save()


async def _take_for_another_step(step: SignInStep) -> None:
    step.kind = StepKind.NEW_PASSWORD
    await step.save()


async def _block(step: SignInStep) -> None:
    await AccountMade(await step.account).block()


async def _reset_the_password(step: SignInStep) -> None:
    await AccountMade(await step.account).initial()


@pytest.mark.parametrize(
    "spoil", [_expire, _use, _take_for_another_step, _block, _reset_the_password]
)
async def test_a_ticket_that_does_not_count_is_refused_whatever_the_reason(
    diary: Diary, account: AccountMade, factor: SecondFactorMade, spoil: Any
) -> None:
    ticket = await begun(diary.nobody, account, "SECOND_FACTOR")
    await spoil(await SignInStep.get(account_id=account.id))
    bodies = {
        str((await diary.nobody.send(document("enterSecondFactor"), input=given)).body)
        for given in (
            {"ticket": ticket, "code": factor.generator.code()},
            {"ticket": "unheard of", "code": factor.generator.code()},
            {"ticket": "", "code": ""},
        )
    }
    assert len(bodies) == 1
    assert "INVALID_TOKEN" in bodies.pop()
    assert not await Session.filter(account_id=account.id).exists()
    factor.row = await type(factor.row).get(id=factor.id)
    assert factor.row.last_step is None


async def test_a_ticket_is_of_its_own_account(
    diary: Diary, account: AccountMade, factor: SecondFactorMade
) -> None:
    other = await (await a_person()).account()
    others_factor = await other.second_factor()
    ticket = await begun(diary.nobody, other, "SECOND_FACTOR")
    for code in (factor.generator.code(), factor.recovery_codes[0]):
        refused = await do(diary.nobody, "enterSecondFactor", ticket=ticket, code=code)
        assert reasons(refused) == _WRONG_CODE
    code = others_factor.generator.code()
    entered = await do(diary.nobody, "enterSecondFactor", ticket=ticket, code=code)
    assert reasons(entered) == []
    assert await Session.filter(account_id=other.id).exists()
    assert not await Session.filter(account_id=account.id).exists()


async def test_few_tickets_are_kept_and_the_oldest_begins_anew(
    diary: Diary, account: AccountMade, factor: SecondFactorMade
) -> None:
    tickets = [await begun(diary.nobody, account, "SECOND_FACTOR") for _ in range(11)]
    assert await SignInStep.filter(account_id=account.id).count() == 10
    told = [
        reasons(await do(diary.nobody, "enterSecondFactor", ticket=each, code=code))
        for each, code in (
            (tickets[0], factor.generator.code()),
            (tickets[1], factor.generator.code()),
        )
    ]
    assert told == [_BAD, []]


async def test_a_blocked_account_with_a_factor_reads_as_wrong(
    diary: Diary, account: AccountMade, factor: SecondFactorMade
) -> None:
    await account.block()
    payload = await do(diary.nobody, "signIn", login=account.login, password=PASSWORD)
    assert (payload["nextStep"], reasons(payload)) == (None, WRONG)
    assert not await SignInStep.filter(account_id=account.id).exists()
    assert factor.row.last_step is None


_ENTER = "enterSecondFactor(input: {ticket: $ticket, code: $code}) { session { accessToken } }"


@pytest.mark.parametrize(
    "second",
    [
        f"again: {_ENTER}",
        'signIn(input: {login: "x", password: "x"}) { session { accessToken } }',
        "setUpSecondFactor(input: {ticket: $ticket}) { secret }",
        "confirmSecondFactorSetup(input: {ticket: $ticket, code: $code}) { recoveryCodes }",
        "chooseFirstPassword(input: {ticket: $ticket, newPassword: $code}) { __typename }",
        "removeSecondFactor(input: {currentPassword: $code, code: $code}) { userErrors { code } }",
        "changePassword(input: {currentPassword: $code, newPassword: $code}) { endedSessionIds }",
    ],
    ids=lambda text: text.partition("(")[0],
)
async def test_one_document_guesses_once(
    diary: Diary, account: AccountMade, factor: SecondFactorMade, second: str
) -> None:
    given = {
        "ticket": await begun(diary.nobody, account, "SECOND_FACTOR"),
        "code": factor.generator.code(),
    }
    asked = f"mutation ($ticket: String!, $code: String!) {{ {_ENTER} {second} }}"
    answer = await diary.nobody.send(asked, **given)
    assert answer.codes == ["BAD_USER_INPUT"]
    assert "data" not in answer.body
    assert not await Session.filter(account_id=account.id).exists()
