"""Putting what one was sent away: into the archive, into a folder, out of one's box for good."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from access import mail, rules
from access.rows import reached
from errors import UserError
from models import ChangeArea, ChangeKind, Message, MessageFolder, MessageReceipt
from resolvers.messages.telling import tell
from resolvers.mutation import mutation
from resolvers.work import Work, all_of
from schema.declaration.ids import decode
from schema.messages.boxes import (
    DeleteMessagesInput,
    DeleteMessagesPayload,
    MessagesInput,
    MessagesPayload,
    MoveMessagesInput,
)

_MOST = 100
_AT = "messageIds"


@mutation(MessagesPayload, allow=rules.SELF)
async def archive_messages(work: Work, input: MessagesInput) -> Mapping[str, Any]:  # noqa: A002
    """Put messages into the archive; they keep the folder that they lay in."""
    now = work.viewer.now
    return await _put(work, input.message_ids, ChangeKind.ARCHIVED, _is_archived, archived_at=now)


@mutation(MessagesPayload, allow=rules.SELF)
async def restore_messages(work: Work, input: MessagesInput) -> Mapping[str, Any]:  # noqa: A002
    """Take messages out of the archive, back to where they lay."""
    return await _put(
        work,
        input.message_ids,
        ChangeKind.RESTORED,
        lambda each: not _is_archived(each),
        archived_at=None,
    )


@mutation(MessagesPayload, allow=rules.SELF)
async def move_messages(work: Work, input: MoveMessagesInput) -> Mapping[str, Any]:  # noqa: A002
    """Put messages into a folder of one's own, or back into the inbox."""
    folder = None if input.folder_id is None else await _folder(work, input.folder_id)
    return await _put(
        work,
        input.message_ids,
        ChangeKind.MOVED,
        lambda each: each.folder_id == folder and not _is_archived(each),
        folder_id=folder,
        archived_at=None,
    )


@mutation(DeleteMessagesPayload, allow=rules.SELF)
async def delete_messages(work: Work, input: DeleteMessagesInput) -> Mapping[str, Any]:  # noqa: A002
    """Delete messages from one's own box for good; everybody else keeps theirs."""
    numbers = _numbers(input.message_ids)
    received = await _received(work, numbers)
    sent = {row.id for row in await _held(work, mail.SENT_MESSAGES, id__in=numbers)}
    _refuse_others(numbers, {*received, *sent})
    now = work.viewer.now
    for number in sorted(sent):
        work.writes.change(Message, number, sender_deleted_at=now)
        work.audit("message.deleted", Message, number)
        _tell_oneself(work, ChangeKind.DELETED, number)
    for receipt in received.values():
        work.writes.change(MessageReceipt, receipt.id, deleted_at=now)
        _note(work, ChangeKind.DELETED, receipt)
    return {"message_ids": list(dict.fromkeys(input.message_ids))}


def _is_archived(receipt: MessageReceipt) -> bool:
    return receipt.archived_at is not None


async def _put(
    work: Work,
    given: Sequence[str],
    kind: ChangeKind,
    lies_there: Callable[[MessageReceipt], bool],
    **values: Any,
) -> Mapping[str, Any]:
    """Give the receipts of these messages the values, unless they lie there already."""
    numbers = _numbers(given)
    received = await _received(work, numbers)
    _refuse_others(numbers, received)
    for receipt in received.values():
        if not lies_there(receipt):
            work.writes.change(MessageReceipt, receipt.id, **values)
            _note(work, kind, receipt)
    return {"receipts": [received[number].id for number in dict.fromkeys(numbers)]}


def _numbers(given: Sequence[str]) -> list[int]:
    """The messages' numbers, 0 for what is none's id."""
    if not given:
        raise UserError("REQUIRED", "Name at least one message.", _AT)
    if len(given) > _MOST:
        raise UserError("TOO_LONG", f"At most {_MOST} messages.", _AT)
    return [decode("Message", each) or 0 for each in given]


def _refuse_others(numbers: Sequence[int], held: Any) -> None:
    all_of(
        UserError("NOT_FOUND", "There is no such message in your box.", _AT, str(place))
        for place, number in enumerate(numbers)
        if number not in held
    )


async def _received(work: Work, numbers: Sequence[int]) -> dict[int, MessageReceipt]:
    """The viewer's receipts of these messages, by the messages, held until the commit."""
    rows: list[MessageReceipt] = await _held(work, mail.RECEIPTS, message_id__in=numbers)
    return {row.message_id: row for row in rows}


async def _held(work: Work, scope: Any, **wanted: Any) -> list[Any]:
    """Rows of the viewer's own, in one order for whoever holds several."""
    query = reached(scope, work.viewer, via=rules.SELF).using_db(work.connection)
    return await query.filter(**wanted).order_by("id").select_for_update(no_key=True)


async def _folder(work: Work, given: str) -> int:
    """The number of a folder of the viewer's own, held so that it is not removed meanwhile."""
    number = decode("MessageFolder", given)
    rows = await _held(work, mail.FOLDERS, id=number or 0)
    if not rows:
        raise UserError("NOT_FOUND", "You have no such folder.", "folderId")
    folder: MessageFolder = rows[0]
    return int(folder.id)


def _note(work: Work, kind: ChangeKind, receipt: MessageReceipt) -> None:
    work.audit(f"message.{kind.lower()}", MessageReceipt, receipt.id)
    _tell_oneself(work, kind, receipt.message_id)


def _tell_oneself(work: Work, kind: ChangeKind, message: int) -> None:
    """One's other devices show the same boxes."""
    tell(work, ChangeArea.RECEIPTS, kind, message, (work.viewer.person_id or 0,))
