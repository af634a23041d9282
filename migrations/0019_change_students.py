"""Whom alone a change concerns, where that are the pupils of a class."""

from tortoise import migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """No row changes."""

    dependencies = [("diary", "0018_change_epoch")]

    operations = [
        ops.AddField(
            model_name="ChangeEntry",
            name="students",
            field=ArrayField(null=True, element_type="BIGINT"),
        ),
    ]
