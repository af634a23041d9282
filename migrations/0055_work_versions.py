"""Works have a version, as marks and attendance have: of two who change one, one is told."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

# Whoever changes the row, by whatever statement.
COUNTED = """
CREATE TRIGGER assignment_changed BEFORE UPDATE ON assignment
FOR EACH ROW EXECUTE FUNCTION count_version()
"""


class Migration(migrations.Migration):
    """Works that are there begin with the first version."""

    dependencies = [("diary", "0054_reports_by_sets")]

    operations = [
        ops.AddField("Assignment", "version", fields.IntField(default=1, db_default=1)),
        ops.RunSQL([COUNTED]),
    ]
