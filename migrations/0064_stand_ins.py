"""Substitutes who take two classes together, and changes that are told beyond one's reach."""

from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Whoever stands in for somebody so far takes no other lessons together with theirs."""

    dependencies = [("diary", "0063_points_and_origins")]

    initial = False

    operations = [
        ops.AddField(
            "Substitution", "is_joint", fields.BooleanField(default=False, db_default=False)
        ),
        ops.AddField("ChangeEntry", "also_told", ArrayField("bigint", null=True)),
    ]
