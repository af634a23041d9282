"""Files that go with answers to homework, and what a class has not done."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

_TABLE = "homework_answer_attachment"
# Tortoise makes a new table without its constraints.
CONSTRAINTS = (
    f"""
    ALTER TABLE {_TABLE}
    ADD CONSTRAINT {_TABLE}_once UNIQUE (answer_id, version, file_id),
    ADD CONSTRAINT {_TABLE}_size CHECK (size_bytes >= 0)
    """,
    f"""
    CREATE TRIGGER {_TABLE}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {_TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)

# Whoever is in the class today, with all that they have to do, in its groups too.
CLASS_OVERDUE_HOMEWORK = """
CREATE VIEW class_overdue_homework AS
SELECT h.id, e.school_class_id, h.student_id, h.homework_id, h.section_id, h.due_on
FROM enrollment e
JOIN student_homework h ON h.student_id = e.student_id
WHERE e.kind = 'HOMEROOM'
  AND e.valid_from <= CURRENT_DATE
  AND (e.valid_until IS NULL OR e.valid_until > CURRENT_DATE)
  AND h.is_overdue
"""


class Migration(migrations.Migration):
    """A new table and a view; no row changes."""

    dependencies = [("diary", "0059_live_debts")]

    operations = [
        ops.CreateModel(
            name="HomeworkAnswerAttachment",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("file_id", fields.BigIntField()),
                ("name", fields.CharField(max_length=255)),
                ("size_bytes", fields.IntField()),
                ("media_type", fields.CharField(max_length=127)),
                (
                    "answer",
                    fields.ForeignKeyField(
                        "diary.HomeworkAnswer",
                        source_field="answer_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="attachments",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("version", fields.IntField()),
            ],
            options={
                "table": _TABLE,
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("answer_id", "version", "file_id"), name=f"{_TABLE}_once"
                    ),
                    CheckConstraint(check="size_bytes >= 0", name=f"{_TABLE}_size"),
                ],
                "pk_attr": "id",
                "table_description": "A file that goes with a pupil's answer as it was given at "
                "one moment; never changed.",
            },
            bases=["Record"],
        ),
        ops.RunSQL([*CONSTRAINTS, CLASS_OVERDUE_HOMEWORK]),
    ]
