"""What the sender knows of the recipients, and what recipients know of each other."""

from typing import Any

import pytest

from tests.diary import Client
from tests.factories import PersonMade
from tests.messages.story import Story, a_letter

pytestmark = pytest.mark.usefixtures("database")

_SENT = """query ($id: ID!) { node(id: $id) { ... on Message { requestsReceipt receipt { id } sent {
    recipientCount readCount recipients { totalCount nodes { fullName readAt } } } } } }"""


async def _asked(client: Client, message: str) -> Any:
    return (await client.send(_SENT, id=message)).data["node"]


async def _sent(story: Story, *recipients: PersonMade, receipt: bool) -> tuple[Client, str]:
    client = await story.client(story.head)
    given = a_letter(*recipients, requestReceipt=receipt)
    message: str = (await client.do("SendMessage", **given))["message"]["id"]
    return client, message


async def _named(person: PersonMade) -> str:
    await person.row.refresh_from_db()
    return person.row.full_name


async def test_the_sender_is_told_who_has_read(story: Story) -> None:
    father = await story.pupil.guardian()
    client, message = await _sent(story, story.mother, father, receipt=True)
    reader = await story.client(story.mother)
    read_at = (await reader.do("MarkMessageRead", messageId=message))["receipt"]["readAt"]
    told = await _asked(client, message)
    assert (told["requestsReceipt"], told["receipt"]) == (True, None)
    assert told["sent"]["recipientCount"] == told["sent"]["recipients"]["totalCount"] == 2
    assert told["sent"]["readCount"] == 1
    assert {(each["fullName"], each["readAt"]) for each in told["sent"]["recipients"]["nodes"]} == {
        (await _named(story.mother), read_at),
        (await _named(father), None),
    }
    plan = await client.plan(_SENT, id=message)
    assert (plan["planned"], plan["statements"]) == (True, 1)


async def test_who_did_not_ask_is_not_told(story: Story) -> None:
    client, message = await _sent(story, story.mother, receipt=False)
    await (await story.client(story.mother)).do("MarkMessageRead", messageId=message)
    told = await _asked(client, message)
    assert told["requestsReceipt"] is False
    [mother] = told["sent"]["recipients"]["nodes"]
    assert (told["sent"]["readCount"], mother["readAt"]) == (None, None)
    assert told["sent"]["recipientCount"] == 1


async def test_recipients_do_not_learn_of_each_other(story: Story) -> None:
    father = await story.pupil.guardian()
    _, message = await _sent(story, story.mother, father, receipt=True)
    told = await _asked(await story.client(story.mother), message)
    assert told["sent"] is None
    assert told["requestsReceipt"] is True
    assert told["receipt"] is not None


async def test_only_the_management_is_urgent(story: Story) -> None:
    head, teacher = await story.client(story.head), await story.client(story.teacher)
    payload = await head.do("SendMessage", **a_letter(story.mother, isUrgent=True))
    urgent = "query ($id: ID!) { node(id: $id) { ... on Message { isUrgent } } }"
    reader = await story.client(story.mother)
    told = await reader.send(urgent, id=payload["message"]["id"])
    assert told.data == {"node": {"isUrgent": True}}
    refused = await teacher.do("SendMessage", **a_letter(story.pupil, isUrgent=True))
    assert [(each["code"], each["field"]) for each in refused["userErrors"]] == [
        ("FORBIDDEN", "isUrgent")
    ]
