"""Letters on their way: over TLS, to servers that are down or refuse, by SMS, and unlogged."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tests.diary import Diary
from tests.factories import PASSWORD, PersonMade, a_person, serial
from tests.programs import Program, serving
from tests.recovery.asking import GOOD, SENDER, another, asked, recovered, settled
from tests.recovery.certificates import a_certificate
from tests.recovery.mailbox import LOGIN, Mailbox
from tests.servers import wait_until
from tests.traces import reasons

pytestmark = pytest.mark.usefixtures("database")


@asynccontextmanager
async def _serving(database: str, **environ: str) -> AsyncIterator[tuple[Diary, Program]]:
    given = {"DATABASE_URL": database, "TRUSTED_PROXIES": "127.0.0.1", "LOG_LEVEL": "debug"}
    with serving(**given, **environ) as program:
        async with httpx.AsyncClient(timeout=20) as http:
            yield Diary(program.url, http), program


def _environ(scheme: str, mailbox: Mailbox) -> dict[str, str]:
    username, password = map(quote, LOGIN)
    url = f"{scheme}://{username}:{password}@localhost:{mailbox.port}"
    return {"SMTP_URL": url, "MAIL_FROM": SENDER}


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_letters_go_over_tls_with_a_password(
    database: str, person: PersonMade, tmp_path: Path, scheme: str
) -> None:
    account, mailbox = await person.account(), Mailbox()
    trusted, context = a_certificate(tmp_path)
    environ = {**_environ(scheme, mailbox), "SSL_CERT_FILE": str(trusted)}
    async with (
        mailbox.open(**{"starttls" if scheme == "smtp" else "at_once": context}),
        _serving(database, **environ) as (service, program),
    ):
        await asked(service, account.login)
        await mailbox.letter(person.row.email or "")
    # Others of the same database may be written to meanwhile, each by a connection of its own.
    assert set(mailbox.users) == {LOGIN[0]}
    assert LOGIN[1] not in program.output
    assert quote(LOGIN[1]) not in program.output


async def test_a_server_that_is_not_trusted_gets_nothing(
    database: str, person: PersonMade, tmp_path: Path
) -> None:
    account, mailbox = await person.account(), Mailbox()
    _, context = a_certificate(tmp_path)
    async with (
        mailbox.open(at_once=context),
        _serving(database, **_environ("smtps", mailbox)) as (service, program),
    ):
        assert reasons(await asked(service, account.login)) == []
        await asyncio.to_thread(program.end)
    assert (mailbox.messages, mailbox.users) == ([], [])
    assert "outbox.lost" in program.output


async def test_without_starttls_there_is_no_password_and_no_letter(
    database: str, person: PersonMade
) -> None:
    account, mailbox = await person.account(), Mailbox()
    async with (
        mailbox.open(),
        _serving(database, **_environ("smtp", mailbox)) as (service, program),
    ):
        assert reasons(await asked(service, account.login)) == []
        await asyncio.to_thread(program.end)
    assert (mailbox.messages, mailbox.users) == ([], [])
    assert "outbox.lost" in program.output


async def test_a_server_that_was_down_gets_the_letter_when_it_is_back(
    database: str, person: PersonMade
) -> None:
    account, mailbox = await person.account(), Mailbox()
    environ = {"SMTP_URL": mailbox.plain_url, "MAIL_FROM": SENDER}
    async with _serving(database, **environ) as (service, program):
        asking = await asked(service, account.login)
        assert reasons(asking) == []
        while "outbox.not_delivered" not in program.said():
            assert reasons(await asked(service, f"nobody.{serial()}")) == []
        async with mailbox.open():
            code = await mailbox.code(person.row.email or "")
        assert reasons(await recovered(service, asking["ticket"], code)) == []


async def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_not(
    database: str, person: PersonMade
) -> None:
    account, to, mailbox = await person.account(), person.row.email or "", Mailbox()
    refused = await a_person(email=f"refused.{serial()}@mail.example")
    environ = {"SMTP_URL": mailbox.plain_url, "MAIL_FROM": SENDER}
    mailbox.refusals = {to: ["451 Later"], refused.row.email or "": ["550 Never", "250 OK"]}
    async with mailbox.open(), _serving(database, **environ) as (service, program):
        await asked(service, (await refused.account()).login)
        await asked(service, account.login)
        await mailbox.letter(to)
        await asyncio.to_thread(program.end)
    assert mailbox.refusals == {to: [], refused.row.email: ["250 OK"]}
    assert len(mailbox.messages) == 1
    assert program.output.count("outbox.lost") == 1
    assert "550" in program.output
    assert "Never" not in program.output


async def test_what_was_asked_for_before_the_end_is_still_sent(
    database: str, person: PersonMade
) -> None:
    account, mailbox = await person.account(), Mailbox()
    environ = {"SMTP_URL": mailbox.plain_url, "MAIL_FROM": SENDER}
    async with mailbox.open(), _serving(database, **environ) as (service, program):
        await asked(service, account.login)
        assert await asyncio.to_thread(program.end) < 5
        assert len(mailbox.letters(person.row.email or "")) == 1


async def test_short_messages_go_through_the_gateway_of_the_installation(
    database: str, tmp_path: Path
) -> None:
    digits = f"912{serial():07d}"
    person = await a_person(phone=f"8 ({digits[:3]}) {digits[3:]}")
    account, sent = await person.account(), tmp_path / "sent"
    environ = {"SMS_GATEWAY": "tests.recovery.gateway:to_file", "SMS_FILE": str(sent)}
    async with _serving(database, **environ) as (service, program):
        refused = await asked(service, account.login)
        asking = await asked(service, account.login, channel="SMS")
        await asyncio.to_thread(wait_until, sent.exists, "the message")
        to, text = json.loads(sent.read_text())
        (code,) = re.findall("[0-9]{8}", text)
        payload = await recovered(service, asking["ticket"], code)
    assert reasons(refused) == [("CHANNEL_UNAVAILABLE", "channel")]
    assert reasons(payload) == []
    assert (to, len(text) <= 70) == (f"+7{digits}", True)
    assert code not in program.output


async def test_nothing_of_it_is_logged(database: str, mailbox: Mailbox, person: PersonMade) -> None:
    account, to = await person.account(), person.row.email or ""
    down = Mailbox()
    for url in (mailbox.plain_url, down.plain_url):
        async with _serving(database, SMTP_URL=url, MAIL_FROM=SENDER) as (service, program):
            asking = await asked(service, account.login)
            if url == mailbox.plain_url:
                code = await mailbox.code(to)
                await recovered(service, asking["ticket"], another(code))
                await recovered(service, asking["ticket"], code, password=PASSWORD)
                await recovered(service, asking["ticket"], code)
                await settled(service, mailbox)
            await asyncio.to_thread(program.end)
        assert "requestPasswordRecovery" not in program.output
        assert program.output.count("graphql") > 0
        for planted in (code, another(code), account.login, to, GOOD, PASSWORD, asking["ticket"]):
            assert planted not in program.output
    assert "outbox.lost" in program.output
