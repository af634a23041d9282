"""Hearing of mail: as it comes, as it is read, and how much there is to read."""

from typing import Any

import pytest

from tests.diary import Client, Socket, contract
from tests.factories import PersonMade
from tests.messages.story import Story, a_letter

pytestmark = pytest.mark.usefixtures("database")

_RECEIPTS = """subscription ($after: String) { messageReceipts(after: $after) {
    cursor message { id sent { readCount } } } }"""
_UNREAD = """subscription ($after: String) { unreadCountChanges(after: $after) {
    cursor kind messageId message { id receipt { unreadMessageCount } } } }"""


async def _send(client: Client, *recipients: PersonMade, **given: Any) -> str:
    payload = await client.do("SendMessage", **a_letter(*recipients, **given))
    sent: str = payload["message"]["id"]
    return sent


async def _listening(socket: Socket, document: str, **given: Any) -> None:
    await socket.subscribe(document, **given)
    await socket.settled()


async def test_a_message_is_heard_by_its_recipients_alone(story: Story) -> None:
    sender, reader = await story.client(story.head), await story.client(story.mother)
    stranger = await story.client(story.teacher)
    async with reader.socket() as hearing, stranger.socket() as other, sender.socket() as own:
        for socket in (hearing, other, own):
            await _listening(socket, contract("MessageReceived"))
        sent = await _send(sender, story.mother, subject="Питание")
        message = (await hearing.next())["messageReceived"]["message"]
        assert (message["id"], message["subject"]) == (sent, "Питание")
        await other.nothing()
        await own.nothing()


async def test_what_was_missed_comes_first(story: Story) -> None:
    sender, reader = await story.client(story.head), await story.client(story.mother)
    async with reader.socket() as socket:
        await _listening(socket, contract("MessageReceived"))
        await _send(sender, story.mother)
        cursor = (await socket.next())["messageReceived"]["cursor"]
    missed = [await _send(sender, story.mother) for _ in range(2)]
    await _send(sender, story.teacher)
    async with reader.socket() as socket:
        await socket.subscribe(contract("MessageReceived"), after=cursor)
        heard = [(await socket.next())["messageReceived"] for _ in missed]
        assert [event["message"]["id"] for event in heard] == missed
        sent = await _send(sender, story.mother)
        assert (await socket.next())["messageReceived"]["message"]["id"] == sent


async def test_who_asked_hears_who_reads(story: Story) -> None:
    sender, reader = await story.client(story.head), await story.client(story.mother)
    async with sender.socket() as socket, reader.socket() as other:
        for each in (socket, other):
            await _listening(each, _RECEIPTS)
        unasked = await _send(sender, story.mother)
        await reader.do("MarkMessageRead", messageId=unasked)
        asked = await _send(sender, story.mother, requestReceipt=True)
        await reader.do("MarkMessageRead", messageId=asked)
        told = (await socket.next())["messageReceipts"]
        assert told["message"] == {"id": asked, "sent": {"readCount": 1}}
        await socket.nothing()
        await other.nothing()


async def test_unread_counts_follow_whatever_changes_them(story: Story) -> None:
    father = await story.pupil.guardian()
    sender, reader = await story.client(story.head), await story.client(father)
    change = "($ids: [ID!]!) {{ {}(input: {{messageIds: $ids}}) {{ userErrors {{ code }} }} }}"
    async with reader.socket() as socket:
        await _listening(socket, _UNREAD)

        async def heard() -> tuple[str, str, int | None]:
            told = (await socket.next())["unreadCountChanges"]
            receipt = (told["message"] or {}).get("receipt")
            return told["kind"], told["messageId"], receipt and receipt["unreadMessageCount"]

        first, second = [await _send(sender, father) for _ in range(2)]
        assert [await heard() for _ in range(2)][1] == ("SENT", second, 2)
        await reader.do("MarkMessageRead", messageId=first)
        assert await heard() == ("READ", first, 1)
        await reader.send(f"mutation {change.format('archiveMessages')}", ids=[second])
        assert await heard() == ("ARCHIVED", second, 0)
        await reader.send(f"mutation {change.format('deleteMessages')}", ids=[second])
        assert await heard() == ("DELETED", second, None)


@pytest.mark.parametrize("document", [_RECEIPTS, _UNREAD, contract("MessageReceived")])
async def test_nobody_hears_who_is_not_signed_in(story: Story, document: str) -> None:
    async with story.diary.nobody.socket() as socket:
        await socket.subscribe(document)
        (error,) = (await socket.receive())["payload"]["errors"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED"
