"""What people send to write and to read mail, and what they are answered."""

import strawberry

from schema.declaration import found, payload
from schema.errors import UserError
from schema.messages import Message, MessageReceipt

_ERRORS = "Why nothing was changed; empty when it was."


@strawberry.input(description="A message to be sent.")
class SendMessageInput:
    """A message to be sent."""

    recipient_ids: list[strawberry.ID] = strawberry.field(
        description="1–100 people of `messageRecipients`; who is named twice gets it once."
    )
    subject: str = strawberry.field(description="What it is about, 1–300 characters.")
    body: str = strawberry.field(description="Its text, 1–65,535 characters.")


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
