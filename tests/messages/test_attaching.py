"""Files that go with messages: where nothing keeps files, and where something does."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from models import MessageAttachment
from tests.diary import Client, Diary
from tests.factories import GuardianMade, a_message, a_report, an_attachment, gid
from tests.messages.story import Story, a_letter, traces
from tests.shelves import keeping_files
from tests.traces import number, reasons

pytestmark = pytest.mark.usefixtures("database")

_READ = """query ($id: ID!) { node(id: $id) { ... on Message {
    attachments { fileId name sizeBytes mediaType } } } }"""
_FILES = [gid("File", each) for each in (1, 2, 3)]


@pytest.fixture(scope="module")
async def owner(story: Story) -> GuardianMade:
    """Whose files are on the shelf: two that are ready, one that is looked through, one refused."""
    return await story.pupil.guardian()


@pytest.fixture(scope="module")
async def keeping(database: str, owner: GuardianMade) -> AsyncIterator[Diary]:
    """Return a service that keeps files."""
    said = {str(owner.id): {"1": "READY", "2": "READY", "3": "PENDING", "4": "REFUSED"}}
    async with keeping_files(database, said) as diary:
        yield diary


async def _there(keeping: Diary, story: Story, who: GuardianMade) -> Client:
    """The person at that service."""
    return Client(keeping.url, keeping.http, (await story.client(who)).token)


async def _refused(client: Client, given: Any) -> list[tuple[str, str | None]]:
    before = await traces()
    payload = await client.do("SendMessage", **given)
    assert await traces() == before
    assert payload["message"] is None
    return reasons(payload)


async def _read(client: Client, message: str) -> Any:
    """The message's files, which the planner and its oracle tell alike; None where it is hidden."""
    planned, unplanned = [
        (await send(_READ, id=message)).data["node"]
        for send in (client.send, client.send_unplanned)
    ]
    assert planned == unplanned
    return planned and planned["attachments"]


async def test_where_nothing_keeps_files_none_goes(story: Story) -> None:
    client = await story.client(story.mother)
    letter = a_letter(story.head, attachmentIds=_FILES[:1])
    assert await _refused(client, letter) == [("FILES_UNAVAILABLE", "attachmentIds")]
    assert reasons(await client.do("SendMessage", **{**letter, "attachmentIds": []})) == []


async def test_files_go_with_a_message_as_they_are_called(
    story: Story, keeping: Diary, owner: GuardianMade
) -> None:
    client = await _there(keeping, story, owner)
    letter = a_letter(story.head, attachmentIds=[_FILES[1], _FILES[0], _FILES[1]])
    sent = (await client.do("SendMessage", **letter))["message"]["id"]
    rows = await MessageAttachment.filter(message_id=number(sent)).order_by("id")
    assert [(row.file_id, row.name, row.size_bytes, row.media_type) for row in rows] == [
        (2, "Файл 2.pdf", 20, "application/pdf"),
        (1, "Файл 1.pdf", 10, "application/pdf"),
    ]
    told = [
        {
            "fileId": gid("File", each),
            "name": f"Файл {each}.pdf",
            "sizeBytes": each * 10,
            "mediaType": "application/pdf",
        }
        for each in (2, 1)
    ]
    assert await _read(client, sent) == told
    assert await _read(await story.client(story.head), sent) == told
    plan = await client.plan(_READ, id=sent)
    assert (plan["planned"], plan["statements"]) == (True, 1)


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ([3], [("FILE_NOT_READY", "attachmentIds.0")]),
        ([1, 4], [("FILE_NOT_READY", "attachmentIds.1")]),
        ([5, 1, 2**62], [("NOT_FOUND", "attachmentIds.0"), ("NOT_FOUND", "attachmentIds.2")]),
        ([1] * 11, [("TOO_LONG", "attachmentIds")]),
    ],
)
async def test_a_file_that_may_not_go_holds_the_message(
    story: Story,
    keeping: Diary,
    owner: GuardianMade,
    given: Sequence[int],
    errors: Any,
) -> None:
    client = await _there(keeping, story, owner)
    letter = a_letter(story.head, attachmentIds=[gid("File", each) for each in given])
    assert await _refused(client, letter) == errors


async def test_others_files_and_other_ids_are_no_files(
    story: Story, keeping: Diary, owner: GuardianMade
) -> None:
    mother, client = [await _there(keeping, story, who) for who in (story.mother, owner)]
    missing = [("NOT_FOUND", "attachmentIds.0")]
    assert await _refused(mother, a_letter(story.head, attachmentIds=_FILES[:1])) == missing
    assert await _refused(client, a_letter(story.head, attachmentIds=[gid("Mark", 1)])) == missing


async def test_who_reads_the_message_reads_what_its_files_are(story: Story) -> None:
    message = await a_message(story.mother, story.homeroom)
    await an_attachment(message, "Справка.pdf")
    sent = gid("Message", message.id)
    mother, homeroom, head = [
        await story.client(who) for who in (story.mother, story.homeroom, story.head)
    ]
    for client in (mother, homeroom):
        assert [each["name"] for each in await _read(client, sent)] == ["Справка.pdf"]
    assert await _read(head, sent) is None
    await a_report(message, story.homeroom, story.school)
    assert [each["name"] for each in await _read(head, sent)] == ["Справка.pdf"]
