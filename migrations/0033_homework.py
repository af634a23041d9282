"""Homework for a lesson or a day, for everybody or for some, that may be changed and taken back."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

FILL = """
UPDATE homework SET section_id = lesson.section_id
FROM lesson WHERE lesson.id = homework.lesson_id
"""

PAIRED_KEYS = (
    """
    ALTER TABLE homework ADD CONSTRAINT homework_of_its_lesson
    FOREIGN KEY (lesson_id, section_id) REFERENCES lesson (id, section_id)
    """,
    """
    ALTER TABLE homework ADD CONSTRAINT homework_due_in_its_section
    FOREIGN KEY (due_lesson_id, section_id) REFERENCES lesson (id, section_id)
    """,
    """
    ALTER TABLE homework ADD CONSTRAINT homework_due_at_its_lesson
    FOREIGN KEY (due_lesson_id, due_on) REFERENCES lesson (id, date) ON UPDATE CASCADE
    """,
)
# Tortoise makes a new table without its constraints.
ONCE = """
ALTER TABLE homework_recipient
ADD CONSTRAINT homework_recipient_once UNIQUE (homework_id, student_id)
"""

# By the section first: a pupil has few of them, and each has its homework by the day.
STUDENT_HOMEWORK = """
CREATE VIEW student_homework AS
SELECT h.id, h.id AS homework_id, e.student_id, h.lesson_id, h.section_id,
       h.due_on, h.due_lesson_id, h.expected_minutes
FROM enrollment e
JOIN course_section s ON s.school_class_id = e.school_class_id
JOIN homework h ON h.section_id = s.id
JOIN lesson l
  ON l.id = h.lesson_id
 AND l.date >= e.valid_from
 AND (e.valid_until IS NULL OR l.date < e.valid_until)
WHERE h.removed_at IS NULL
  AND (
      NOT h.is_individual
      OR EXISTS (
          SELECT FROM homework_recipient r
          WHERE r.homework_id = h.id AND r.student_id = e.student_id
      )
  )
"""


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


_FLAGS = ("is_mandatory", "is_individual", "takes_answers", "takes_late_answers")


class Migration(migrations.Migration):
    """Homework that is there already is for everybody, may be left undone and takes no answers."""

    dependencies = [("diary", "0032_cell_versions")]

    operations = [
        ops.AddField(
            "Homework", "section", _reference("CourseSection", "section_id", "homework", null=True)
        ),
        ops.RunSQL([FILL]),
        ops.AlterField(
            "Homework", "section", _reference("CourseSection", "section_id", "homework")
        ),
        ops.AddField(
            "Homework",
            "due_lesson",
            _reference("Lesson", "due_lesson_id", "due_homework", null=True),
        ),
        ops.AddField("Homework", "expected_minutes", fields.SmallIntField(null=True)),
        *(
            ops.AddField("Homework", flag, fields.BooleanField(default=False, db_default=False))
            for flag in _FLAGS
        ),
        ops.AddField("Homework", "version", fields.IntField(default=1, db_default=1)),
        ops.AddField("Homework", "removed_at", fields.DatetimeField(null=True)),
        *(
            ops.AddConstraint("Homework", CheckConstraint(check=condition, name=name))
            for name, condition in (
                ("homework_expected_minutes", "expected_minutes BETWEEN 1 AND 600"),
                ("homework_late_answers", "takes_answers OR NOT takes_late_answers"),
                ("homework_version", "version > 0"),
            )
        ),
        ops.AddIndex("Homework", Index(fields=["section_id", "due_on"], name="homework_due")),
        ops.AddIndex("Homework", Index(fields=["due_lesson_id"], name="homework_due_lesson")),
        ops.CreateModel(
            name="HomeworkRecipient",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("homework", _reference("Homework", "homework_id", "recipients")),
                ("student", _reference("Student", "student_id", "individual_homework")),
            ],
            options={
                "table": "homework_recipient",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("homework_id", "student_id"), name="homework_recipient_once"
                    )
                ],
                "indexes": [Index(fields=["student_id"], name="homework_recipient_student")],
                "pk_attr": "id",
                "table_description": "A pupil for whom individual homework is; nobody else of the "
                "class has it.",
            },
            bases=["Record"],
        ),
        ops.RunSQL([*PAIRED_KEYS, ONCE, STUDENT_HOMEWORK]),
    ]
