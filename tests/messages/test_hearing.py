"""Hearing of mail: as it comes, as it is read, and how much there is to read."""

from contextlib import AsyncExitStack
from typing import Any

import pytest

from models import Position
from tests.diary import Client, Socket, contract
from tests.factories import PersonMade, a_message, a_school, gid
from tests.messages.story import Story, a_letter

pytestmark = pytest.mark.usefixtures("database")

_RECEIPTS = """subscription ($after: String) { messageReceipts(after: $after) {
    cursor message { id sent { readCount } } } }"""
_UNREAD = """subscription ($after: String) { unreadCountChanges(after: $after) {
    cursor kind messageId message { id receipt { unreadMessageCount } } } }"""

_REPORTS = """subscription ($after: String) { messageReportChanges(after: $after) {
    cursor kind reportId report { id reason outcome message { subject } } } }"""


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


async def test_who_handles_reports_hears_of_them_and_so_does_who_reported(story: Story) -> None:
    administrator, writer = [
        await story.school.staff(Position.SCHOOL_ADMINISTRATOR) for _ in range(2)
    ]
    elsewhere = await (await a_school()).staff(Position.SCHOOL_ADMINISTRATOR)
    reported = await a_message(writer, story.mother, subject="Письмо")
    clients = [
        await story.client(who)
        for who in (administrator, story.head, story.mother, writer, story.teacher, elsewhere)
    ]
    office, _, mother, *_ = clients
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(client.socket()) for client in clients]
        for socket in sockets:
            await _listening(socket, _REPORTS)
        document = """mutation ($input: ReportMessageInput!) { reportMessage(input: $input) {
            report { id } userErrors { code } } }"""
        given = {"messageId": gid("Message", reported.id), "reason": "Грубость"}
        report = (await mother.send(document, input=given)).data["reportMessage"]["report"]["id"]
        for socket in sockets[:3]:
            told = (await socket.next())["messageReportChanges"]
            assert (told["kind"], told["reportId"]) == ("REPORTED", report)
            assert told["report"]["reason"] == "Грубость"
            assert told["report"]["message"] == {"subject": "Письмо"}
        document = """mutation ($input: ResolveMessageReportInput!) {
            resolveMessageReport(input: $input) { userErrors { code } } }"""
        given = {"reportId": report, "outcome": "UPHELD", "note": "Побеседовали."}
        assert (await office.send(document, input=given)).data["resolveMessageReport"] == {
            "userErrors": []
        }
        for socket in sockets[:3]:
            told = (await socket.next())["messageReportChanges"]
            assert (told["kind"], told["report"]["outcome"]) == ("RESOLVED", "UPHELD")
        for socket in sockets[3:]:
            await socket.nothing()


async def test_a_report_that_is_refused_is_not_heard_of(story: Story) -> None:
    reported = await a_message(story.teacher, story.mother)
    head, mother = await story.client(story.head), await story.client(story.mother)
    async with head.socket() as socket:
        await _listening(socket, _REPORTS)
        document = """mutation ($input: ReportMessageInput!) { reportMessage(input: $input) {
            userErrors { code } } }"""
        given = {"messageId": gid("Message", reported.id), "reason": ""}
        payload = (await mother.send(document, input=given)).data["reportMessage"]
        assert payload["userErrors"] == [{"code": "REQUIRED"}]
        await socket.nothing()
