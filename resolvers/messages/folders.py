"""Folders of one's own for mail."""

from collections.abc import Mapping
from typing import Any

from access import mail, rules
from errors import UserError
from models import MessageFolder
from resolvers import limits
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.messages.boxes import (
    CreateMessageFolderInput,
    MessageFolderPayload,
    RemoveMessageFolderInput,
    RemoveMessageFolderPayload,
    RenameMessageFolderInput,
)

_LONGEST_NAME = 100
_MOST = 50
_FOLDER = Reading(
    mail.FOLDERS,
    "MessageFolder",
    rules.SELF,
    "SELECT {row}.id, {row}.name FROM {rows} WHERE {reached} FOR UPDATE OF {row}",
)
_OWN = "SELECT id, name FROM message_folder WHERE owner_id = $1"
_EMPTY = "UPDATE message_receipt SET folder_id = NULL WHERE folder_id = $1"
_REMOVE = "DELETE FROM message_folder WHERE id = $1"


@mutation(MessageFolderPayload, allow=rules.SELF)
async def create_message_folder(
    work: Work,
    input: CreateMessageFolderInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Make a folder for mail; a person has 50 at the most."""
    name = _name(input.name)
    if len(await _others(work, name)) >= _MOST:
        raise UserError("TOO_LONG", f"At most {_MOST} folders.")
    folder = await work.next_id(MessageFolder)
    work.writes.make(MessageFolder, id=folder, owner_id=work.viewer.person_id, name=name)
    work.audit("message.folder_created", MessageFolder, folder)
    return {"folder": folder}


@mutation(MessageFolderPayload, allow=rules.SELF)
async def rename_message_folder(
    work: Work,
    input: RenameMessageFolderInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Give a folder another name."""
    name = _name(input.name)
    folder = await work.read(_FOLDER, input.folder_id, "folderId")
    await _others(work, name, folder["id"])
    work.writes.change(MessageFolder, folder["id"], name=name)
    work.audit("message.folder_renamed", MessageFolder, folder["id"])
    return {"folder": folder["id"]}


@mutation(RemoveMessageFolderPayload, allow=rules.SELF)
async def remove_message_folder(
    work: Work,
    input: RemoveMessageFolderInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Remove a folder; what lies in it goes back into the inbox."""
    folder = await work.read(_FOLDER, input.folder_id, "folderId")
    for statement in (_EMPTY, _REMOVE):
        await work.connection.execute_query(statement, [folder["id"]])
    work.audit("message.folder_removed", MessageFolder, folder["id"])
    return {"folder_id": input.folder_id}


def _name(given: str) -> str:
    all_of((limits.required_text(given, _LONGEST_NAME, "name"),))
    return given.strip()


async def _others(work: Work, name: str, folder: int | None = None) -> list[int]:
    """The person's other folders; raises DUPLICATE where one of them has the name."""
    await work.hold_viewer()
    rows = await work.connection.execute_query_dict(_OWN, [work.viewer.person_id])
    others = [row for row in rows if row["id"] != folder]
    if any(row["name"] == name for row in others):
        raise UserError("DUPLICATE", "You have a folder of this name.", "name")
    return [row["id"] for row in others]
