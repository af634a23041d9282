"""Internal mail: a message, one receipt for each recipient, the folders of each, and reports."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index

from models.attached import AttachedFile, of_some_size
from models.directory import Organization
from models.fields import MadeNumberField, Record, check, choice, one_of, reference, unique
from models.people import Person
from models.search import WordsField


class Message(Record):
    """A message that has been sent; what was written never changes.

    `opening` is the message with which its thread begins, null where it begins one itself;
    `thread_id` is that message's number, or its own, and made by PostgreSQL, as `words` is of
    subject and body. `sender_deleted_at` is when the sender deleted it from their own box.
    """

    sender: fields.ForeignKeyRelation[Person] = reference("Person", "sent_messages")
    sender_id: int
    subject = fields.CharField(max_length=300)
    body = fields.TextField()
    sent_at = fields.DatetimeField()
    in_reply_to: fields.ForeignKeyNullableRelation["Message"] = reference(
        "Message", "replies", null=True
    )
    in_reply_to_id: int | None
    opening: fields.ForeignKeyNullableRelation["Message"] = reference(
        "Message", "later_messages", null=True
    )
    opening_id: int | None
    thread_id = MadeNumberField(made_of="coalesce(opening_id, id)")
    is_urgent = fields.BooleanField(default=False, db_default=False)
    requests_receipt = fields.BooleanField(default=False, db_default=False)
    sender_deleted_at = fields.DatetimeField(null=True)
    words = WordsField(source_fields=("subject", "body"))

    class Meta:
        table = "message"
        constraints = (
            check("message_body_length", "length(body) <= 65535"),
            check("message_reply_has_thread", "(in_reply_to_id IS NULL) = (opening_id IS NULL)"),
        )
        indexes = (
            Index(fields=("sender_id", "sent_at"), name="message_sender"),
            Index(fields=("sender_id", "id"), name="message_sent"),
            Index(fields=("thread_id", "id"), name="message_thread"),
            Index(fields=("in_reply_to_id",), name="message_answered"),
            Index(fields=("opening_id",), name="message_opening"),
        )


class MessageFolder(Record):
    """A folder into which its owner puts what they were sent."""

    owner: fields.ForeignKeyRelation[Person] = reference("Person", "message_folders")
    owner_id: int
    name = fields.CharField(max_length=100)

    class Meta:
        table = "message_folder"
        constraints = (unique("message_folder_name", "owner_id", "name"),)


class MessageReceipt(Record):
    """A message as one recipient has it: when it was read, and where it was put.

    It lies in the inbox, unless it was put into a folder; in neither while it is archived, and in
    nothing any more once its recipient deleted it.
    """

    message: fields.ForeignKeyRelation[Message] = reference("Message", "receipts")
    message_id: int
    recipient: fields.ForeignKeyRelation[Person] = reference("Person", "receipts")
    recipient_id: int
    read_at = fields.DatetimeField(null=True)
    folder: fields.ForeignKeyNullableRelation[MessageFolder] = reference(
        "MessageFolder", "receipts", null=True
    )
    folder_id: int | None
    archived_at = fields.DatetimeField(null=True)
    deleted_at = fields.DatetimeField(null=True)

    class Meta:
        table = "message_receipt"
        constraints = (unique("message_receipt_once", "message_id", "recipient_id"),)
        indexes = (
            Index(fields=("recipient_id", "message_id"), name="message_receipt_inbox"),
            Index(fields=("recipient_id", "read_at"), name="message_receipt_unread"),
            Index(fields=("folder_id", "message_id"), name="message_receipt_folder"),
        )


class MessageAttachment(AttachedFile):
    """A file that goes with a message, as it was called and as large as it was when that was sent.

    `file_id` is the file service's number.
    """

    message: fields.ForeignKeyRelation[Message] = reference("Message", "attachments")
    message_id: int

    class Meta:
        table = "message_attachment"
        constraints = (
            unique("message_attachment_once", "message_id", "file_id"),
            of_some_size("message_attachment"),
        )
        indexes = (Index(fields=("message_id", "id"), name="message_attachment_order"),)


class ReportOutcome(StrEnum):
    """What came of a report."""

    UPHELD = "UPHELD"
    DISMISSED = "DISMISSED"


class MessageReport(Record):
    """A recipient's report of a message to their school, and what came of it there."""

    message: fields.ForeignKeyRelation[Message] = reference("Message", "reports")
    message_id: int
    reporter: fields.ForeignKeyRelation[Person] = reference("Person", "message_reports")
    reporter_id: int
    organization: fields.ForeignKeyRelation[Organization] = reference(
        "Organization", "message_reports"
    )
    organization_id: int
    reason = fields.CharField(max_length=1000)
    reported_at = fields.DatetimeField()
    outcome: ReportOutcome | None = choice(ReportOutcome, null=True)
    note = fields.CharField(max_length=1000, null=True)
    resolved_at = fields.DatetimeField(null=True)
    resolved_by: fields.ForeignKeyNullableRelation[Person] = reference(
        "Person", "resolved_reports", null=True
    )
    resolved_by_id: int | None

    class Meta:
        table = "message_report"
        constraints = (
            unique("message_report_once", "message_id", "reporter_id"),
            one_of("message_report", "outcome", ReportOutcome),
            check(
                "message_report_resolved_whole",
                "(outcome IS NULL) = (resolved_at IS NULL)"
                " AND (outcome IS NULL) = (resolved_by_id IS NULL)",
            ),
        )
        indexes = (
            Index(fields=("organization_id", "id"), name="message_report_school"),
            Index(fields=("reporter_id",), name="message_report_reporter"),
        )
