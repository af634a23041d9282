"""Attendance of each pupil of a class in a term: a view."""

from importlib import import_module

from tortoise import migrations
from tortoise.migrations import operations as ops

_counts = import_module("migrations.0050_attendance_counts")

# What a class's counts are sums of, pupil by pupil.
CLASS_ATTENDANCE_ROW = f"""
CREATE VIEW class_attendance_row AS
SELECT counted.student_id AS id, page.school_class_id, page.term_id, {_counts._IS_CURRENT},
       counted.*
FROM (
    SELECT c.id AS school_class_id, t.id AS term_id, t.starts_on, t.ends_on
    FROM school_class c
    JOIN term t ON t.school_year_id = c.school_year_id AND t.grade_level = c.grade_level
) page
CROSS JOIN LATERAL (
    SELECT student_id, {_counts._SUMS},
           {_counts._DAYS}
    FROM (
        SELECT d.student_id, {_counts._SLOTS}
        FROM class_day_cell d
        LEFT JOIN attendance a ON a.lesson_id = d.lesson_id AND a.student_id = d.student_id
        WHERE d.school_class_id = page.school_class_id
          AND d.date BETWEEN page.starts_on AND least(page.ends_on, CURRENT_DATE)
        GROUP BY d.student_id, d.date
    ) day
    GROUP BY student_id
) counted
"""


class Migration(migrations.Migration):
    """No table changes."""

    dependencies = [("diary", "0056_results_mended")]

    operations = [ops.RunSQL([CLASS_ATTENDANCE_ROW])]
