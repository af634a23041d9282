"""How much one person sends: by what they are, by the hour and day, on all devices at once."""

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import Message, MessageReceipt, Position
from tests.diary import Client, Diary
from tests.factories import PersonMade, a_draft, a_person, gid
from tests.messages.story import Story, a_letter, a_story, correspondent, traces
from tests.traces import reasons

pytestmark = pytest.mark.usefixtures("database")

_TOO_MUCH = [("TOO_MANY_ATTEMPTS", None)]
_SEND_DRAFT = """mutation ($input: SendMessageDraftInput!) {
    sendMessageDraft(input: $input) { message { id } userErrors { code message field } } }"""
_SOON = timedelta(seconds=30)


@pytest.fixture(scope="module")
async def people(database: str) -> Sequence[PersonMade]:
    """Thirty people who were written to."""
    del database
    return [await a_person() for _ in range(30)]


@pytest.fixture
async def fresh(diary: Diary) -> Story:
    """Somebody of each kind who has sent nothing yet."""
    return await a_story(diary)


async def _have_sent(
    who: PersonMade, count: int, age: timedelta, to: Sequence[PersonMade] = ()
) -> None:
    """They sent so many messages so long ago, each to these people."""
    at = datetime.now(UTC) - age
    for _ in range(count):
        row = await Message.create(sender=who.row, subject="О", body="О", sent_at=at)
        await MessageReceipt.bulk_create(
            [MessageReceipt(message=row, recipient=each.row) for each in to]
        )


async def _refused(client: Client, given: Any) -> int:
    """For how many seconds; nothing was written."""
    before = await traces()
    payload = await client.do("SendMessage", **given)
    assert await traces() == before
    assert (payload["message"], reasons(payload)) == (None, _TOO_MUCH)
    (error,) = payload["userErrors"]
    (seconds,) = re.findall(r"try again in (\d+) seconds\.", error["message"])
    return int(seconds)


async def _sender(story: Story, kind: str) -> PersonMade:
    match kind:
        case "pupil":
            return story.pupil.person
        case "guardian":
            return story.mother
        case "teacher":
            return story.teacher
        case "librarian":
            return await story.school.staff(Position.LIBRARIAN)
    return story.head


@pytest.mark.parametrize(
    ("kind", "hour", "day"),
    [
        ("pupil", 30, 100),
        ("guardian", 30, 100),
        ("teacher", 120, 500),
        ("librarian", 120, 500),
        ("head", 300, 1_500),
    ],
)
async def test_who_has_sent_so_many_messages_waits(
    fresh: Story, kind: str, hour: int, day: int
) -> None:
    who = await _sender(fresh, kind)
    client = await fresh.client(who)
    letter = a_letter(fresh.head if who is not fresh.head else fresh.pupil)
    await _have_sent(who, hour - 1, timedelta(minutes=50))
    assert reasons(await client.do("SendMessage", **letter)) == []
    # The oldest of these has ten minutes to go.
    assert 600 - 60 <= await _refused(client, letter) <= 600

    await Message.filter(sender_id=who.id).update(sent_at=datetime.now(UTC) - timedelta(hours=2))
    assert reasons(await client.do("SendMessage", **letter)) == []
    await _have_sent(who, day - hour - 1, timedelta(hours=23, minutes=59) - _SOON)
    assert 0 < await _refused(client, letter) <= 90


@pytest.mark.parametrize(
    ("kind", "count", "hours"),
    [("guardian", (15, 10), 1), ("guardian", (50, 10), 24), ("teacher", (100, 30), 1)],
)
async def test_who_has_written_to_so_many_people_waits(
    fresh: Story, people: Sequence[PersonMade], kind: str, count: tuple[int, int], hours: int
) -> None:
    who, seconds, (messages, to) = await _sender(fresh, kind), 50, count
    client = await fresh.client(who)
    age = timedelta(hours=hours, seconds=-seconds)
    await _have_sent(who, messages - 1, age, people[:to])
    await _have_sent(who, 1, age, people[: to - 1])
    assert reasons(await client.do("SendMessage", **a_letter(fresh.head))) == []
    assert 0 < await _refused(client, a_letter(fresh.head)) <= seconds


async def test_one_message_to_many_is_never_too_much(fresh: Story) -> None:
    """Whom a school lets write to a whole class does so at once, and then waits."""
    others = [await fresh.school.staff(Position.HEAD) for _ in range(99)]
    client = await fresh.client(fresh.mother)
    assert reasons(await client.do("SendMessage", **a_letter(*others))) == []
    assert reasons(await client.do("SendMessage", **a_letter(*others))) == []
    assert 3_500 <= await _refused(client, a_letter(fresh.head)) <= 3_600


async def test_what_was_deleted_is_counted_and_what_others_sent_is_not(fresh: Story) -> None:
    client = await fresh.client(fresh.mother)
    await _have_sent(fresh.teacher, 30, _SOON)
    await _have_sent(fresh.mother, 29, _SOON)
    assert reasons(await client.do("SendMessage", **a_letter(fresh.head))) == []
    await Message.filter(sender_id=fresh.mother.id).update(sender_deleted_at=datetime.now(UTC))
    await _refused(client, a_letter(fresh.head))


async def test_a_draft_waits_with_its_sender(fresh: Story) -> None:
    client = await fresh.client(fresh.mother)
    draft = await a_draft(fresh.mother, fresh.head)
    await _have_sent(fresh.mother, 30, _SOON)
    before = await traces()
    given = {"draftId": gid("MessageDraft", draft.id), "version": 1}
    payload = (await client.send(_SEND_DRAFT, input=given)).data["sendMessageDraft"]
    assert (payload["message"], reasons(payload)) == (None, _TOO_MUCH)
    assert await traces() == before


async def test_devices_that_send_at_once_share_what_is_left(fresh: Story) -> None:
    await _have_sent(fresh.mother, 25, _SOON)
    client = await fresh.client(fresh.mother)
    sends = (client.do("SendMessage", **a_letter(fresh.head)) for _ in range(12))
    told = Counter(str(reasons(payload)) for payload in await asyncio.gather(*sends))
    assert told == {"[]": 5, str(_TOO_MUCH): 7}
    assert await Message.filter(sender_id=fresh.mother.id).count() == 30


async def test_drafts_that_are_begun_at_once_share_what_is_left(fresh: Story) -> None:
    for _ in range(197):
        await a_draft(fresh.mother)
    client = await fresh.client(fresh.mother)
    document = """mutation ($input: SaveMessageDraftInput!) { saveMessageDraft(input: $input) {
        draft { id } userErrors { code message field } } }"""
    given = {"recipientIds": [correspondent(fresh.head)], "subject": "О", "body": "О"}
    answers = await asyncio.gather(*(client.send(document, input=given) for _ in range(9)))
    told = Counter(str(reasons(answer.data["saveMessageDraft"])) for answer in answers)
    assert told == {"[]": 3, str([("TOO_LONG", None)]): 6}
