"""Internal mail: a message and one receipt for each recipient."""

from tortoise import fields
from tortoise.indexes import Index

from models.fields import Record, check, reference, unique
from models.people import Person


class Message(Record):
    """A message that has been sent; it never changes."""

    sender: fields.ForeignKeyRelation[Person] = reference("Person", "sent_messages")
    sender_id: int
    subject = fields.CharField(max_length=300)
    body = fields.TextField()
    sent_at = fields.DatetimeField()

    class Meta:
        table = "message"
        constraints = (check("message_body_length", "length(body) <= 65535"),)
        indexes = (Index(fields=("sender_id", "sent_at"), name="message_sender"),)


class MessageReceipt(Record):
    """A message in one recipient's inbox, and when it was read."""

    message: fields.ForeignKeyRelation[Message] = reference("Message", "receipts")
    message_id: int
    recipient: fields.ForeignKeyRelation[Person] = reference("Person", "receipts")
    recipient_id: int
    read_at = fields.DatetimeField(null=True)

    class Meta:
        table = "message_receipt"
        constraints = (unique("message_receipt_once", "message_id", "recipient_id"),)
        indexes = (
            Index(fields=("recipient_id", "message_id"), name="message_receipt_inbox"),
            Index(fields=("recipient_id", "read_at"), name="message_receipt_unread"),
        )
