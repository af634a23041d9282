"""Files that go with messages: what mail knows of them; the files themselves are kept elsewhere."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

CONSTRAINTS = """
ALTER TABLE message_attachment
ADD CONSTRAINT message_attachment_once UNIQUE (message_id, file_id),
ADD CONSTRAINT message_attachment_size CHECK (size_bytes >= 0)
"""


class Migration(migrations.Migration):
    """A new table; no row changes."""

    dependencies = [("diary", "0027_mail_retention")]

    operations = [
        ops.CreateModel(
            name="MessageAttachment",
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
                        related_name="attachments",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("file_id", fields.BigIntField()),
                ("name", fields.CharField(max_length=255)),
                ("size_bytes", fields.IntField()),
                ("media_type", fields.CharField(max_length=127)),
            ],
            options={
                "table": "message_attachment",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("message_id", "file_id"), name="message_attachment_once"
                    ),
                    CheckConstraint(check="size_bytes >= 0", name="message_attachment_size"),
                ],
                "indexes": [Index(fields=["message_id", "id"], name="message_attachment_order")],
                "pk_attr": "id",
                "table_description": "A file that goes with a message, as it was called and as "
                "large as it was when that was sent.",
            },
            bases=["Record"],
        ),
        ops.RunSQL([CONSTRAINTS]),
    ]
