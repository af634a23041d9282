"""Where a person's mail lies: inbox, archive, folders of one's own, what was sent."""

from datetime import datetime
from typing import Any

import strawberry
from tortoise.expressions import Q

import models
from access import mail
from access.facts import Facts
from access.viewer import ME
from schema.declaration import (
    GIVEN,
    Connection,
    Node,
    Page,
    argument,
    column,
    computed,
    connection,
    entity,
    found,
    many,
    payload,
)
from schema.declaration.arguments import Argument
from schema.errors import UserError
from schema.messages.message import UNREAD, MessageReceipt

_ERRORS = "Why nothing was changed; empty when it was."
_PAGE = Page(default=20, most=100)


@entity(reach=mail.FOLDERS)
class MessageFolder(Node):
    """A folder of one's own for what one was sent."""

    name: str = column(description="Its name; no other folder of the person has it.")
    unread_message_count: int = computed(
        UNREAD.format(of="unread.folder_id = {row}.id"),
        description="How many messages in it have not been read.",
    )
    messages: Connection[MessageReceipt] = connection(
        description="The messages in it, the newest first.",
        on={"folder_id": "id"},
        where=Q(archived_at__isnull=True),
        order_by=("-message_id",),
        page=_PAGE,
    )


def inbox() -> Any:
    """The messages that a person was sent and has put nowhere else."""
    return connection(
        description="The messages that were sent to the person, the newest first; those in folders "
        "and in the archive left out.",
        on={"recipient_id": "person_id"},
        where=Q(folder_id__isnull=True, archived_at__isnull=True),
        order_by=("-message_id",),
        page=_PAGE,
    )


def archive() -> Any:
    """The messages that a person has archived."""
    return connection(
        description="The messages that the person has put into the archive, the newest first.",
        on={"recipient_id": "person_id"},
        where=Q(archived_at__isnull=False),
        order_by=("-message_id",),
        page=_PAGE,
    )


def sent_messages() -> Any:
    """The messages that a person has sent."""
    return connection(
        description="The messages that the person has sent, the newest first.",
        on={"sender_id": "person_id"},
        order_by=("-id",),
        page=_PAGE,
    )


def folders() -> Any:
    """A person's folders."""
    return many(
        description="The person's own folders for mail, by name; 50 at the most.",
        on={"owner_id": "person_id"},
        order_by=("name", "id"),
        expected=5,
    )


def unread_message_count() -> Any:
    """How much a person has not read."""
    return computed(
        UNREAD.format(of="unread.recipient_id = {row}.person_id"),
        description="How many messages in the inbox and in folders have not been read.",
    )


def messages() -> Any:
    """All mail of a person, narrowed."""
    of_folder = Facts(models.MessageReceipt, "message_id", Q(recipient_id=ME, folder_id=GIVEN))
    return connection(
        description="Everything that the person was sent or has sent, the newest first, wherever "
        "it lies.",
        where=mail.OWN,
        arguments={
            "search": argument(
                str | None,
                'Words of subject or text, in whatever form, in Russian or English; "phrases", '
                "`or` and `-without` as in other searches. A text without words finds nothing.",
                Q(words__search=GIVEN),
            ),
            "folder_id": Argument(
                strawberry.ID | None,
                "Only what lies in this folder, or is archived from there.",
                Q(id__in=of_folder),
                id_of="MessageFolder",
            ),
            "sender_id": Argument(
                strawberry.ID | None,
                "Only what this person has sent.",
                Q(sender_id=GIVEN),
                id_of="Correspondent",
            ),
            "since": argument(
                datetime | None, "Only what was sent then or later.", Q(sent_at__gte=GIVEN)
            ),
            "until": argument(datetime | None, "Only what was sent before.", Q(sent_at__lt=GIVEN)),
        },
        order_by=("-id",),
        page=_PAGE,
        looks_through=500,
    )


@strawberry.input(description="Messages that one was sent.")
class MessagesInput:
    """Messages that one was sent."""

    message_ids: list[strawberry.ID] = strawberry.field(description="Which; 1–100.")


@strawberry.input(description="Messages, and where to put them.")
class MoveMessagesInput:
    """Messages, and where to put them."""

    message_ids: list[strawberry.ID] = strawberry.field(
        description="Which of those that one was sent; 1–100."
    )
    folder_id: strawberry.ID | None = strawberry.field(
        description="Into which folder; null for the inbox."
    )


@payload
class MessagesPayload:
    """The messages as one has them now, or why nothing was changed."""

    receipts: list[MessageReceipt] | None = found(description="In the order of the input.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="Messages that one was sent or has sent.")
class DeleteMessagesInput:
    """Messages that one was sent or has sent."""

    message_ids: list[strawberry.ID] = strawberry.field(description="Which; 1–100.")


@payload
class DeleteMessagesPayload:
    """The messages that were deleted, or why none was."""

    message_ids: list[strawberry.ID] | None = strawberry.field(
        description="The ids that they had; everybody else still has them."
    )
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A new folder.")
class CreateMessageFolderInput:
    """A new folder."""

    name: str = strawberry.field(description="Its name, 1–100 characters.")


@strawberry.input(description="A folder and its new name.")
class RenameMessageFolderInput:
    """A folder and its new name."""

    folder_id: strawberry.ID = strawberry.field(description="Which folder.")
    name: str = strawberry.field(description="Its new name, 1–100 characters.")


@payload
class MessageFolderPayload:
    """The folder, or why it is not as was wished."""

    folder: MessageFolder | None = found(description="The folder.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A folder that is no longer needed.")
class RemoveMessageFolderInput:
    """A folder that is no longer needed."""

    folder_id: strawberry.ID = strawberry.field(description="Which; what lies in it is kept.")


@payload
class RemoveMessageFolderPayload:
    """The folder that was removed, or why it was not."""

    folder_id: strawberry.ID | None = strawberry.field(
        description="The id that it had; its messages lie in the inbox, or in the archive still."
    )
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)
