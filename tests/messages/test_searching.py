"""Words of subject and text, in whatever form, in both languages; and never another's mail."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.diary import Client
from tests.factories import MessageMade, a_message, gid
from tests.messages.story import Story, correspondent

pytestmark = pytest.mark.usefixtures("database")

_SEARCH = """query ($search: String, $folder: ID, $sender: ID, $since: DateTime, $until: DateTime) {
    viewer { messages(search: $search, folderId: $folder, senderId: $sender, since: $since,
        until: $until, first: 100) { totalCount nodes { id subject } } } }"""


async def _found(client: Client, **given: Any) -> list[str]:
    found = (await client.send(_SEARCH, **given)).data["viewer"]["messages"]
    unplanned = (await client.send_unplanned(_SEARCH, **given)).data["viewer"]["messages"]
    assert found == unplanned
    assert found["totalCount"] == len(found["nodes"])
    return [each["id"] for each in found["nodes"]]


def _ids(*messages: MessageMade) -> list[str]:
    return [gid("Message", each.id) for each in messages]


async def test_it_is_one_statement(story: Story) -> None:
    plan = await (await story.client(story.mother)).plan(_SEARCH, search="собрание")
    assert (plan["planned"], plan["statements"]) == (True, 1)


@pytest.mark.parametrize(
    "search",
    [
        "собрание",
        "СОБРАНИЯ",
        "родители собраний",
        "trip",
        "Trips",
        '"родительские собрания"',
        "экскурсия or собрание",
        "собрание -экскурсия",
    ],
)
async def test_words_are_found_in_whatever_form(story: Story, search: str) -> None:
    reader = await story.pupil.guardian()
    body = "Приглашаю родителей. We speak about the trips of the class."
    wanted = await a_message(story.head, reader, subject="Родительское собрание", body=body)
    await a_message(story.head, reader, subject="Питание", body="Меню в столовой. Lunch.")
    assert await _found(await story.client(reader), search=search) == _ids(wanted)


@pytest.mark.parametrize("search", ["каникулы", "", "  ", "!:*&|()<->'\"\\", "собрание -родители"])
async def test_what_is_not_there_is_not_found(story: Story, search: str) -> None:
    reader = await story.pupil.guardian()
    await a_message(story.head, reader, subject="Собрание", body="Для родителей.")
    assert await _found(await story.client(reader), search=search) == []


async def test_it_finds_what_one_sent_and_nothing_of_others(story: Story) -> None:
    reader, other = await story.pupil.guardian(), await story.pupil.guardian()
    received = await a_message(story.head, reader, subject="Олимпиада")
    await a_message(story.head, other, subject="Олимпиада")
    sent = await a_message(reader, story.head, subject="Об олимпиаде")
    client = await story.client(reader)
    assert await _found(client, search="олимпиады") == _ids(sent, received)
    mine, theirs = correspondent(reader), correspondent(story.head)
    assert await _found(client, search="олимпиады", sender=mine) == _ids(sent)
    assert await _found(client, search="олимпиады", sender=theirs) == _ids(received)
    assert await _found(client, sender=correspondent(other)) == []


async def test_it_is_narrowed_by_time_and_folder(story: Story) -> None:
    reader = await story.pupil.guardian()
    days = [datetime(2026, 9, day, tzinfo=UTC) for day in (1, 2, 3)]
    made = [await a_message(story.head, reader, sent_at=day) for day in days]
    client = await story.client(reader)
    day = "2026-09-02T00:00:00Z"
    assert await _found(client, since=day) == _ids(made[2], made[1])
    assert await _found(client, until=day) == _ids(made[0])
    folder = (
        await client.send(
            'mutation { createMessageFolder(input: {name: "Класс"}) { folder { id } } }'
        )
    ).data["createMessageFolder"]["folder"]["id"]
    await client.send(
        """mutation ($message: ID!, $folder: ID) {
            moveMessages(input: {messageIds: [$message], folderId: $folder}) { userErrors { code } }
        }""",
        message=gid("Message", made[1].id),
        folder=folder,
    )
    assert await _found(client, folder=folder) == _ids(made[1])
    assert await _found(await story.client(story.mother), folder=folder) == []
