"""Digests: who gets a letter, when, and what stands in it."""

import asyncio
from collections.abc import AsyncIterator
from contextvars import copy_context
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from couriers.letter import Channel
from couriers.outbox import Outbox
from couriers.relay import relay_of
from couriers.smtp import Smtp
from digests.sending import Digests
from models import Account, MailSettings, MessageReceipt, SchoolPolicy
from models import DigestFrequency as Often
from models.alone import Alone
from tests.diary import Client, Diary
from tests.factories import GuardianMade, a_message, serial
from tests.messages.story import Story, a_story, traces
from tests.programs import serving
from tests.recovery.asking import SENDER
from tests.recovery.mailbox import Mailbox
from tests.traces import deeds, reasons

pytestmark = pytest.mark.usefixtures("database")

_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(scope="module")
async def mailbox() -> AsyncIterator[Mailbox]:
    """Return a mail server of ours that is open."""
    mailbox = Mailbox()
    async with mailbox.open():
        yield mailbox


@pytest.fixture
async def digests(mailbox: Mailbox) -> AsyncIterator[Digests]:
    """Return what sends to that server."""
    relay = relay_of(mailbox.plain_url, SENDER)
    assert relay is not None
    outbox = Outbox({Channel.EMAIL: Smtp(relay)})
    async with outbox.running():
        yield Digests(outbox)


async def _now() -> datetime:
    """The region's clock."""
    (row,) = await get_connection("default").execute_query_dict("SELECT LOCALTIMESTAMP AS now")
    now: datetime = row["now"]
    return now


async def _a_reader(story: Story, often: Often, **columns: Any) -> GuardianMade:
    """A guardian with an address, who was told of everything until two hours ago."""
    reader = await story.pupil.guardian()
    await reader.change(email=f"reader.{serial()}@mail.example")
    await reader.account()
    usual: dict[str, Any] = {"digest_at": time(18), "digested_at": datetime.now(UTC) - 2 * _HOUR}
    await MailSettings.create(person_id=reader.id, frequency=often, **usual | columns)
    return reader


def _address(reader: GuardianMade) -> str:
    assert reader.row.email
    return reader.row.email


async def _digested_at(reader: GuardianMade) -> datetime:
    return (await MailSettings.get(person_id=reader.id)).digested_at


async def test_a_letter_holds_numbers_and_nobodys_words(
    story: Story, digests: Digests, mailbox: Mailbox
) -> None:
    reader = await _a_reader(story, Often.HOURLY)
    secret = f"тайна {serial()}"
    await a_message(story.head, reader, subject=secret, body=secret)
    await a_message(story.teacher, reader, subject=secret, is_urgent=True)
    await a_message(story.mother, reader, subject=secret)
    await a_message(story.pupil.person, reader, subject=secret)
    read = await a_message(story.head, reader)
    await MessageReceipt.filter(message_id=read.id).update(read_at=datetime.now(UTC))
    assert await digests.send() == 1

    letter = await mailbox.letter(_address(reader))
    text = letter.get_content()
    assert letter["Subject"] == "Непрочитанные сообщения: 4 / Unread messages: 4"
    for line in ("Срочных: 1", "От сотрудников: 2", "От родителей: 1", "От других: 1"):
        assert line in text.splitlines()
    for line in ("Urgent: 1", "From staff: 2", "From guardians: 1", "From others: 1"):
        assert line in text.splitlines()
    await story.head.row.refresh_from_db()
    for word in (secret, story.head.row.last_name, reader.row.last_name):
        assert word not in f"{letter['Subject']} {text}"


async def test_who_was_told_is_told_again_only_of_something_new(
    story: Story, digests: Digests, mailbox: Mailbox
) -> None:
    reader = await _a_reader(story, Often.HOURLY)
    await a_message(story.head, reader)
    assert await digests.send() == 1
    await MailSettings.filter(person_id=reader.id).update(digested_at=datetime.now(UTC) - 2 * _HOUR)
    await _age_messages(reader, 3 * _HOUR)
    assert await digests.send() == 0
    assert datetime.now(UTC) - await _digested_at(reader) < _MINUTE
    await mailbox.letter(_address(reader))
    assert len(mailbox.letters(_address(reader))) == 1


async def _age_messages(reader: GuardianMade, age: timedelta) -> None:
    for receipt in await MessageReceipt.filter(recipient_id=reader.id).prefetch_related("message"):
        receipt.message.sent_at = datetime.now(UTC) - age
        await receipt.message.save(update_fields=["sent_at"])


@pytest.mark.parametrize("put_away", ["read_at", "archived_at", "deleted_at"])
async def test_what_is_read_or_put_away_is_not_told_of(
    story: Story, digests: Digests, put_away: str
) -> None:
    reader = await _a_reader(story, Often.HOURLY)
    message = await a_message(story.head, reader)
    changed: dict[str, Any] = {put_away: datetime.now(UTC)}
    await MessageReceipt.filter(message_id=message.id).update(**changed)
    assert await digests.send() == 0


@pytest.mark.parametrize(
    ("often", "since_last", "from_now", "is_due"),
    [
        (Often.NEVER, 48 * _HOUR, -_MINUTE, False),
        (Often.HOURLY, 61 * _MINUTE, _HOUR, True),
        (Often.HOURLY, 59 * _MINUTE, _HOUR, False),
        (Often.DAILY, 2 * _HOUR, -_MINUTE, True),
        (Often.DAILY, 2 * _HOUR, _HOUR, False),
        (Often.DAILY, 25 * _HOUR, _HOUR, True),
        (Often.WEEKLY, 8 * 24 * _HOUR, _HOUR, True),
    ],
)
async def test_a_letter_has_its_time(
    story: Story,
    digests: Digests,
    often: Often,
    since_last: timedelta,
    from_now: timedelta,
    *,
    is_due: bool,
) -> None:
    at = (await _now() + from_now).time()
    last = datetime.now(UTC) - since_last
    reader = await _a_reader(story, often, digest_at=at, digested_at=last)
    await a_message(story.head, reader)
    assert await digests.send() == is_due
    assert (await _digested_at(reader) > last) is is_due


async def test_a_week_has_one_letter(story: Story, digests: Digests) -> None:
    now = await _now()
    monday = now - timedelta(days=now.weekday(), hours=now.hour, minutes=now.minute)
    reader = await _a_reader(
        story,
        Often.WEEKLY,
        digest_at=time(0),
        digested_at=datetime.now(UTC) - (now - monday) + 2 * _MINUTE,
    )
    await a_message(story.head, reader)
    assert await digests.send() == 0


async def _quiet() -> dict[str, Any]:
    """Hours around now."""
    now = await _now()
    return {"quiet_from": (now - _HOUR).time(), "quiet_until": (now + _HOUR).time()}


async def test_quiet_hours_are_quiet_and_end(story: Story, digests: Digests) -> None:
    reader = await _a_reader(story, Often.HOURLY, **await _quiet())
    await a_message(story.head, reader)
    assert await digests.send() == 0
    now = await _now()
    await MailSettings.filter(person_id=reader.id).update(quiet_until=(now - _MINUTE).time())
    assert await digests.send() == 1


async def test_a_schools_quiet_hours_are_all_its_peoples(diary: Diary, digests: Digests) -> None:
    here = await a_story(diary)
    reader = await _a_reader(here, Often.HOURLY)
    await a_message(here.head, reader)
    policy = await SchoolPolicy.create(organization_id=here.school.id, **await _quiet())
    assert await digests.send() == 0
    await policy.delete()
    assert await digests.send() == 1


async def test_what_is_urgent_waits_for_nothing(story: Story, digests: Digests) -> None:
    soon = datetime.now(UTC) - _MINUTE
    quiet = await _quiet()
    reader = await _a_reader(story, Often.WEEKLY, digested_at=soon, **quiet)
    never = await _a_reader(story, Often.NEVER, digested_at=soon, **quiet)
    await a_message(story.head, reader, never, is_urgent=True)
    assert await digests.send() == 1
    assert await digests.send() == 0


async def test_nobody_writes_to_who_has_no_address_or_is_blocked(
    story: Story, digests: Digests
) -> None:
    nowhere, blocked = [await _a_reader(story, Often.HOURLY) for _ in range(2)]
    await nowhere.change(email=None)
    await Account.filter(person_id=blocked.id).update(blocked_at=datetime.now(UTC))
    await a_message(story.head, nowhere, blocked)
    assert await digests.send() == 0


async def test_one_process_sends_at_a_time(story: Story, digests: Digests) -> None:
    reader = await _a_reader(story, Often.HOURLY)
    await a_message(story.head, reader)
    last, outside = await _digested_at(reader), copy_context()
    async with in_transaction() as connection:
        await connection.execute_query("SELECT pg_advisory_xact_lock($1::bigint)", [Alone.DIGESTS])
        assert await asyncio.create_task(digests.send(), context=outside) == 0
    assert await _digested_at(reader) == last
    assert await digests.send() == 1


async def test_the_service_sends_them_by_itself(
    story: Story, database: str, mailbox: Mailbox
) -> None:
    reader = await _a_reader(story, Often.HOURLY)
    await a_message(story.head, reader)
    environ = {"SMTP_URL": mailbox.plain_url, "MAIL_FROM": SENDER}
    with serving(DATABASE_URL=database, **environ):
        letter = await mailbox.letter(_address(reader))
    assert letter["Auto-Submitted"] == "auto-generated"


_SETTINGS = "{ viewer { mailSettings { digest digestAt quietFrom quietUntil } } }"


async def _settle(client: Client, **given: Any) -> Any:
    document = """mutation ($input: ChangeMailSettingsInput!) { changeMailSettings(input: $input) {
        settings { digest digestAt quietFrom quietUntil } userErrors { code message field } } }"""
    return (await client.send(document, input=given)).data["changeMailSettings"]


async def test_it_is_settled_bit_by_bit(story: Story) -> None:
    reader = await story.pupil.guardian()
    await reader.change(email=f"reader.{serial()}@mail.example")
    client = await story.client(reader)
    assert (await client.send(_SETTINGS)).data == {"viewer": {"mailSettings": None}}
    settled = {"digest": "DAILY", "digestAt": "18:00:00", "quietFrom": None, "quietUntil": None}
    assert await _settle(client, digest="DAILY") == {"settings": settled, "userErrors": []}
    for given in (
        {"digestAt": "07:30:00"},
        {"quietFrom": "22:00:00", "quietUntil": "07:00:00"},
        {"quietFrom": None, "quietUntil": None},
    ):
        settled = {**settled, **given}
        assert (await _settle(client, **given))["settings"] == settled
    assert (await client.send(_SETTINGS)).data == {"viewer": {"mailSettings": settled}}
    row = await MailSettings.get(person_id=reader.id)
    first = (await deeds("MailSettings", row.id))[0]
    assert (first.action, first.after) == ("message.settings_changed", {"frequency": "DAILY"})
    assert datetime.now(UTC) - row.digested_at < _MINUTE


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, ("REQUIRED", None)),
        ({"digest": "DAILY"}, ("REQUIRED", "digest")),
        ({"quietFrom": "22:00:00"}, ("REQUIRED", "quietUntil")),
        ({"quietUntil": "22:00:00"}, ("REQUIRED", "quietFrom")),
        ({"quietFrom": "22:00:00", "quietUntil": "22:00:00"}, ("OUT_OF_RANGE", "quietUntil")),
    ],
)
async def test_what_cannot_be_settled_is_refused(story: Story, given: Any, error: Any) -> None:
    client, before = await story.client(story.mother), await traces()
    payload = await _settle(client, **given)
    assert (payload["settings"], reasons(payload)) == (None, [error])
    assert await traces() == before
    assert not await MailSettings.filter(person_id=story.mother.id).exists()
