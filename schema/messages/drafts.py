"""Messages that are being written."""

from datetime import datetime
from typing import Any

import strawberry

import models
from access import mail
from schema.declaration import (
    Connection,
    Node,
    Page,
    Through,
    column,
    connection,
    entity,
    found,
    one,
    payload,
)
from schema.errors import UserError
from schema.messages.message import Correspondent, Message

_ERRORS = "Why nothing was changed; empty when it was."


@entity(reach=mail.DRAFTS)
class MessageDraft(Node):
    """A message that its owner has not sent yet (черновик)."""

    subject: str = column(description="What it is about; may be empty.")
    body: str = column(description="Its text; may be empty.")
    recipients: Connection[Correspondent] = connection(
        description="To whom it goes by name, of those who may be written to today.",
        through=Through(models.MessageDraftRecipient, on={"draft_id": "id"}, key="person_id"),
        order_by=("full_name", "id"),
        page=Page(default=20, most=100),
    )
    group_ids: list[strawberry.ID] = column("groups", description="To which groups it goes.")
    in_reply_to: Message | None = one(description="The message that it answers.")
    reply_to_all: bool = column(description="Whether it answers all.")
    is_urgent: bool = column(description="Whether it is to be sent as urgent.")
    request_receipt: bool = column("requests_receipt", description="Whether it asks for receipts.")
    version: int = column(description="Grows with every change.")
    changed_at: datetime = column(description="When it was changed last.")


def drafts() -> Any:
    """What a person has not sent yet."""
    return connection(
        description="What the person has written and not sent, changed last first.",
        on={"owner_id": "person_id"},
        order_by=("-changed_at", "-id"),
        page=Page(default=20, most=100),
    )


@strawberry.input(
    description="A draft as it is to be kept, whole: what is left out is empty. For the fields "
    "see `SendMessageInput`."
)
class SaveMessageDraftInput:
    """A draft as it is to be kept, whole: what is left out is empty."""

    draft_id: strawberry.ID | None = strawberry.field(
        default=None, description="Which draft is changed; a new one is made without it."
    )
    version: int | None = strawberry.field(
        default=None, description="The version that the change is made from; not for a new one."
    )
    recipient_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Up to 100 people of `messageRecipients`."
    )
    group_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Up to 20 groups of `messageGroups`."
    )
    in_reply_to_id: strawberry.ID | None = strawberry.field(
        default=None, description="The message that it answers."
    )
    reply_to_all: bool = strawberry.field(default=False, description="Whether it answers all.")
    subject: str = strawberry.field(default="", description="Up to 300 characters.")
    body: str = strawberry.field(default="", description="Up to 65,535 characters.")
    is_urgent: bool = strawberry.field(
        default=False, description="Whether it is to be sent as urgent."
    )
    request_receipt: bool = strawberry.field(
        default=False, description="Whether it asks for receipts."
    )


@payload
class SaveMessageDraftPayload:
    """The draft as it is kept, or why it is not."""

    draft: MessageDraft | None = found(description="The draft.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A draft that was seen in a version.")
class DiscardMessageDraftInput:
    """A draft that was seen in a version."""

    draft_id: strawberry.ID = strawberry.field(description="Which draft.")
    version: int = strawberry.field(description="The version that was seen last.")


@payload
class DiscardMessageDraftPayload:
    """The draft that was thrown away, or why it was not."""

    draft_id: strawberry.ID | None = strawberry.field(description="The id that it had.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A draft that is ready.")
class SendMessageDraftInput:
    """A draft that is ready."""

    draft_id: strawberry.ID = strawberry.field(description="Which draft.")
    version: int = strawberry.field(description="The version that was seen last.")
