"""Giving a code back: a new password, and nothing for whoever does not have the code."""

import asyncio
from datetime import timedelta
from statistics import median
from time import perf_counter

import pyotp
import pytest

from access import vault
from models import Account, AuditEntry, PasswordRecovery, SecondFactor, Session
from tests.accounts.signing import is_signed_in
from tests.diary import Client, Diary
from tests.factories import PASSWORD, AccountMade, PersonMade, serial
from tests.recovery.asking import (
    GOOD,
    RECOVER,
    an_address,
    another,
    asked,
    recovered,
    recoveries,
    sent,
    settled,
)
from tests.recovery.mailbox import Mailbox
from tests.traces import deeds, moment, reasons

pytestmark = pytest.mark.usefixtures("database")

WRONG = [("INVALID_CODE", "code")]


@pytest.fixture
async def account(person: PersonMade) -> AccountMade:
    return await person.account()


@pytest.fixture
def to(person: PersonMade) -> str:
    assert person.row.email is not None
    return person.row.email


async def _may_sign_in(diary: Diary, account: AccountMade, password: str) -> bool:
    payload = await diary.nobody.do("SignIn", login=account.login, password=password)
    return not reasons(payload)


async def _is_untouched(diary: Diary, account: AccountMade) -> bool:
    """Whether the account has its password, and nobody was signed in by a code."""
    assert not await AuditEntry.filter(action="account.recovered", row_id=account.id).exists()
    assert not await Session.filter(account_id=account.id).exists()
    return await _may_sign_in(diary, account, PASSWORD)


async def test_the_code_signs_in_with_a_new_password_and_all_else_ends(
    service: Diary, mailbox: Mailbox, account: AccountMade, to: str
) -> None:
    lost = await service.sign_in(account)
    ticket = (await asked(service, account.login))["ticket"]
    code = await mailbox.code(to)
    payload = await recovered(service, ticket, f" {code[:4]} {code[4:]} ")

    assert (reasons(payload), payload["nextStep"]) == ([], None)
    here = Client(service.url, service.http, payload["session"]["accessToken"])
    assert (await is_signed_in(here), await is_signed_in(lost)) == (True, False)
    told = [
        (deed.action, deed.person_id, deed.after) for deed in await deeds("Account", account.id)
    ]
    assert told == [("account.recovered", account.row.person_id, {"channel": "EMAIL"})]
    assert not await _may_sign_in(service, account, PASSWORD)
    assert await _may_sign_in(service, account, GOOD)
    notice = await mailbox.letter(to, 2)
    assert notice["Subject"] == "Пароль изменён / Password changed"
    assert reasons(await recovered(service, ticket, code, password=f"{GOOD} 2")) == WRONG
    assert await _may_sign_in(service, account, GOOD)


async def test_an_account_that_was_only_issued_is_its_owners_then(
    service: Diary, mailbox: Mailbox, account: AccountMade, to: str
) -> None:
    asking = await asked(service, account.login)
    await account.change(initial_until=moment(asking["expiresAt"]) - timedelta(days=9))
    payload = await recovered(service, asking["ticket"], await mailbox.code(to))
    assert payload["session"]["accessToken"]
    assert (await Account.get(id=account.id)).initial_until is None


async def test_a_code_goes_around_no_second_factor(
    service: Diary, mailbox: Mailbox, account: AccountMade, to: str
) -> None:
    secret = vault.held().seal(pyotp.random_base32(), vault.SECOND_FACTOR)
    asking = await asked(service, account.login)
    at = moment(asking["expiresAt"])
    await SecondFactor.create(
        account_id=account.id, secret_sealed=secret, created_at=at, confirmed_at=at
    )
    payload = await recovered(service, asking["ticket"], await mailbox.code(to))
    assert (reasons(payload), payload["session"]) == ([], None)
    assert payload["nextStep"]["kind"] == "SECOND_FACTOR"
    assert not await Session.filter(account_id=account.id).exists()


async def test_of_eight_uses_at_once_one_wins(
    service: Diary, mailbox: Mailbox, account: AccountMade, to: str
) -> None:
    ticket = (await asked(service, account.login))["ticket"]
    code = await mailbox.code(to)
    passwords = [f"{GOOD} {number}" for number in range(8)]
    payloads = await asyncio.gather(
        *(recovered(service, ticket, code, password=each) for each in passwords)
    )
    (winner,) = [number for number, each in enumerate(payloads) if each["session"]]
    lost = [reasons(each) for number, each in enumerate(payloads) if number != winner]
    assert lost == [WRONG] * 7
    assert await Session.filter(account_id=account.id).count() == 1
    assert await _may_sign_in(service, account, passwords[winner])


async def test_five_failures_end_a_code_also_at_once(
    service: Diary, mailbox: Mailbox, account: AccountMade, to: str
) -> None:
    ticket = (await asked(service, account.login))["ticket"]
    code = await mailbox.code(to)
    guesses = await asyncio.gather(*(recovered(service, ticket, another(code)) for _ in range(8)))
    assert [reasons(each) for each in guesses] == [WRONG] * 8
    (recovery,) = await recoveries(account)
    assert (recovery.failures, recovery.used_at) == (5, None)
    assert reasons(await recovered(service, ticket, code)) == WRONG
    assert await _is_untouched(service, account)


async def test_four_failures_do_not(
    service: Diary, mailbox: Mailbox, account: AccountMade, to: str
) -> None:
    ticket = (await asked(service, account.login))["ticket"]
    code = await mailbox.code(to)
    for _ in range(4):
        assert reasons(await recovered(service, ticket, another(code))) == WRONG
    assert reasons(await recovered(service, ticket, code)) == []


@pytest.mark.parametrize(
    "refused",
    [
        ("k8#mQz2!vLp9@x", "TOO_SHORT"),
        ("ё" * 129, "TOO_LONG"),
        ("passwordpassword", "EASY_TO_GUESS"),
        (PASSWORD, "TOO_SHORT"),
    ],
)
async def test_a_password_that_is_not_taken_costs_no_code(
    service: Diary, mailbox: Mailbox, account: AccountMade, to: str, refused: tuple[str, str]
) -> None:
    password, code_of_it = refused
    ticket = (await asked(service, account.login))["ticket"]
    code = await mailbox.code(to)
    # Of a password nothing is told to whoever has no code.
    wrong = await recovered(service, ticket, another(code), password=password)
    assert reasons(wrong) == WRONG
    right = await recovered(service, ticket, code, password=password)
    assert reasons(right) == [(code_of_it, "newPassword")]
    assert await _is_untouched(service, account)
    assert reasons(await recovered(service, ticket, code)) == []


async def test_a_code_is_of_its_own_ticket_alone(
    service: Diary, mailbox: Mailbox, account: AccountMade, to: str
) -> None:
    """A stranger asks for the login too: neither ticket opens with what the other's letter says."""
    owners, strangers = [(await asked(service, account.login))["ticket"] for _ in range(2)]
    await mailbox.letter(to, 2)
    codes = {await mailbox.code(to, number) for number in (1, 2)}
    right = {}
    for ticket in (owners, strangers):
        for code in codes:
            short = await recovered(service, ticket, code, password="short")
            right[ticket, code] = reasons(short) == [("TOO_SHORT", "newPassword")]
    assert sorted(right.values()) == [False, False, True, True]
    assert right[owners, min(codes)] != right[strangers, min(codes)]


async def test_whatever_does_not_count_reads_the_same(
    service: Diary, mailbox: Mailbox, account: AccountMade, to: str
) -> None:
    ticket = (await asked(service, account.login))["ticket"]
    code = await mailbox.code(to)
    nobodys = (await asked(service, f"nobody.{serial()}"))["ticket"]
    (recovery,) = await recoveries(account)
    live = PasswordRecovery.filter(id=recovery.id)
    told = [
        await recovered(service, ticket, another(code)),
        await recovered(service, nobodys, code),
        await recovered(service, "no ticket\x00", code),
        await recovered(service, ticket, "восемь\x00 цифр"),
        await recovered(service, ticket, ""),
    ]
    await live.update(expires_at=recovery.created_at)
    told.append(await recovered(service, ticket, code))
    await live.update(expires_at=recovery.expires_at, used_at=recovery.created_at)
    told.append(await recovered(service, ticket, code))
    await live.update(used_at=None)
    await account.block()
    told.append(await recovered(service, ticket, code))
    await account.change(blocked_at=None)

    assert told == [told[0]] * len(told)
    assert reasons(told[0]) == WRONG
    assert await _is_untouched(service, account)
    await settled(service, mailbox)
    assert len(mailbox.letters(to)) == 1


async def test_a_stranger_s_guesses_are_counted_alike_for_tickets_of_nobody(
    service: Diary, mailbox: Mailbox, account: AccountMade, to: str
) -> None:
    tickets = [
        (await asked(service, login))["ticket"] for login in (account.login, f"nobody.{serial()}")
    ]
    code = another(await mailbox.code(to))
    for ticket in tickets:
        here = an_address()
        told = [reasons(await recovered(service, ticket, code, here)) for _ in range(12)]
        assert told == [WRONG] * 10 + [[("TOO_MANY_ATTEMPTS", None)]] * 2
    assert await _is_untouched(service, account)


async def test_failing_at_codes_keeps_nobody_from_signing_in_or_another_code(
    service: Diary, mailbox: Mailbox, account: AccountMade, to: str
) -> None:
    for number in (1, 2):
        ticket = (await asked(service, account.login))["ticket"]
        code = await mailbox.code(to, number)
        for _ in range(20):
            await recovered(service, ticket, another(code))
    ticket = (await asked(service, account.login))["ticket"]
    assert await _may_sign_in(service, account, PASSWORD)
    assert reasons(await recovered(service, ticket, await mailbox.code(to, 3))) == []


async def test_a_wrong_code_takes_as_long_whether_there_is_an_account_or_not(
    service: Diary, mailbox: Mailbox, account: AccountMade, to: str
) -> None:
    tickets = [
        (await asked(service, login))["ticket"] for login in (account.login, f"nobody.{serial()}")
    ]
    await mailbox.letter(to)
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(40):
        # As if it were the first guess each time.
        await PasswordRecovery.filter(account_id=account.id).update(failures=0)
        for ticket, seconds in zip(tickets, taken, strict=True):
            given = {"ticket": ticket, "code": "0", "newPassword": GOOD}
            address, began = an_address(), perf_counter()
            await sent(service, RECOVER, address, **given)
            seconds.append(perf_counter() - began)
    there, absent = map(median, taken)
    assert abs(there - absent) < max(0.005, 0.25 * absent)


async def test_one_document_recovers_once(
    service: Diary, mailbox: Mailbox, account: AccountMade, to: str
) -> None:
    ticket = (await asked(service, account.login))["ticket"]
    given = {"ticket": ticket, "code": await mailbox.code(to), "newPassword": GOOD}
    once = "recoverPassword(input: $input) { session { accessToken } }"
    document = f"mutation ($input: RecoverPasswordInput!) {{ a: {once} b: {once} }}"
    answer = await sent(service, document, an_address(), **given)
    assert answer.codes == ["BAD_USER_INPUT"]
    assert await _is_untouched(service, account)
