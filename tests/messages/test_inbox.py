"""The inbox, and the people whom one may write to."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.diary import Client, Diary
from tests.factories import (
    ClassMade,
    MessageMade,
    PersonMade,
    PupilMade,
    a_message,
    a_person,
    a_school,
    gid,
    serial,
)

pytestmark = pytest.mark.usefixtures("database")


async def _inbox(client: Client, **window: Any) -> Any:
    return (await client.ask("Inbox", **{"first": 20} | window)).data["viewer"]["inbox"]


async def test_an_inbox_as_the_contract_asks_for_it(diary: Diary) -> None:
    sender, reader, other = [await a_person() for _ in range(3)]
    sent_at = datetime(2026, 9, 1, 9, 30, tzinfo=UTC)
    message = await a_message(sender, other, reader, subject="Собрание", body="…", sent_at=sent_at)
    message.receipts[1].read_at = datetime(2026, 9, 2, tzinfo=UTC)
    await message.receipts[1].save()

    inbox = await _inbox(await diary.as_(reader))
    (edge,) = inbox["edges"]
    assert inbox["totalCount"] == 1
    assert inbox["pageInfo"] == {"hasNextPage": False, "endCursor": edge["cursor"]}
    assert edge["node"] == {
        "id": gid("MessageReceipt", message.receipts[1].id),
        "readAt": "2026-09-02T00:00:00+00:00",
        "message": {
            "id": gid("Message", message.id),
            "subject": "Собрание",
            "body": "…",
            "sentAt": "2026-09-01T09:30:00+00:00",
            "sender": {
                "id": gid("Correspondent", sender.id),
                "fullName": await _named(sender),
            },
        },
    }


async def test_an_inbox_is_read_page_by_page_while_new_mail_comes(diary: Diary) -> None:
    sender, reader = await a_person(), await a_person()
    sent = [await a_message(sender, reader) for _ in range(3)]
    client = await diary.as_(reader)
    page = await _inbox(client, first=2)
    assert _messages(page) == _ids(sent[2], sent[1])
    assert page["totalCount"] == 3
    assert page["pageInfo"]["hasNextPage"] is True

    await a_message(sender, reader)
    rest = await _inbox(client, first=2, after=page["pageInfo"]["endCursor"])
    assert _messages(rest) == _ids(sent[0])
    assert rest["totalCount"] == 4
    assert rest["pageInfo"]["hasNextPage"] is False


async def test_nobody_reads_what_was_sent_to_another(diary: Diary) -> None:
    sender, reader, stranger = [await a_person() for _ in range(3)]
    message = await a_message(sender, reader)
    ids = [gid("Message", message.id), gid("MessageReceipt", message.receipts[0].id)]
    everything = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } viewer { inbox { totalCount } } }"

    async def seen(who: PersonMade) -> Any:
        data = (await (await diary.as_(who)).send(everything, ids=ids)).data
        return [node and node["id"] for node in data["nodes"]], data["viewer"]["inbox"]

    assert await seen(reader) == (ids, {"totalCount": 1})
    assert await seen(stranger) == ([None, None], {"totalCount": 0})
    assert await seen(sender) == ([ids[0], None], {"totalCount": 0})
    nobody = await diary.nobody.send("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)
    assert nobody.data == {"nodes": [None, None]}


async def test_a_sender_is_no_correspondent_of_those_who_may_not_write_to_them(
    diary: Diary,
) -> None:
    """The name of a stranger who wrote is read with the message, and by no other way."""
    sender, reader = await a_person(), await a_person()
    message = await a_message(sender, reader)
    answer = await (await diary.as_(reader)).send(
        """query ($message: ID!, $person: ID!) {
            message: node(id: $message) { ... on Message { sender { id fullName } } }
            person: node(id: $person) { id }
        }""",
        message=gid("Message", message.id),
        person=gid("Correspondent", sender.id),
    )
    of_sender = {"id": gid("Correspondent", sender.id), "fullName": await _named(sender)}
    assert answer.data == {"message": {"sender": of_sender}, "person": None}


async def _a_class_of(*names: str) -> tuple[ClassMade, PersonMade, dict[str, int]]:
    """A class with a teacher, and its pupils' person ids by these family names."""
    klass = await (await a_school()).class_("7А")
    section = await klass.section("Алгебра")
    pupils = {name: await klass.pupil(last_name=name) for name in names}
    return klass, section.teacher, {name: pupil.person.id for name, pupil in pupils.items()}


async def _found(client: Client, search: str) -> list[str]:
    answer = await client.ask("Recipients", search=search)
    edges = answer.data["viewer"]["messageRecipients"]["edges"]
    return [edge["node"]["id"] for edge in edges]


async def test_recipients_are_found_by_a_part_of_the_name_in_its_order(diary: Diary) -> None:
    mark = f"Ъ{serial()}"
    names = (f"Яблокова{mark}", f"Абрикосова{mark}", f"яблоко{mark}")
    _, teacher, ids = await _a_class_of(*names)
    client = await diary.as_(teacher)
    expected = [gid("Correspondent", ids[name]) for name in sorted(names)]
    assert await _found(client, mark) == expected
    assert await _found(client, mark.lower()) == expected
    assert await _found(client, f"ЯБЛОКО{mark}") == [gid("Correspondent", ids[names[2]])]
    assert await _found(client, f"{mark}!") == []


@pytest.mark.parametrize("wild", ["%", "_", "\\", "'", '"', "%%", "А%", "\\%", "А_а"])
async def test_a_wildcard_in_a_search_is_a_letter_like_any_other(diary: Diary, wild: str) -> None:
    with_it, without = f"Авва{wild}{serial()}", f"Авва{serial()}"
    _, teacher, ids = await _a_class_of(with_it, without)
    assert await _found(await diary.as_(teacher), wild) == [gid("Correspondent", ids[with_it])]


async def test_a_search_that_no_text_can_hold_is_refused(diary: Diary) -> None:
    answer = await (await diary.as_(await a_person())).ask("Recipients", search="а\0")
    assert answer.refused == [("BAD_USER_INPUT", "viewer.messageRecipients")]


async def test_nobody_finds_whom_they_may_not_write_to(diary: Diary) -> None:
    mark = f"Ы{serial()}"
    _, teacher, _ = await _a_class_of(f"Свой{mark}")
    klass, _, _ = await _a_class_of(f"Чужой{mark}")
    count = "query ($s: String!) { viewer { messageRecipients(search: $s) { totalCount } } }"

    async def found(who: Any) -> int:
        data = (await (await diary.as_(who)).send(count, s=mark)).data
        total: int = data["viewer"]["messageRecipients"]["totalCount"]
        return total

    assert await found(teacher) == 1
    assert await found(await klass.pupil()) == 0
    assert await found(await a_person()) == 0


async def test_equal_names_are_paged_through_without_loss(diary: Diary) -> None:
    name = f"Однофамилец{serial()}"
    klass = await (await a_school()).class_("7А")
    section = await klass.section("Алгебра")
    ids = [(await _named_alike(klass, name)).person.id for _ in range(5)]
    client = await diary.as_(section.teacher)
    found: list[str] = []
    cursor = None
    for _ in range(3):
        data = (await client.send(_PAGE, search=name, after=cursor)).data
        page = data["viewer"]["messageRecipients"]
        found += [node["id"] for node in page["nodes"]]
        cursor = page["pageInfo"]["endCursor"]
    assert found == [gid("Correspondent", each) for each in ids]


async def _named_alike(klass: ClassMade, name: str) -> PupilMade:
    return await klass.pupil(last_name=name, first_name="Ян", middle_name="")


_PAGE = """query ($search: String!, $after: String) {
    viewer { messageRecipients(search: $search, first: 2, after: $after) {
        nodes { id } pageInfo { endCursor }
    } }
}"""


async def _named(person: PersonMade) -> str:
    """The full name, which PostgreSQL has made."""
    await person.row.refresh_from_db()
    return person.row.full_name


def _messages(page: Any) -> list[str]:
    return [edge["node"]["message"]["id"] for edge in page["edges"]]


def _ids(*messages: MessageMade) -> list[str]:
    return [gid("Message", each.id) for each in messages]
