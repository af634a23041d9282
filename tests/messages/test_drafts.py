"""Drafts: kept, changed from a version, thrown away, sent."""

from typing import Any

import pytest

from models import Message, MessageDraft, MessageReceipt
from tests.diary import Client
from tests.factories import a_draft, a_message, gid
from tests.messages.story import Story, a_letter, correspondent, traces
from tests.traces import deeds, number, reasons

pytestmark = pytest.mark.usefixtures("database")

_DRAFTS = """{ viewer { messageDrafts { totalCount nodes {
    id subject body recipients { nodes { id } } groupIds inReplyTo { id }
    replyToAll isUrgent requestReceipt version
} } } }"""


async def _save(client: Client, **given: Any) -> Any:
    document = """mutation ($input: SaveMessageDraftInput!) { saveMessageDraft(input: $input) {
        draft { id version } userErrors { code message field } } }"""
    return (await client.send(document, input=given)).data["saveMessageDraft"]


async def _discard(client: Client, draft: str, version: int) -> Any:
    document = """mutation ($input: DiscardMessageDraftInput!) {
        discardMessageDraft(input: $input) { draftId userErrors { code message field } } }"""
    given = {"draftId": draft, "version": version}
    return (await client.send(document, input=given)).data["discardMessageDraft"]


async def _send(client: Client, draft: str, version: int) -> Any:
    document = """mutation ($input: SendMessageDraftInput!) {
        sendMessageDraft(input: $input) { message { id subject } userErrors { code message field }
    } }"""
    given = {"draftId": draft, "version": version}
    return (await client.send(document, input=given)).data["sendMessageDraft"]


async def _kept(client: Client, **given: Any) -> str:
    draft: str = (await _save(client, **given))["draft"]["id"]
    return draft


async def _an_author(story: Story) -> Client:
    """Somebody who has written nothing yet."""
    return await story.client(await story.pupil.guardian())


async def test_a_draft_is_kept_as_it_was_written(story: Story) -> None:
    author = await story.pupil.guardian()
    client = await story.client(author)
    answered = gid("Message", (await a_message(story.head, author)).id)
    given = {
        "subject": " О ",
        "body": "",
        "inReplyToId": answered,
        "replyToAll": True,
        "isUrgent": True,
        "requestReceipt": True,
        "groupIds": [gid("MessageGroup", 7)],
    }
    draft = await _kept(client, recipientIds=[correspondent(story.head)], **given)
    told = {
        **given,
        "id": draft,
        "version": 1,
        "recipients": {"nodes": [{"id": correspondent(story.head)}]},
        "inReplyTo": {"id": answered},
    }
    del told["inReplyToId"]
    viewer = (await client.send(_DRAFTS)).data["viewer"]
    assert viewer["messageDrafts"] == {"totalCount": 1, "nodes": [told]}
    plan = await client.plan(_DRAFTS)
    assert (plan["planned"], plan["statements"]) == (True, 1)
    told_of = await deeds("MessageDraft", number(draft))
    assert [deed.action for deed in told_of] == ["message.draft_saved"]


async def test_a_change_takes_the_place_of_the_whole(story: Story) -> None:
    client = await _an_author(story)
    draft = await _kept(client, recipientIds=[correspondent(story.head)], subject="А")
    payload = await _save(
        client, draftId=draft, version=1, recipientIds=[correspondent(story.teacher)], body="Б"
    )
    assert payload["draft"] == {"id": draft, "version": 2}
    (row,) = (await client.send(_DRAFTS)).data["viewer"]["messageDrafts"]["nodes"]
    assert (row["subject"], row["body"]) == ("", "Б")
    assert row["recipients"]["nodes"] == [{"id": correspondent(story.teacher)}]


async def test_a_draft_is_sent_and_is_none_any_more(story: Story) -> None:
    client = await _an_author(story)
    recipients = [correspondent(story.head), correspondent(story.teacher)]
    draft = await _kept(client, recipientIds=recipients, subject="А", body="Б")
    payload = await _send(client, draft, 1)
    assert payload["message"]["subject"] == "А"
    sent = await MessageReceipt.filter(message_id=number(payload["message"]["id"]))
    assert {receipt.recipient_id for receipt in sent} == {story.head.id, story.teacher.id}
    assert not await MessageDraft.filter(id=number(draft)).exists()
    assert reasons(await _send(client, draft, 1)) == [("NOT_FOUND", "draftId")]


async def test_a_drafted_answer_is_an_answer(story: Story) -> None:
    author = await story.pupil.guardian()
    client = await story.client(author)
    answered = await a_message(story.head, author, subject="Питание")
    draft = await _kept(client, body="Да", inReplyToId=gid("Message", answered.id))
    payload = await _send(client, draft, 1)
    assert payload["message"]["subject"] == "Питание"
    row = await Message.get(id=number(payload["message"]["id"]))
    assert (row.in_reply_to_id, row.thread_id) == (answered.id, answered.id)


async def test_a_draft_is_thrown_away(story: Story) -> None:
    client = await _an_author(story)
    draft = await _kept(client, recipientIds=[correspondent(story.head)])
    assert await _discard(client, draft, 1) == {"draftId": draft, "userErrors": []}
    assert (await client.send(_DRAFTS)).data["viewer"]["messageDrafts"]["totalCount"] == 0


async def test_a_stale_version_is_a_conflict(story: Story) -> None:
    client = await _an_author(story)
    draft = await _kept(client, recipientIds=[correspondent(story.head)], subject="А", body="Б")
    before = await traces()
    for payload in (
        await _save(client, draftId=draft, version=2, body="В"),
        await _save(client, draftId=draft, body="В"),
        await _discard(client, draft, 0),
        await _send(client, draft, 2),
    ):
        assert reasons(payload) == [("CONFLICT", "version")]
    assert await traces() == before
    assert (await MessageDraft.get(id=number(draft))).body == "Б"


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"subject": "ё" * 301}, [("TOO_LONG", "subject")]),
        ({"body": "ё" * 65_536}, [("TOO_LONG", "body")]),
        ({"body": "а\0"}, [("OUT_OF_RANGE", "body")]),
        ({"recipientIds": [gid("Correspondent", 2**62)]}, [("NOT_FOUND", "recipientIds.0")]),
        ({"recipientIds": [gid("Correspondent", 1)] * 101}, [("TOO_LONG", "recipientIds")]),
        ({"groupIds": [gid("MessageGroup", 1)] * 21}, [("TOO_LONG", "groupIds")]),
        ({"inReplyToId": gid("Message", 2**62)}, [("NOT_FOUND", "inReplyToId")]),
        ({"draftId": gid("MessageDraft", 2**62), "version": 1}, [("NOT_FOUND", "draftId")]),
    ],
)
async def test_a_draft_is_refused(story: Story, given: Any, errors: Any) -> None:
    client = await story.client(story.mother)
    before = await traces()
    assert reasons(await _save(client, **given)) == errors
    assert await traces() == before


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"subject": "А", "body": "Б"}, [("REQUIRED", "recipientIds")]),
        ({"body": "Б", "recipientIds": "head"}, [("REQUIRED", "subject")]),
        ({"subject": "А", "recipientIds": "head"}, [("REQUIRED", "body")]),
        (
            {"subject": "А", "body": "Б", "groupIds": [gid("MessageGroup", 1)]},
            [("NOT_FOUND", "groupIds.0")],
        ),
        (
            {"subject": "А", "body": "Б", "recipientIds": "head", "isUrgent": True},
            [("FORBIDDEN", "isUrgent")],
        ),
    ],
)
async def test_what_is_not_ready_is_not_sent(story: Story, given: Any, errors: Any) -> None:
    client = await _an_author(story)
    if given.get("recipientIds"):
        given = {**given, "recipientIds": [correspondent(story.head)]}
    draft = await _kept(client, **given)
    before = await traces()
    assert reasons(await _send(client, draft, 1)) == errors
    assert await traces() == before


async def test_whom_one_may_not_write_to_any_more_gets_no_draft(story: Story) -> None:
    author = await story.pupil.guardian()
    client = await story.client(author)
    draft = await _kept(client, **a_letter(story.head))
    await author.guardianship.end(story.school.today)
    before = await traces()
    assert reasons(await _send(client, draft, 1)) == [("NOT_FOUND", "recipientIds.0")]
    assert await traces() == before


async def test_there_are_two_hundred_drafts_at_the_most(story: Story) -> None:
    author = await story.pupil.guardian()
    client = await story.client(author)
    draft = await _kept(client)
    for _ in range(199):
        await a_draft(author)
    assert reasons(await _save(client)) == [("TOO_LONG", None)]
    assert reasons(await _save(client, draftId=draft, version=1)) == []


async def test_anothers_draft_is_none(story: Story) -> None:
    draft = await _kept(await _an_author(story))
    client = await story.client(story.mother)
    before = await traces()
    for payload in (
        await _save(client, draftId=draft, version=1),
        await _discard(client, draft, 1),
        await _send(client, draft, 1),
    ):
        assert reasons(payload) == [("NOT_FOUND", "draftId")]
    found = "query ($id: ID!) { node(id: $id) { id } }"
    assert (await client.send(found, id=draft)).data == {"node": None}
    assert await traces() == before
