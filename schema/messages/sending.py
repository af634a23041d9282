"""What people send to write and to read mail, and what they are answered."""

import strawberry

from schema.attached import attachment_ids
from schema.declaration import found, payload
from schema.errors import UserError
from schema.messages.message import Message, MessageReceipt

_ERRORS = "Why nothing was changed; empty when it was."


@strawberry.input(description="A message to be sent.")
class SendMessageInput:
    """A message to be sent."""

    recipient_ids: list[strawberry.ID] = strawberry.field(
        description="Up to 100 people of `messageRecipients`; who is named twice, or is in a group "
        "too, gets it once. May be empty for groups and answers."
    )
    group_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Up to 20 groups of `messageGroups`."
    )
    in_reply_to_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The message that it answers: it also goes to whoever sent that one, if they "
        "may write to the caller today, or the caller to them.",
    )
    reply_to_all: bool = strawberry.field(
        default=False,
        description="Whether an answer also goes to those recipients of the answered message whom "
        "the caller may write to.",
    )
    subject: str = strawberry.field(
        description="What it is about, 1–300 characters; an answer may leave it empty, and then "
        "has that of the answered message."
    )
    body: str = strawberry.field(description="Its text, 1–65,535 characters.")
    is_urgent: bool = strawberry.field(
        default=False,
        description="Whether it breaks into quiet hours: for the management of a school alone.",
    )
    attachment_ids: list[strawberry.ID] = attachment_ids()
    request_receipt: bool = strawberry.field(
        default=False,
        description="Whether the sender is to be told who has read it; the recipients see that.",
    )


@payload
class SendMessagePayload:
    """The message that was sent, or why it was not."""

    message: Message | None = found(description="The message.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A message that one has read.")
class MarkMessageReadInput:
    """A message that one has read."""

    message_id: strawberry.ID = strawberry.field(description="Which message.")


@payload
class MarkMessageReadPayload:
    """The receipt of the message, or why it was not changed."""

    receipt: MessageReceipt | None = found(description="The message in one's own inbox.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)
