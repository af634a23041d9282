"""What pupils have done of homework, and what they answer."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

_WHOLE = "(version > 0) = (text IS NOT NULL) AND (version > 0) = (answered_at IS NOT NULL)"
# Tortoise makes a new table without its constraints.
CONSTRAINTS = (
    f"""
    ALTER TABLE homework_answer
    ADD CONSTRAINT homework_answer_once UNIQUE (homework_id, student_id),
    ADD CONSTRAINT homework_answer_whole CHECK ({_WHOLE})
    """,
    """
    ALTER TABLE homework_answer_revision
    ADD CONSTRAINT homework_answer_revision_version UNIQUE (answer_id, version)
    """,
    """
    CREATE TRIGGER homework_answer_revision_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON homework_answer_revision
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    # What may be overdue is little of what is given.
    """
    CREATE INDEX homework_mandatory ON homework (section_id, due_on)
    WHERE is_mandatory AND removed_at IS NULL
    """,
)

# The same rows as before; PostgreSQL leaves the answers out where nobody reads of them.
STUDENT_HOMEWORK = """
CREATE OR REPLACE VIEW student_homework AS
SELECT h.id, h.id AS homework_id, e.student_id, h.lesson_id, h.section_id,
       h.due_on, h.due_lesson_id, h.expected_minutes, h.is_mandatory,
       a.done_at IS NOT NULL AS is_done,
       h.is_mandatory AND h.due_on < CURRENT_DATE AND a.done_at IS NULL
           AND (e.valid_until IS NULL OR e.valid_until > CURRENT_DATE) AS is_overdue
FROM enrollment e
JOIN course_section s ON s.school_class_id = e.school_class_id
JOIN homework h ON h.section_id = s.id
JOIN lesson l
  ON l.id = h.lesson_id
 AND l.date >= e.valid_from
 AND (e.valid_until IS NULL OR l.date < e.valid_until)
LEFT JOIN homework_answer a ON a.homework_id = h.id AND a.student_id = e.student_id
WHERE h.removed_at IS NULL
  AND (
      NOT h.is_individual
      OR EXISTS (
          SELECT FROM homework_recipient r
          WHERE r.homework_id = h.id AND r.student_id = e.student_id
      )
  )
"""


def _id() -> fields.BigIntField:
    return fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)


def _reference(to: str, column: str, name: str, *, null: bool = False) -> fields.ForeignKeyRelation:
    return fields.ForeignKeyField(
        f"diary.{to}",
        source_field=column,
        null=null,
        db_constraint=True,
        to_field="id",
        related_name=name,
        on_delete=OnDelete.RESTRICT,
    )


class Migration(migrations.Migration):
    """New tables, and three more columns of a view; no row changes."""

    dependencies = [("diary", "0038_lesson_state")]

    operations = [
        ops.CreateModel(
            name="HomeworkAnswer",
            fields=[
                ("id", _id()),
                ("homework", _reference("Homework", "homework_id", "answers")),
                ("student", _reference("Student", "student_id", "homework_answers")),
                ("done_at", fields.DatetimeField(null=True)),
                ("text", fields.CharField(max_length=8000, null=True)),
                ("version", fields.IntField(default=0)),
                ("answered_at", fields.DatetimeField(null=True)),
                ("read_at", fields.DatetimeField(null=True)),
                ("comment", fields.CharField(max_length=2000, null=True)),
                ("commented_at", fields.DatetimeField(null=True)),
                (
                    "commented_by",
                    _reference("Person", "commented_by_id", "homework_comments", null=True),
                ),
            ],
            options={
                "table": "homework_answer",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("homework_id", "student_id"), name="homework_answer_once"
                    ),
                    CheckConstraint(check=_WHOLE, name="homework_answer_whole"),
                ],
                "indexes": [
                    Index(fields=["student_id"], name="homework_answer_student"),
                    Index(fields=["commented_by_id"], name="homework_answer_commented"),
                ],
                "pk_attr": "id",
                "table_description": "What a pupil has done of homework: that it is done, and an "
                "answer where it takes one.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="HomeworkAnswerRevision",
            fields=[
                ("id", _id()),
                ("answer", _reference("HomeworkAnswer", "answer_id", "revisions")),
                ("version", fields.IntField()),
                ("text", fields.CharField(max_length=8000)),
                ("at", fields.DatetimeField()),
            ],
            options={
                "table": "homework_answer_revision",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("answer_id", "version"), name="homework_answer_revision_version"
                    )
                ],
                "pk_attr": "id",
                "table_description": "A pupil's answer as it was given at one moment; never "
                "changed or deleted.",
            },
            bases=["Record"],
        ),
        ops.RunSQL([*CONSTRAINTS, STUDENT_HOMEWORK]),
    ]
