"""Messages that are being written."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from models.fields import Record, check, reference, unique
from models.messages import Message
from models.people import Person


class MessageDraft(Record):
    """A message that its owner has not sent yet; anything may still be missing.

    `groups` are ids of groups as clients know them. A draft that is sent or discarded is deleted.
    """

    owner: fields.ForeignKeyRelation[Person] = reference("Person", "message_drafts")
    owner_id: int
    subject = fields.CharField(max_length=300)
    body = fields.TextField()
    groups: Any = fields.JSONField()
    in_reply_to: fields.ForeignKeyNullableRelation[Message] = reference(
        "Message", "drafted_replies", null=True
    )
    in_reply_to_id: int | None
    reply_to_all = fields.BooleanField()
    is_urgent = fields.BooleanField()
    requests_receipt = fields.BooleanField()
    version = fields.IntField()
    changed_at = fields.DatetimeField()

    class Meta:
        table = "message_draft"
        constraints = (check("message_draft_body_length", "length(body) <= 65535"),)
        indexes = (
            Index(fields=("owner_id", "changed_at", "id"), name="message_draft_owner"),
            Index(fields=("in_reply_to_id",), name="message_draft_answered"),
        )


class MessageDraftRecipient(Record):
    """Somebody to whom a draft is addressed by name."""

    draft: fields.ForeignKeyRelation[MessageDraft] = reference("MessageDraft", "recipients")
    draft_id: int
    person: fields.ForeignKeyRelation[Person] = reference("Person", "addressed_drafts")
    person_id: int

    class Meta:
        table = "message_draft_recipient"
        constraints = (unique("message_draft_recipient_once", "draft_id", "person_id"),)
