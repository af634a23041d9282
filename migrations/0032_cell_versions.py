"""Attendance has a version, as marks have, and the audit knows of the journal."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

# Whoever changes the row, by whatever statement.
COUNTED = (
    """
    CREATE FUNCTION count_version() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.version := OLD.version + 1;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER attendance_changed BEFORE UPDATE ON attendance
    FOR EACH ROW EXECUTE FUNCTION count_version()
    """,
)

# No mark is ever deleted, so that a cell's version never becomes smaller; nobody counts who does not
# ask for it.
JOURNAL_CELL = """
CREATE OR REPLACE VIEW journal_cell AS
SELECT l.id, e.student_id, l.id AS lesson_id, l.section_id, t.id AS term_id,
       l.date, l.shift, l.number,
       (
           coalesce((
               SELECT sum(m.version) FROM mark m
               WHERE m.lesson_id = l.id AND m.student_id = e.student_id
           ), 0)
           + coalesce((
               SELECT a.version FROM attendance a
               WHERE a.lesson_id = l.id AND a.student_id = e.student_id
           ), 0)
       )::int AS version
FROM course_section s
JOIN school_class c ON c.id = s.school_class_id
JOIN term t ON t.school_year_id = c.school_year_id AND t.grade_level = c.grade_level
JOIN lesson l ON l.section_id = s.id AND l.date BETWEEN t.starts_on AND t.ends_on
JOIN enrollment e
  ON e.school_class_id = s.school_class_id
 AND l.date >= e.valid_from
 AND (e.valid_until IS NULL OR l.date < e.valid_until)
"""


class Migration(migrations.Migration):
    """Rows that are there begin with the first version."""

    dependencies = [("diary", "0031_grading_policy")]

    operations = [
        ops.AddField("Attendance", "version", fields.IntField(default=1, db_default=1)),
        ops.RunSQL([*COUNTED, JOURNAL_CELL]),
    ]
