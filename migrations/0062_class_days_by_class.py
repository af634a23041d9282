"""Attendance of a class reads the lessons of that class and its groups, and no others."""

from importlib import import_module

from tortoise import migrations
from tortoise.migrations import operations as ops

_counts = import_module("migrations.0050_attendance_counts")
_rows = import_module("migrations.0057_class_attendance_rows")

# As before, but that lessons are looked up by the class. Joined to what `class_day_lesson` tells,
# they were looked for by the term's days: those of all schools.
CLASS_DAY_CELL = """
CREATE OR REPLACE VIEW class_day_cell AS
SELECT l.id, e.student_id, l.id AS lesson_id, taught.school_class_id, l.date, l.shift, l.number
FROM (
    SELECT c.id AS school_class_id, c.id AS taught_id FROM school_class c
    UNION ALL
    SELECT c.parent_id, c.id FROM school_class c WHERE c.parent_id IS NOT NULL
) taught
JOIN lesson l ON l.school_class_id = taught.taught_id
JOIN enrollment e
  ON e.school_class_id = l.school_class_id
 AND l.date >= e.valid_from
 AND (e.valid_until IS NULL OR l.date < e.valid_until)
WHERE l.cancelled_at IS NULL
"""


def _by_lessons(view: str) -> str:
    """The same view; IS TRUE leaves PostgreSQL the index by lessons, which finds few rows.

    Of the two it would take the one by pupils, and read each pupil's whole attendance for each
    lesson.
    """
    return view.replace("CREATE VIEW", "CREATE OR REPLACE VIEW").replace(
        "AND a.student_id = d.student_id", "AND (a.student_id = d.student_id) IS TRUE"
    )


class Migration(migrations.Migration):
    """Views with the same columns and rows."""

    dependencies = [("diary", "0061_late_lessons")]

    operations = [
        ops.RunSQL(
            [
                CLASS_DAY_CELL,
                _by_lessons(_counts.CLASS_ATTENDANCE),
                _by_lessons(_rows.CLASS_ATTENDANCE_ROW),
            ]
        )
    ]
