"""A message, who wrote it, and what each of its recipients and its sender know of it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from access import mail
from schema import attached
from schema.declaration import (
    Connection,
    Node,
    Page,
    column,
    computed,
    connection,
    entity,
    identifier,
    many,
    one,
)

if TYPE_CHECKING:
    from schema.messages.boxes import MessageFolder

_Receipt = Annotated["MessageReceipt", strawberry.lazy("schema.messages.message")]
_Folder = Annotated["MessageFolder", strawberry.lazy("schema.messages.boxes")]
_Message = Annotated["Message", strawberry.lazy("schema.messages.message")]


UNREAD = (
    "SELECT count(*) FROM message_receipt AS unread WHERE {of} AND unread.read_at IS NULL"
    " AND unread.archived_at IS NULL AND unread.deleted_at IS NULL"
)


@entity(reach=mail.CORRESPONDENTS)
class Correspondent(Node):
    """A person whom the viewer may write to today."""

    full_name: str = column(description="Family name, first name, patronymic.")


@entity(reach=mail.MESSAGES)
class Sender:
    """Who sent a message; whoever reads the message sees the name.

    `id` is the person's as a `Correspondent`, who is found by it only while they may be written to.
    """

    id: strawberry.ID = identifier("Correspondent", path="sender_id")
    full_name: str = column("sender__full_name", description="Family name, first name, patronymic.")


@entity(reach=mail.SENT_RECEIPTS)
class MessageRecipient:
    """Somebody to whom a message was sent, as its sender sees them."""

    full_name: str = column(
        "recipient__full_name", description="Family name, first name, patronymic."
    )
    read_at: datetime | None = computed(
        "CASE WHEN (SELECT message.requests_receipt FROM message"
        " WHERE message.id = {row}.message_id) THEN {row}.read_at END",
        description="When they first read it; null unless the message asks for receipts.",
    )


@entity(reach=mail.SENT_MESSAGES)
class SentMessage:
    """What only its sender knows of a message."""

    recipient_count: int = computed(
        "SELECT count(*) FROM message_receipt WHERE message_receipt.message_id = {row}.id",
        description="To how many people it was sent.",
    )
    read_count: int | None = computed(
        "CASE WHEN {row}.requests_receipt THEN (SELECT count(message_receipt.read_at)"
        " FROM message_receipt WHERE message_receipt.message_id = {row}.id) END",
        description="How many have read it; null unless the message asks for receipts.",
    )
    recipients: Connection[MessageRecipient] = connection(
        description="To whom it was sent, in the order in which they were entered.",
        on={"message_id": "id"},
        order_by=("id",),
        page=Page(default=20, most=100),
    )


@entity(reach=mail.ATTACHMENTS)
class MessageAttachment:
    """A file that goes with a message (вложение)."""

    file_id: strawberry.ID = attached.file_id()
    name: str = attached.name()
    size_bytes: int = attached.size_bytes()
    media_type: str = attached.media_type()


@entity(reach=mail.MESSAGES)
class Message(Node):
    """A message (сообщение); it never changes."""

    subject: str = column(description="What it is about.")
    body: str = column(description="Its text.")
    sent_at: datetime = column(description="When it was sent.")
    is_urgent: bool = column(
        description="Whether the school's management sent it as urgent: quiet hours do not hold it."
    )
    requests_receipt: bool = column(
        description="Whether its sender is told who has read it, and when."
    )
    sender: Sender = one("id", description="Who sent it.")
    in_reply_to: _Message | None = one(description="The message that it answers.")
    thread: Connection[_Message] = connection(
        description="The messages of its thread that one has, this one among them, by age.",
        on={"thread_id": "thread_id"},
        order_by=("id",),
        page=Page(default=20, most=100),
    )
    attachments: list[MessageAttachment] = many(
        description="The files that go with it, in the order in which they were named.",
        on={"message_id": "id"},
        order_by=("id",),
        expected=1,
    )
    receipt: _Receipt | None = one(
        description="The message as one has it oneself; null for its sender.",
        on={"message_id": "id"},
        order_by=("id",),
    )
    sent: SentMessage | None = one("id", description="What its sender knows of it.")


@entity(reach=mail.RECEIPTS)
class MessageReceipt(Node):
    """A message as its recipient has it."""

    message: Message = one(description="The message.")
    read_at: datetime | None = column(description="When the recipient first read it.")
    archived_at: datetime | None = column(
        description="When it was put into the archive; null where it lies in inbox or folder."
    )
    folder: _Folder | None = one(description="The folder that it was put into.")
    unread_message_count: int = computed(
        UNREAD.format(of="unread.recipient_id = {row}.recipient_id"),
        description="How many messages its recipient has not read now, in inbox and folders.",
    )
