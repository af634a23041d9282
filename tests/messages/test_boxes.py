"""Archive, folders and deleting: what lies where, and that everybody else keeps theirs."""

from typing import Any

import pytest

from models import MessageFolder, MessageReceipt
from tests.diary import Client
from tests.factories import a_message, gid, serial
from tests.messages.story import Story, heard, traces
from tests.traces import deeds, number, reasons

pytestmark = pytest.mark.usefixtures("database")

_BOXES = """{ viewer {
    unreadMessageCount
    inbox(first: 100) { nodes { message { id } } }
    messageArchive(first: 100) { nodes { message { id } } }
    sentMessages(first: 100) { nodes { id } }
    messageFolders { id name unreadMessageCount messages { nodes { message { id } } } }
} }"""


async def _do(client: Client, field: str, **given: Any) -> Any:
    """Do it and ask for all that its payload has."""
    kind, asked = _PAYLOADS[field]
    document = (
        f"mutation ($input: {kind}!) {{ {field}(input: $input) {{"
        f" {asked} userErrors {{ code message field }} }} }}"
    )
    return (await client.send(document, input=given)).data[field]


_RECEIPTS = "receipts { message { id } archivedAt folder { id } }"
_PAYLOADS = {
    "archiveMessages": ("MessagesInput", _RECEIPTS),
    "restoreMessages": ("MessagesInput", _RECEIPTS),
    "moveMessages": ("MoveMessagesInput", _RECEIPTS),
    "deleteMessages": ("DeleteMessagesInput", "messageIds"),
    "createMessageFolder": ("CreateMessageFolderInput", "folder { id name }"),
    "renameMessageFolder": ("RenameMessageFolderInput", "folder { id name }"),
    "removeMessageFolder": ("RemoveMessageFolderInput", "folderId"),
}


async def _boxes(client: Client) -> dict[str, Any]:
    """The messages in each box; folders by their names."""
    viewer = (await client.send(_BOXES)).data["viewer"]
    return {
        "unread": viewer["unreadMessageCount"],
        "inbox": [each["message"]["id"] for each in viewer["inbox"]["nodes"]],
        "archive": [each["message"]["id"] for each in viewer["messageArchive"]["nodes"]],
        "sent": [each["id"] for each in viewer["sentMessages"]["nodes"]],
        **{
            folder["name"]: (
                folder["unreadMessageCount"],
                [each["message"]["id"] for each in folder["messages"]["nodes"]],
            )
            for folder in viewer["messageFolders"]
        },
    }


async def _a_reader(story: Story) -> tuple[Client, list[str]]:
    """Somebody with two messages, the newer one first."""
    reader = await story.pupil.guardian()
    made = [await a_message(story.head, reader) for _ in range(2)]
    return await story.client(reader), [gid("Message", each.id) for each in reversed(made)]


async def _folder(client: Client, name: str = "Класс") -> str:
    folder: str = (await _do(client, "createMessageFolder", name=name))["folder"]["id"]
    return folder


async def test_the_boxes_are_one_statement(story: Story) -> None:
    client, _ = await _a_reader(story)
    plan = await client.plan(_BOXES)
    assert (plan["planned"], plan["statements"]) == (True, 1)


async def test_what_is_archived_leaves_the_inbox_and_comes_back(story: Story) -> None:
    client, [newer, older] = await _a_reader(story)
    payload = await _do(client, "archiveMessages", messageIds=[older, newer])
    assert [each["message"]["id"] for each in payload["receipts"]] == [older, newer]
    assert all(each["archivedAt"] for each in payload["receipts"])
    first = await _boxes(client)
    assert (first["unread"], first["inbox"], first["archive"]) == (0, [], [newer, older])

    payload = await _do(client, "restoreMessages", messageIds=[newer])
    assert payload["receipts"] == [{"message": {"id": newer}, "archivedAt": None, "folder": None}]
    then = await _boxes(client)
    assert (then["unread"], then["inbox"], then["archive"]) == (1, [newer], [older])


async def test_doing_it_twice_says_it_once(story: Story) -> None:
    client, [newer, _] = await _a_reader(story)
    first = await _do(client, "archiveMessages", messageIds=[newer])
    assert await _do(client, "archiveMessages", messageIds=[newer, newer]) == first
    receipt = await MessageReceipt.get(message_id=number(newer))
    told = await deeds("MessageReceipt", receipt.id)
    assert [deed.action for deed in told] == ["message.archived"]
    [(_, kind, people)] = await heard("RECEIPTS", number(newer))
    assert (kind, people) == ("ARCHIVED", [receipt.recipient_id])


async def test_a_message_in_a_folder_is_not_in_the_inbox(story: Story) -> None:
    client, [newer, older] = await _a_reader(story)
    folder = await _folder(client)
    payload = await _do(client, "moveMessages", messageIds=[older], folderId=folder)
    assert payload["receipts"][0]["folder"] == {"id": folder}
    moved = await _boxes(client)
    assert (moved["unread"], moved["inbox"], moved["Класс"]) == (2, [newer], (1, [older]))

    await _do(client, "archiveMessages", messageIds=[older])
    archived = await _boxes(client)
    assert (archived["archive"], archived["Класс"]) == ([older], (0, []))
    await _do(client, "restoreMessages", messageIds=[older])
    assert (await _boxes(client))["Класс"] == (1, [older])
    await _do(client, "moveMessages", messageIds=[older], folderId=None)
    assert (await _boxes(client))["inbox"] == [newer, older]


async def test_what_one_deletes_the_others_keep(story: Story) -> None:
    reader, other = await story.pupil.guardian(), await story.pupil.guardian()
    sender = await story.school.teacher()
    message = gid("Message", (await a_message(sender, reader, other)).id)
    client = await story.client(reader)
    assert (await _do(client, "deleteMessages", messageIds=[message]))["messageIds"] == [message]
    assert (await _boxes(client))["inbox"] == []
    found = "query ($id: ID!) { node(id: $id) { id } }"
    assert (await client.send(found, id=message)).data == {"node": None}
    again = await _do(client, "deleteMessages", messageIds=[message])
    assert reasons(again) == [("NOT_FOUND", "messageIds.0")]

    sent_by = await story.client(sender)
    assert (await _boxes(sent_by))["sent"] == [message]
    await _do(sent_by, "deleteMessages", messageIds=[message])
    assert (await _boxes(sent_by))["sent"] == []
    assert (await sent_by.send(found, id=message)).data == {"node": None}
    assert (await _boxes(await story.client(other)))["inbox"] == [message]


async def test_a_folder_is_renamed_and_removed(story: Story) -> None:
    client, [newer, older] = await _a_reader(story)
    folder = await _folder(client)
    renamed = await _do(client, "renameMessageFolder", folderId=folder, name=" Школа ")
    assert renamed["folder"] == {"id": folder, "name": "Школа"}
    same = await _do(client, "renameMessageFolder", folderId=folder, name="Школа")
    assert reasons(same) == []
    await _do(client, "moveMessages", messageIds=[newer, older], folderId=folder)
    await _do(client, "archiveMessages", messageIds=[older])
    removed = await _do(client, "removeMessageFolder", folderId=folder)
    assert removed == {"folderId": folder, "userErrors": []}
    boxes = await _boxes(client)
    assert (boxes["inbox"], boxes["archive"]) == ([newer], [older])
    assert not await MessageFolder.filter(id=number(folder)).exists()


async def _refused(client: Client, field: str, **given: Any) -> list[tuple[str, str | None]]:
    before = await traces()
    payload = await _do(client, field, **given)
    assert await traces() == before
    return reasons(payload)


@pytest.mark.parametrize(
    ("name", "error"), [("", "REQUIRED"), (" ", "REQUIRED"), ("ё" * 101, "TOO_LONG")]
)
async def test_a_folders_name_is_refused(story: Story, name: str, error: str) -> None:
    client, _ = await _a_reader(story)
    folder = await _folder(client)
    assert await _refused(client, "createMessageFolder", name=name) == [(error, "name")]
    given = {"folderId": folder, "name": name}
    assert await _refused(client, "renameMessageFolder", **given) == [(error, "name")]


async def test_two_folders_have_two_names(story: Story) -> None:
    client, _ = await _a_reader(story)
    await _folder(client)
    other = await _folder(client, "Школа")
    duplicate = [("DUPLICATE", "name")]
    assert await _refused(client, "createMessageFolder", name=" Класс") == duplicate
    given = {"folderId": other, "name": "Класс"}
    assert await _refused(client, "renameMessageFolder", **given) == duplicate


async def test_there_are_fifty_folders_at_the_most(story: Story) -> None:
    reader = await story.pupil.guardian()
    client = await story.client(reader)
    rows = (MessageFolder(owner_id=reader.id, name=f"{serial()}") for _ in range(50))
    await MessageFolder.bulk_create(rows)
    assert await _refused(client, "createMessageFolder", name="Ещё") == [("TOO_LONG", None)]


async def test_anothers_folder_and_mail_are_none(story: Story) -> None:
    client, [mine, _] = await _a_reader(story)
    other, [theirs, _] = await _a_reader(story)
    folder = await _folder(other)
    for field, given in (
        ("renameMessageFolder", {"name": "Моя"}),
        ("removeMessageFolder", {}),
        ("moveMessages", {"messageIds": [mine]}),
    ):
        for each in (folder, gid("MessageFolder", 2**62), gid("Mark", 1)):
            errors = await _refused(client, field, folderId=each, **given)
            assert errors == [("NOT_FOUND", "folderId")]
    for field in ("archiveMessages", "restoreMessages", "deleteMessages"):
        errors = await _refused(client, field, messageIds=[mine, theirs, gid("Mark", 1)])
        assert errors == [("NOT_FOUND", "messageIds.1"), ("NOT_FOUND", "messageIds.2")]


@pytest.mark.parametrize("field", ["archiveMessages", "restoreMessages", "deleteMessages"])
async def test_some_messages_are_named_and_not_too_many(story: Story, field: str) -> None:
    client, [mine, _] = await _a_reader(story)
    assert await _refused(client, field, messageIds=[]) == [("REQUIRED", "messageIds")]
    assert await _refused(client, field, messageIds=[mine] * 101) == [("TOO_LONG", "messageIds")]


async def test_a_sender_archives_nothing(story: Story) -> None:
    client = await story.client(story.head)
    _, [message, _] = await _a_reader(story)
    errors = await _refused(client, "archiveMessages", messageIds=[message])
    assert errors == [("NOT_FOUND", "messageIds.0")]
