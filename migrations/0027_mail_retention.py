"""Old threads are found by the age of their openings, and what leads to a message by an index."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

AGE = "CREATE INDEX message_age ON message (sent_at) WHERE opening_id IS NULL"


class Migration(migrations.Migration):
    """A message that is deleted is looked for among answers and drafts."""

    dependencies = [("diary", "0026_calendar_feed")]

    operations = [
        ops.AddIndex("Message", Index(fields=["in_reply_to_id"], name="message_answered")),
        ops.AddIndex("Message", Index(fields=["opening_id"], name="message_opening")),
        ops.AddIndex(
            "MessageDraft", Index(fields=["in_reply_to_id"], name="message_draft_answered")
        ),
        ops.RunSQL([AGE]),
    ]
