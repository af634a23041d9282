"""Works have weights of their own and may be taken back; pupils may owe them."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

# A work that was taken back is owed by nobody.
OVERDUE_WORK = """
CREATE OR REPLACE VIEW overdue_work AS
SELECT a.id, e.student_id, a.id AS assignment_id, a.section_id, a.title, a.due_on
FROM enrollment e
JOIN course_section s ON s.school_class_id = e.school_class_id
JOIN assignment a ON a.section_id = s.id
WHERE a.is_mandatory
  AND a.removed_at IS NULL
  AND a.due_on < CURRENT_DATE
  AND a.due_on >= e.valid_from
  AND (e.valid_until IS NULL OR e.valid_until > CURRENT_DATE)
  AND NOT EXISTS (
      SELECT 1 FROM mark m
      WHERE m.assignment_id = a.id AND m.student_id = e.student_id AND m.removed_at IS NULL
  )
"""

ELSEWHERE_MARK = """
CREATE VIEW elsewhere_mark AS
SELECT m.id, m.id AS mark_id, a.lesson_id, m.student_id
FROM assignment a
JOIN mark m ON m.assignment_id = a.id
WHERE m.removed_at IS NULL AND m.lesson_id <> a.lesson_id
"""

ONE_DEBT_A_WORK = """
CREATE UNIQUE INDEX debt_mark_once ON debt_mark (assignment_id, student_id)
WHERE cleared_at IS NULL
"""

# Whoever gives the number, and by whatever way.
CLEARED = (
    """
    CREATE FUNCTION clear_debt() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE debt_mark SET cleared_at = now()
        WHERE assignment_id = NEW.assignment_id AND student_id = NEW.student_id
          AND cleared_at IS NULL;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER mark_clears_debt AFTER INSERT OR UPDATE ON mark
    FOR EACH ROW
    WHEN (NEW.assignment_id IS NOT NULL AND NEW.value IS NOT NULL AND NEW.removed_at IS NULL)
    EXECUTE FUNCTION clear_debt()
    """,
)


def _reference(name: str, model: str, related: str) -> tuple[str, fields.Field]:
    return (
        name,
        fields.ForeignKeyField(
            f"diary.{model}",
            source_field=f"{name}_id",
            db_constraint=True,
            to_field="id",
            related_name=related,
            on_delete=OnDelete.RESTRICT,
        ),
    )


class Migration(migrations.Migration):
    """No row changes."""

    dependencies = [("diary", "0041_journal_locks")]

    operations = [
        ops.AddField("Assignment", "weight", fields.SmallIntField(null=True)),
        ops.AddField("Assignment", "removed_at", fields.DatetimeField(null=True)),
        ops.CreateModel(
            name="DebtMark",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                _reference("assignment", "Assignment", "debts"),
                _reference("lesson", "Lesson", "debts"),
                _reference("student", "Student", "debts"),
                ("deadline", fields.DateField()),
                _reference("set_by", "Person", "debts_set"),
                ("set_at", fields.DatetimeField()),
                ("cleared_at", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "debt_mark",
                "app": "diary",
                "indexes": [
                    Index(fields=["student_id", "deadline", "id"], name="debt_mark_student"),
                    Index(fields=["lesson_id", "student_id"], name="debt_mark_cell"),
                    Index(fields=["assignment_id", "student_id"], name="debt_mark_work"),
                ],
                "pk_attr": "id",
                "table_description": "A pupil owes a work («точка»); PostgreSQL clears it when a "
                "number is given for the work.",
            },
            bases=["Record"],
        ),
        ops.RunSQL([OVERDUE_WORK, ELSEWHERE_MARK, ONE_DEBT_A_WORK, *CLEARED]),
    ]
