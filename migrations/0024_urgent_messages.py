"""Urgent messages are found by themselves: few, and looked for several times a minute."""

from tortoise import migrations
from tortoise.migrations import operations as ops

URGENT = "CREATE INDEX message_urgent ON message (sent_at) WHERE is_urgent"


class Migration(migrations.Migration):
    """No row changes."""

    dependencies = [("diary", "0023_event_answers")]

    operations = [ops.RunSQL([URGENT])]
