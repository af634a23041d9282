"""Internal mail (внутренняя почта) as its readers see it."""

from datetime import datetime
from typing import Any

import strawberry
from tortoise.expressions import Q

from access import scopes
from schema.declaration import (
    GIVEN,
    Node,
    Page,
    argument,
    column,
    connection,
    entity,
    identifier,
    one,
)


@entity(reach=scopes.CORRESPONDENTS)
class Correspondent(Node):
    """A person whom the viewer may write to today."""

    full_name: str = column(description="Family name, first name, patronymic.")


@entity(reach=scopes.MESSAGES)
class Sender:
    """Who sent a message; whoever reads the message sees the name.

    `id` is the person's as a `Correspondent`, who is found by it only while they may be written to.
    """

    id: strawberry.ID = identifier("Correspondent", path="sender_id")
    full_name: str = column("sender__full_name", description="Family name, first name, patronymic.")


@entity(reach=scopes.MESSAGES)
class Message(Node):
    """A message (сообщение); it never changes."""

    subject: str = column(description="What it is about.")
    body: str = column(description="Its text.")
    sent_at: datetime = column(description="When it was sent.")
    sender: Sender = one("id", description="Who sent it.")


@entity(reach=scopes.RECEIPTS)
class MessageReceipt(Node):
    """A message in its recipient's inbox."""

    message: Message = one(description="The message.")
    read_at: datetime | None = column(description="When the recipient first read it.")


def inbox() -> Any:
    """The messages that a person was sent."""
    return connection(
        description="The messages that were sent to the person, the newest first.",
        on={"recipient_id": "person_id"},
        order_by=("-message_id",),
        page=Page(default=20, most=100),
    )


def message_recipients() -> Any:
    """The people whom the viewer may write to."""
    return connection(
        description="The people whom the person may write to, by name.",
        arguments={
            "search": argument(
                str,
                "A part of the name, in capitals or not; empty finds everybody.",
                Q(full_name__icontains=GIVEN),
            )
        },
        order_by=("full_name", "id"),
        page=Page(default=20, most=100),
        # All whom a school's management may write to; a name is no index's beginning.
        looks_through=1_500,
    )
