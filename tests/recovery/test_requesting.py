"""Asking for a code: who gets one, who does not, and that the answer is the same."""

import asyncio
import hashlib
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any

import pytest

from models import AuditEntry, PasswordRecovery
from tests.diary import Client, Diary
from tests.factories import PASSWORD, PersonMade, a_person, serial
from tests.recovery.asking import REQUEST, an_address, asked, recoveries, sent, settled
from tests.recovery.mailbox import Mailbox
from tests.traces import deeds, moment, reasons

pytestmark = pytest.mark.usefixtures("database")


async def test_a_code_comes_to_the_contact_on_file(
    service: Diary, mailbox: Mailbox, person: PersonMade
) -> None:
    account = await person.account()
    here = an_address()
    payload = await asked(service, f" {account.login.upper()} ", here)
    letter = await mailbox.letter(person.row.email or "")

    assert reasons(payload) == []
    left = moment(payload["expiresAt"]) - datetime.now(UTC)
    assert timedelta(minutes=14, seconds=50) < left <= timedelta(minutes=15)
    (recovery,) = await recoveries(account)
    assert recovery.ticket_digest == hashlib.sha256(payload["ticket"].encode()).hexdigest()
    assert (recovery.channel, recovery.failures, recovery.used_at) == ("EMAIL", 0, None)
    assert (recovery.expires_at, recovery.address) == (moment(payload["expiresAt"]), here)
    (deed,) = await deeds("PasswordRecovery", recovery.id)
    assert (deed.action, deed.person_id, deed.after) == ("account.recovery_begun", None, None)
    assert (await AuditEntry.get(entity="PasswordRecovery", row_id=recovery.id)).address == here
    assert letter["Subject"] == "Код восстановления / Recovery code"


async def test_a_letter_is_plain_and_says_that_a_machine_wrote_it(
    service: Diary, mailbox: Mailbox, person: PersonMade
) -> None:
    account = await person.account()
    await asked(service, account.login)
    letter = await mailbox.letter(person.row.email or "")

    assert letter.get_content_type() == "text/plain"
    assert str(letter["From"]) == "Школьный дневник <diary@school.example>"
    assert letter["Date"].datetime - datetime.now(UTC) < timedelta(minutes=1)
    assert re.fullmatch(r"<\S+@school\.example>", letter["Message-ID"])
    assert letter["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in letter
    text = letter.get_content()
    assert "Код: " in text
    assert "Code: " in text
    names = person.row
    for personal in (account.login, names.last_name, names.first_name):
        assert personal not in text


async def _unknown(_person: PersonMade) -> str:
    return f"nobody.{serial()}"


async def _blocked(person: PersonMade) -> str:
    account = await person.account()
    await account.block()
    return account.login


async def _without_contact(_person: PersonMade) -> str:
    return (await (await a_person()).account()).login


async def _with_a_contact_that_is_none(_person: PersonMade) -> str:
    return (await (await a_person(email="a@b\r\nBcc: c@d.example")).account()).login


async def _too_long(_person: PersonMade) -> str:
    return "ё" * 1000


async def _that_no_column_holds(_person: PersonMade) -> str:
    return "nobody\x00"


@pytest.mark.parametrize(
    "login_of",
    [
        _unknown,
        _blocked,
        _without_contact,
        _with_a_contact_that_is_none,
        _too_long,
        _that_no_column_holds,
    ],
)
async def test_whoever_cannot_be_told_is_answered_alike_and_nothing_happens(
    service: Diary, mailbox: Mailbox, person: PersonMade, login_of: Any
) -> None:
    login, here = await login_of(person), an_address()
    payload = await asked(service, login, here)
    await settled(service, mailbox)

    assert set(payload) == {"ticket", "expiresAt", "userErrors"}
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", payload["ticket"])
    assert reasons(payload) == []
    assert mailbox.letters(person.row.email or "") == []
    assert not await PasswordRecovery.filter(address=here).exists()
    assert not await AuditEntry.filter(address=here).exists()


async def test_a_channel_that_nobody_serves_is_refused_for_everybody(
    service: Diary, mailbox: Mailbox, person: PersonMade
) -> None:
    account = await person.account()
    for login in (account.login, f"nobody.{serial()}"):
        payload = await asked(service, login, channel="SMS")
        assert reasons(payload) == [("CHANNEL_UNAVAILABLE", "channel")]
        assert (payload["ticket"], payload["expiresAt"]) == (None, None)
    await settled(service, mailbox)
    assert await recoveries(account) == []


async def test_without_a_mail_server_no_channel_is_served(diary: Diary, person: PersonMade) -> None:
    account = await person.account()
    assert reasons(await asked(diary, account.login)) == [("CHANNEL_UNAVAILABLE", "channel")]
    assert await recoveries(account) == []


async def test_a_code_ends_the_one_before_it_from_the_same_address_alone(
    service: Diary, mailbox: Mailbox, person: PersonMade
) -> None:
    account, to = await person.account(), person.row.email or ""
    home = an_address()
    for number, address in enumerate((home, home, an_address()), start=1):
        await asked(service, account.login, address)
        await mailbox.letter(to, number)
    live = [recovery.used_at is None for recovery in await recoveries(account)]
    assert live == [False, True, True]


async def test_an_account_gets_three_codes_an_hour_wherever_strangers_ask(
    service: Diary, mailbox: Mailbox, person: PersonMade
) -> None:
    account, to = await person.account(), person.row.email or ""
    for _ in range(2):
        answers = await asyncio.gather(*(asked(service, account.login) for _ in range(5)))
        assert [reasons(each) for each in answers] == [[]] * 5
        await settled(service, mailbox)
    assert len(mailbox.letters(to)) == len(await recoveries(account)) == 3


async def test_strangers_keep_nobody_from_recovering_at_home(
    service: Diary, mailbox: Mailbox, person: PersonMade
) -> None:
    account, to, home = await person.account(), person.row.email or "", an_address()
    given = {"login": account.login, "password": PASSWORD}
    sign_in = "mutation ($input: SignInInput!) { signIn(input: $input) { userErrors { code } } }"
    assert (await sent(service, sign_in, home, **given)).data["signIn"]["userErrors"] == []
    for _ in range(6):
        await asked(service, account.login)
    await mailbox.letter(to, 3)
    await asked(service, account.login, home)
    await mailbox.letter(to, 4)
    assert (await recoveries(account))[-1].address == home
    # At home too, three an hour.
    for _ in range(4):
        await asked(service, account.login, home)
    await settled(service, mailbox)
    assert len(mailbox.letters(to)) == 6


async def test_an_address_gets_twenty_codes_an_hour_for_whomever(
    service: Diary, mailbox: Mailbox
) -> None:
    here = an_address()
    people = [await a_person(email=f"many.{serial()}@mail.example") for _ in range(22)]
    accounts = [await each.account() for each in people]
    for account in accounts:
        await asked(service, account.login, here)
    await settled(service, mailbox)
    counts = [len(mailbox.letters(each.row.email or "")) for each in people]
    assert Counter(counts) == {1: 20, 0: 2}
    # What was beyond took nothing from the accounts.
    last = counts.index(0)
    await asked(service, accounts[last].login)
    await mailbox.letter(people[last].row.email or "")


async def test_one_document_asks_once(service: Diary, mailbox: Mailbox, person: PersonMade) -> None:
    account = await person.account()
    asking = f'requestPasswordRecovery(input: {{login: "{account.login}"}}) {{ ticket }}'
    document = f"mutation {{ a: {asking} b: {asking} }}"
    over_http = await service.nobody.send(document)
    async with Client(service.url, service.http).socket() as socket:
        await socket.subscribe(document)
        over_socket = await socket.receive()
    assert over_http.codes == ["BAD_USER_INPUT"]
    assert over_socket["type"] == "error"
    await settled(service, mailbox)
    assert await recoveries(account) == []


async def test_asking_takes_as_long_whether_there_is_an_account_or_not(
    service: Diary, person: PersonMade
) -> None:
    account = await person.account()
    taken: dict[str, list[float]] = {account.login: [], f"nobody.{serial()}": []}
    for _ in range(40):
        for login, seconds in taken.items():
            address, began = an_address(), perf_counter()
            await sent(service, REQUEST, address, login=login)
            seconds.append(perf_counter() - began)
    there, absent = (median(seconds) for seconds in taken.values())
    assert abs(there - absent) < max(0.005, 0.25 * absent)
