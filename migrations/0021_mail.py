"""Threads, boxes, folders, drafts and reports of internal mail, the words in it, and digests."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from models.digests import DigestFrequency
from models.fields import LocalTimeField, MadeNumberField
from models.messages import ReportOutcome
from models.search import WordsField
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


# Of an index, Tortoise knows no other kind than the usual one.
WORDS = "CREATE INDEX message_words ON message USING gin (words)"


class Migration(migrations.Migration):
    """Every message that is there begins a thread of its own; nothing else changes."""

    dependencies = [("diary", "0020_event_audiences")]

    initial = False

    operations = [
        ops.CreateModel(
            name="MailSettings",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "person",
                    fields.OneToOneField(
                        "diary.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="mail_settings",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "frequency",
                    fields.CharEnumField(
                        description="NEVER: NEVER\nHOURLY: HOURLY\nDAILY: DAILY\nWEEKLY: WEEKLY",
                        enum_type=DigestFrequency,
                        max_length=32,
                    ),
                ),
                ("digest_at", LocalTimeField(generated=False, null=False, unique=False)),
                ("quiet_from", LocalTimeField(null=True, generated=False, unique=False)),
                ("quiet_until", LocalTimeField(null=True, generated=False, unique=False)),
                ("digested_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "mail_settings",
                "app": "diary",
                "constraints": [
                    CheckConstraint(
                        check="frequency IN ('NEVER', 'HOURLY', 'DAILY', 'WEEKLY')",
                        name="mail_settings_frequency_known",
                    ),
                    CheckConstraint(
                        check="(quiet_from IS NULL) = (quiet_until IS NULL)",
                        name="mail_settings_quiet_hours_whole",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "What a person has settled for their mail; who has no row gets no letters.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="MessageDraft",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "owner",
                    fields.ForeignKeyField(
                        "diary.Person",
                        source_field="owner_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="message_drafts",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("subject", fields.CharField(max_length=300)),
                ("body", fields.TextField(unique=False)),
                ("groups", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                (
                    "in_reply_to",
                    fields.ForeignKeyField(
                        "diary.Message",
                        source_field="in_reply_to_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="drafted_replies",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("reply_to_all", fields.BooleanField()),
                ("is_urgent", fields.BooleanField()),
                ("requests_receipt", fields.BooleanField()),
                ("version", fields.IntField()),
                ("changed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "message_draft",
                "app": "diary",
                "constraints": [
                    CheckConstraint(check="length(body) <= 65535", name="message_draft_body_length")
                ],
                "indexes": [
                    Index(fields=["owner_id", "changed_at", "id"], name="message_draft_owner")
                ],
                "pk_attr": "id",
                "table_description": "A message that its owner has not sent yet; anything may still be missing.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="MessageDraftRecipient",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "draft",
                    fields.ForeignKeyField(
                        "diary.MessageDraft",
                        source_field="draft_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="recipients",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "diary.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="addressed_drafts",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "message_draft_recipient",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("draft_id", "person_id"), name="message_draft_recipient_once"
                    )
                ],
                "pk_attr": "id",
                "table_description": "Somebody to whom a draft is addressed by name.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="MessageFolder",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "owner",
                    fields.ForeignKeyField(
                        "diary.Person",
                        source_field="owner_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="message_folders",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("name", fields.CharField(max_length=100)),
            ],
            options={
                "table": "message_folder",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(fields=("owner_id", "name"), name="message_folder_name")
                ],
                "pk_attr": "id",
                "table_description": "A folder into which its owner puts what they were sent.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="MessageReport",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "message",
                    fields.ForeignKeyField(
                        "diary.Message",
                        source_field="message_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="reports",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "reporter",
                    fields.ForeignKeyField(
                        "diary.Person",
                        source_field="reporter_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="message_reports",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "diary.Organization",
                        source_field="organization_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="message_reports",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("reason", fields.CharField(max_length=1000)),
                ("reported_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "outcome",
                    fields.CharEnumField(
                        null=True,
                        description="UPHELD: UPHELD\nDISMISSED: DISMISSED",
                        enum_type=ReportOutcome,
                        max_length=32,
                    ),
                ),
                ("note", fields.CharField(null=True, max_length=1000)),
                (
                    "resolved_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                (
                    "resolved_by",
                    fields.ForeignKeyField(
                        "diary.Person",
                        source_field="resolved_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="resolved_reports",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "message_report",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("message_id", "reporter_id"), name="message_report_once"
                    ),
                    CheckConstraint(
                        check="outcome IN ('UPHELD', 'DISMISSED')",
                        name="message_report_outcome_known",
                    ),
                    CheckConstraint(
                        check="(outcome IS NULL) = (resolved_at IS NULL) AND (outcome IS NULL) = (resolved_by_id IS NULL)",
                        name="message_report_resolved_whole",
                    ),
                ],
                "indexes": [
                    Index(fields=["organization_id", "id"], name="message_report_school"),
                    Index(fields=["reporter_id"], name="message_report_reporter"),
                ],
                "pk_attr": "id",
                "table_description": "A recipient's report of a message to their school, and what came of it there.",
            },
            bases=["Record"],
        ),
        ops.AlterModelOptions(
            name="Message",
            options={
                "table": "message",
                "app": "diary",
                "constraints": [
                    CheckConstraint(check="length(body) <= 65535", name="message_body_length"),
                    CheckConstraint(
                        check="(in_reply_to_id IS NULL) = (opening_id IS NULL)",
                        name="message_reply_has_thread",
                    ),
                ],
                "indexes": [
                    Index(fields=["sender_id", "sent_at"], name="message_sender"),
                    Index(fields=["sender_id", "id"], name="message_sent"),
                    Index(fields=["thread_id", "id"], name="message_thread"),
                ],
                "pk_attr": "id",
                "table_description": "A message that has been sent; what was written never changes.",
            },
        ),
        ops.AddField(
            model_name="Message",
            name="in_reply_to",
            field=fields.ForeignKeyField(
                "diary.Message",
                source_field="in_reply_to_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="replies",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Message",
            name="is_urgent",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Message",
            name="opening",
            field=fields.ForeignKeyField(
                "diary.Message",
                source_field="opening_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="later_messages",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Message",
            name="requests_receipt",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name="Message",
            name="sender_deleted_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Message",
            name="thread_id",
            field=MadeNumberField(generated=True, made_of="coalesce(opening_id, id)"),
        ),
        ops.AddField(
            model_name="Message",
            name="words",
            field=WordsField(generated=True, source_fields=("subject", "body")),
        ),
        ops.AddIndex(
            model_name="Message",
            index=Index(fields=["sender_id", "id"], name="message_sent"),
        ),
        ops.AddIndex(
            model_name="Message",
            index=Index(fields=["thread_id", "id"], name="message_thread"),
        ),
        ops.AddConstraint(
            model_name="Message",
            constraint=CheckConstraint(
                check="(in_reply_to_id IS NULL) = (opening_id IS NULL)",
                name="message_reply_has_thread",
            ),
        ),
        ops.AlterModelOptions(
            name="MessageReceipt",
            options={
                "table": "message_receipt",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("message_id", "recipient_id"), name="message_receipt_once"
                    )
                ],
                "indexes": [
                    Index(fields=["recipient_id", "message_id"], name="message_receipt_inbox"),
                    Index(fields=["recipient_id", "read_at"], name="message_receipt_unread"),
                    Index(fields=["folder_id", "message_id"], name="message_receipt_folder"),
                ],
                "pk_attr": "id",
                "table_description": "A message as one recipient has it: when it was read, and where it was put.",
            },
        ),
        ops.AddField(
            model_name="MessageReceipt",
            name="archived_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="MessageReceipt",
            name="deleted_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="MessageReceipt",
            name="folder",
            field=fields.ForeignKeyField(
                "diary.MessageFolder",
                source_field="folder_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="receipts",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddIndex(
            model_name="MessageReceipt",
            index=Index(fields=["folder_id", "message_id"], name="message_receipt_folder"),
        ),
        ops.AddConstraint(
            "MailSettings",
            CheckConstraint(
                check="frequency IN ('NEVER', 'HOURLY', 'DAILY', 'WEEKLY')",
                name="mail_settings_frequency_known",
            ),
        ),
        ops.AddConstraint(
            "MailSettings",
            CheckConstraint(
                check="(quiet_from IS NULL) = (quiet_until IS NULL)",
                name="mail_settings_quiet_hours_whole",
            ),
        ),
        ops.AddConstraint(
            "MessageDraft",
            CheckConstraint(check="length(body) <= 65535", name="message_draft_body_length"),
        ),
        ops.AddConstraint(
            "MessageDraftRecipient",
            UniqueConstraint(fields=("draft_id", "person_id"), name="message_draft_recipient_once"),
        ),
        ops.AddConstraint(
            "MessageFolder",
            UniqueConstraint(fields=("owner_id", "name"), name="message_folder_name"),
        ),
        ops.AddConstraint(
            "MessageReport",
            UniqueConstraint(fields=("message_id", "reporter_id"), name="message_report_once"),
        ),
        ops.AddConstraint(
            "MessageReport",
            CheckConstraint(
                check="outcome IN ('UPHELD', 'DISMISSED')", name="message_report_outcome_known"
            ),
        ),
        ops.AddConstraint(
            "MessageReport",
            CheckConstraint(
                check="(outcome IS NULL) = (resolved_at IS NULL) AND (outcome IS NULL) = (resolved_by_id IS NULL)",
                name="message_report_resolved_whole",
            ),
        ),
        ops.RunSQL([WORDS]),
    ]
