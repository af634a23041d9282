"""A work of a lesson that does not take place is owed by nobody."""

from tortoise import migrations
from tortoise.migrations import operations as ops

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
  AND NOT EXISTS (
      SELECT FROM lesson l
      WHERE l.id = a.lesson_id AND l.date = a.due_on AND l.cancelled_at IS NOT NULL
  )
"""


class Migration(migrations.Migration):
    """No row changes."""

    dependencies = [("diary", "0057_class_attendance_rows")]

    operations = [ops.RunSQL(OVERDUE_WORK)]
