"""Secret addresses of calendars."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """A new table; no row changes."""

    dependencies = [("diary", "0025_service_notice")]

    operations = [
        ops.CreateModel(
            name="CalendarFeed",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "account",
                    fields.OneToOneField(
                        "diary.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="calendar_feed",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("digest", fields.CharField(unique=True, max_length=64)),
                ("includes_lessons", fields.BooleanField()),
                ("issued_at", fields.DatetimeField()),
            ],
            options={
                "table": "calendar_feed",
                "app": "diary",
                "pk_attr": "id",
                "table_description": "The one address of an account's calendar; only the SHA-256 "
                "of its token is kept.",
            },
            bases=["Record"],
        ),
    ]
