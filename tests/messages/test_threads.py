"""Answers: to whom they go, and the thread that they make."""

from typing import Any

import pytest

from models import Message, MessageReceipt
from tests.diary import Client
from tests.factories import gid
from tests.messages.story import Story, a_letter, person_id, traces
from tests.traces import number, reasons

pytestmark = pytest.mark.usefixtures("database")

_THREAD = """query ($id: ID!) { node(id: $id) { ... on Message {
    inReplyTo { id } thread { totalCount nodes { id } } } } }"""


async def _sent(client: Client, **given: Any) -> str:
    payload = await client.do("SendMessage", **given)
    assert payload["userErrors"] == []
    sent: str = payload["message"]["id"]
    return sent


def _an_answer(to: str, **given: Any) -> dict[str, Any]:
    return {"recipientIds": [], "subject": "", "body": "Спасибо", "inReplyToId": to, **given}


async def _recipients(message: str) -> set[int]:
    receipts = await MessageReceipt.filter(message_id=number(message))
    return {receipt.recipient_id for receipt in receipts}


async def _thread(client: Client, message: str) -> list[str]:
    found = (await client.send(_THREAD, id=message)).data["node"]["thread"]
    assert found["totalCount"] == len(found["nodes"])
    return [each["id"] for each in found["nodes"]]


async def test_an_answer_goes_to_the_sender_and_into_the_thread(story: Story) -> None:
    head, mother = await story.client(story.head), await story.client(story.mother)
    first = await _sent(head, **a_letter(story.mother, story.pupil, subject="Питание"))
    answer = await _sent(mother, **_an_answer(first))
    again = await _sent(head, **_an_answer(answer, subject="Ещё о питании"))

    assert await _recipients(answer) == {story.head.id}
    assert await _recipients(again) == {story.mother.id}
    rows = {each: await Message.get(id=number(each)) for each in (first, answer, again)}
    assert [rows[each].subject for each in rows] == ["Питание", "Питание", "Ещё о питании"]
    assert {row.thread_id for row in rows.values()} == {number(first)}
    assert (await head.send(_THREAD, id=again)).data["node"]["inReplyTo"] == {"id": answer}
    for client, place in ((head, first), (mother, again)):
        assert await _thread(client, place) == [first, answer, again]
    assert await _thread(await story.client(story.pupil), first) == [first]


async def test_who_was_written_to_may_answer_though_they_could_not_begin(story: Story) -> None:
    """A guardian may write to a teacher, and a teacher to no guardian but in an answer."""
    mother, teacher = await story.client(story.mother), await story.client(story.teacher)
    begun = await teacher.do("SendMessage", **a_letter(story.mother))
    assert reasons(begun) == [("NOT_FOUND", "recipientIds.0")]
    asked = await _sent(mother, **a_letter(story.teacher))
    assert await _recipients(await _sent(teacher, **_an_answer(asked))) == {story.mother.id}


async def test_an_answer_to_all_goes_to_those_alone_whom_one_may_write_to(story: Story) -> None:
    head, mother = await story.client(story.head), await story.client(story.mother)
    father = await story.pupil.guardian()
    everybody = (story.mother, father, story.teacher, story.pupil)
    first = await _sent(head, **a_letter(*everybody))
    answer = await _sent(mother, **_an_answer(first, replyToAll=True))
    assert await _recipients(answer) == {story.head.id, story.teacher.id}
    by_homeroom = await _sent(
        await story.client(story.teacher), **_an_answer(first, replyToAll=True)
    )
    assert await _recipients(by_homeroom) == {story.head.id, person_id(story.pupil)}


async def test_others_can_be_added_to_an_answer(story: Story) -> None:
    mother = await story.client(story.mother)
    first = await _sent(await story.client(story.head), **a_letter(story.mother))
    added = a_letter(story.homeroom)["recipientIds"]
    answer = await _sent(mother, **_an_answer(first, recipientIds=added))
    assert await _recipients(answer) == {story.head.id, story.homeroom.id}


async def _refused(client: Client, **given: Any) -> list[tuple[str, str | None]]:
    before = await traces()
    payload = await client.do("SendMessage", **given)
    assert await traces() == before
    return reasons(payload)


async def test_nobody_answers_what_they_were_not_sent(story: Story) -> None:
    first = await _sent(await story.client(story.head), **a_letter(story.mother))
    teacher = await story.client(story.teacher)
    for given in (first, gid("Message", 2**62), gid("Mark", 1)):
        assert await _refused(teacher, **_an_answer(given)) == [("NOT_FOUND", "inReplyToId")]


async def test_whoever_has_left_is_not_answered(story: Story) -> None:
    former = await story.pupil.guardian()
    asked = await _sent(await story.client(former), **a_letter(story.teacher))
    await former.guardianship.end(story.school.today)
    teacher = await story.client(story.teacher)
    assert await _refused(teacher, **_an_answer(asked)) == [("FORBIDDEN", "inReplyToId")]


async def test_what_one_sent_oneself_is_answered_by_nobody_named(story: Story) -> None:
    head = await story.client(story.head)
    first = await _sent(head, **a_letter(story.mother))
    assert await _refused(head, **_an_answer(first)) == [("FORBIDDEN", "inReplyToId")]
    further = await _sent(head, **_an_answer(first, replyToAll=True))
    assert await _recipients(further) == {story.mother.id}


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"body": " "}, [("REQUIRED", "body")]),
        ({"subject": "ё" * 301}, [("TOO_LONG", "subject")]),
    ],
)
async def test_an_answer_is_refused(story: Story, given: Any, errors: Any) -> None:
    first = await _sent(await story.client(story.head), **a_letter(story.mother))
    mother = await story.client(story.mother)
    assert await _refused(mother, **_an_answer(first, **given)) == errors
