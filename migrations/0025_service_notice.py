"""Notices about the service itself."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

IN_ORDER = """
ALTER TABLE service_notice ADD CONSTRAINT service_notice_in_order CHECK (ends_at >= starts_at)
"""


class Migration(migrations.Migration):
    """A new table; no row changes."""

    dependencies = [("diary", "0024_urgent_messages")]

    operations = [
        ops.CreateModel(
            name="ServiceNotice",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "published_by",
                    fields.ForeignKeyField(
                        "diary.Person",
                        source_field="published_by_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="service_notices",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("title", fields.CharField(max_length=300)),
                ("body", fields.TextField(null=True)),
                ("starts_at", fields.DatetimeField()),
                ("ends_at", fields.DatetimeField()),
                ("published_at", fields.DatetimeField()),
                ("ended_at", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "service_notice",
                "app": "diary",
                "constraints": [
                    CheckConstraint(check="ends_at >= starts_at", name="service_notice_in_order")
                ],
                "indexes": [Index(fields=["ends_at"], name="service_notice_end")],
                "pk_attr": "id",
                "table_description": "What everybody is told of the service, signed in or not, "
                "until it is over or ended.",
            },
            bases=["Record"],
        ),
        ops.RunSQL([IN_ORDER]),
    ]
