"""Sending a message: what it leaves, who gets it, and why it is refused."""

from typing import Any

import pytest

from models import Message, MessageReceipt
from subscriptions import topics
from tests.diary import Client, contract
from tests.factories import a_person, gid
from tests.messages.story import Story, a_letter, correspondent, heard, traces
from tests.traces import Deed, deeds, moment, number, reasons, refusals

pytestmark = pytest.mark.usefixtures("database")


async def test_a_message_is_sent_and_read(story: Story) -> None:
    sender, reader = await story.client(story.homeroom), await story.client(story.mother)
    payload = await sender.do(
        "SendMessage", **a_letter(story.mother, story.pupil, subject=" Собрание ", body="Ждём!\n")
    )

    row = await Message.get(sender_id=story.homeroom.id)
    sent_at = payload["message"]["sentAt"]
    told = {"id": gid("Message", row.id), "subject": "Собрание", "sentAt": sent_at}
    assert payload == {"message": told, "userErrors": []}
    assert (row.subject, row.body, row.sent_at) == ("Собрание", "Ждём!", moment(sent_at))
    people = {story.mother.id, story.pupil.person.id}
    receipts = await MessageReceipt.filter(message_id=row.id)
    assert {(receipt.recipient_id, receipt.read_at) for receipt in receipts} == {
        (person, None) for person in people
    }
    deed = Deed(
        "message.sent", story.homeroom.id, ["HOMEROOM_TEACHER", "TEACHER"], None, {"recipients": 2}
    )
    assert await deeds("Message", row.id) == [deed]
    [edge] = (await reader.ask("Inbox", first=20)).data["viewer"]["inbox"]["edges"]
    assert edge["node"]["message"].items() >= {**told, "body": "Ждём!"}.items()
    assert edge["node"]["message"]["sender"]["id"] == correspondent(story.homeroom)


async def test_the_rows_of_a_payload_are_planned(story: Story) -> None:
    sender, reader = await story.client(story.homeroom), await story.client(story.mother)
    given = a_letter(story.mother)
    assert (await sender.plan(contract("SendMessage"), input=given))["planned"] is True
    sent = (await sender.do("SendMessage", **given))["message"]["id"]
    plan = await reader.plan(contract("MarkMessageRead"), input={"messageId": sent})
    assert plan["planned"] is True


async def test_each_topic_of_people_hears_of_it_once(story: Story) -> None:
    guardians = [await story.pupil.guardian() for _ in range(20)]
    payload = await (await story.client(story.head)).do("SendMessage", **a_letter(*guardians))
    found = await heard("MESSAGES", number(payload["message"]["id"]))
    assert {kind for _, kind, _ in found} == {"SENT"}
    by_topic = {topic: people for topic, _, people in found}
    assert len(by_topic) == len(found) == 16
    assert sorted(person for people in by_topic.values() for person in people) == sorted(
        guardian.id for guardian in guardians
    )
    assert all(
        topics.person(person) == topic for topic, people in by_topic.items() for person in people
    )


async def test_who_is_named_twice_gets_it_once(story: Story) -> None:
    client = await story.client(story.head)
    payload = await client.do("SendMessage", **a_letter(story.mother, story.mother))
    message = number(payload["message"]["id"])
    assert await MessageReceipt.filter(message_id=message).count() == 1


async def test_the_limits_themselves_are_allowed(story: Story) -> None:
    client = await story.client(story.head)
    given = a_letter(story.mother, subject="ё" * 300, body="ё" * 65_535)
    given["recipientIds"] *= 100
    assert (await client.do("SendMessage", **given))["userErrors"] == []


async def _refused(client: Client, given: Any) -> list[tuple[str, str | None]]:
    """The reasons; nothing was written."""
    before = await traces()
    payload = await client.do("SendMessage", **given)
    assert await traces() == before
    assert payload["message"] is None
    return reasons(payload)


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"recipientIds": []}, [("REQUIRED", "recipientIds")]),
        ({"subject": " \n"}, [("REQUIRED", "subject")]),
        ({"subject": "ё" * 301}, [("TOO_LONG", "subject")]),
        ({"subject": "а\0"}, [("OUT_OF_RANGE", "subject")]),
        ({"body": ""}, [("REQUIRED", "body")]),
        ({"body": "ё" * 65_536}, [("TOO_LONG", "body")]),
        ({"body": "а\0"}, [("OUT_OF_RANGE", "body")]),
        ({"recipientIds": [], "body": ""}, [("REQUIRED", "recipientIds"), ("REQUIRED", "body")]),
        ({"recipientIds": [gid("Correspondent", 1)] * 101}, [("TOO_LONG", "recipientIds")]),
        ({"recipientIds": [gid("Correspondent", 2**62)]}, [("NOT_FOUND", "recipientIds.0")]),
        ({"recipientIds": [gid("Student", 1)]}, [("NOT_FOUND", "recipientIds.0")]),
    ],
)
async def test_a_message_is_refused(story: Story, given: Any, errors: Any) -> None:
    client = await story.client(story.head)
    assert await _refused(client, {**a_letter(story.mother), **given}) == errors


async def test_whom_one_may_not_write_to_reads_as_nobody(story: Story) -> None:
    """One of several is enough, and nobody is told who there is."""
    mother = await story.client(story.mother)
    stranger, classmate = await a_person(), await story.klass.pupil()
    named = (story.head, stranger, classmate, story.teacher, story.mother)
    errors = [("NOT_FOUND", f"recipientIds.{place}") for place in (1, 2, 4)]
    assert await _refused(mother, a_letter(*named)) == errors


async def test_nobody_who_is_not_signed_in_sends_anything(story: Story) -> None:
    before = await traces()
    answer = await story.diary.nobody.ask("SendMessage", input=a_letter(story.head))
    assert answer.refused == [("UNAUTHENTICATED", "sendMessage")]
    assert await traces() == before


async def test_a_right_that_ended_is_none(story: Story) -> None:
    former = await story.pupil.guardian()
    client = await story.client(former)
    assert (await client.do("SendMessage", **a_letter(story.head)))["userErrors"] == []
    await former.guardianship.end(story.school.today)
    assert await _refused(client, a_letter(story.head)) == [("NOT_FOUND", "recipientIds.0")]


async def test_what_is_no_id_is_bad_input(story: Story) -> None:
    client = await story.client(story.head)
    answer = await client.ask("SendMessage", input={**a_letter(), "recipientIds": ["x"]})
    assert answer.codes == ["BAD_USER_INPUT"]


async def test_reading_is_told_to_the_sender_and_to_the_reader(story: Story) -> None:
    sender, reader = await story.client(story.head), await story.client(story.mother)
    letter = a_letter(story.mother, requestReceipt=True)
    sent = (await sender.do("SendMessage", **letter))["message"]["id"]
    first = await reader.do("MarkMessageRead", messageId=sent)
    assert await reader.do("MarkMessageRead", messageId=sent) == first

    receipt = await MessageReceipt.get(message_id=number(sent))
    assert receipt.read_at == moment(first["receipt"]["readAt"])
    assert first["receipt"]["id"] == gid("MessageReceipt", receipt.id)
    found = await heard("RECEIPTS", number(sent))
    assert sorted(person for *_, people in found for person in people) == sorted(
        (story.head.id, story.mother.id)
    )
    assert {(topic, kind) for topic, kind, _ in found} == {
        (topics.person(person), "READ") for person in (story.head.id, story.mother.id)
    }
    deed = Deed("message.read", story.mother.id, ["GUARDIAN"], None, None)
    assert await deeds("MessageReceipt", receipt.id) == [deed]


async def test_a_sender_who_asked_for_no_receipt_hears_of_none(story: Story) -> None:
    sender, reader = await story.client(story.head), await story.client(story.mother)
    sent = (await sender.do("SendMessage", **a_letter(story.mother)))["message"]["id"]
    await reader.do("MarkMessageRead", messageId=sent)
    found = await heard("RECEIPTS", number(sent))
    assert found == [(topics.person(story.mother.id), "READ", [story.mother.id])]


async def test_only_who_was_sent_a_message_reads_it(story: Story) -> None:
    sender, stranger = await story.client(story.head), await story.client(story.teacher)
    sent = (await sender.do("SendMessage", **a_letter(story.mother)))["message"]["id"]
    for client, given, error in (
        (sender, sent, "FORBIDDEN"),
        (stranger, sent, "NOT_FOUND"),
        (stranger, gid("Message", 2**62), "NOT_FOUND"),
        (stranger, gid("Mark", 1), "NOT_FOUND"),
    ):
        before = await traces()
        answer = await client.ask("MarkMessageRead", input={"messageId": given})
        assert refusals(answer) == [(error, "messageId")]
        assert await traces() == before
    answer = await story.diary.nobody.ask("MarkMessageRead", input={"messageId": sent})
    assert answer.codes == ["UNAUTHENTICATED"]
