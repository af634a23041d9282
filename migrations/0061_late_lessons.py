"""The lessons themselves that a journal's figures count as lacking something: a view alone."""

from importlib import import_module

from tortoise import migrations
from tortoise.migrations import operations as ops

_MOST_DAYS = import_module("migrations.0037_report_lists").MOST_DAYS

# Lesson by lesson, so that a teacher's or a week's are found without reading the year's marks.
# OFFSET keeps what was found of a lesson's marks from being looked for again.
LATE_LESSON = f"""
CREATE VIEW late_lesson AS
SELECT l.id, l.id AS lesson_id, l.teacher_id, c.organization_id,
       coalesce(c.parent_id, c.id) AS school_class_id, l.date, d.days,
       y.starts_on AS year_starts_on, y.ends_on AS year_ends_on,
       lack.topic AS without_topic, lack.marks AS without_marks, lack.entries AS without_entries
FROM school_class c
JOIN school_year y ON y.id = c.school_year_id
JOIN course_section s ON s.school_class_id = c.id
CROSS JOIN generate_series(0, {_MOST_DAYS}) d (days)
JOIN lesson l ON l.section_id = s.id AND l.cancelled_at IS NULL AND l.date + d.days < CURRENT_DATE
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM mark m
        WHERE m.lesson_id = l.id AND m.removed_at IS NULL
          AND m.recorded_at::date <= m.date + d.days
    ) AS in_time
    OFFSET 0
) marked
CROSS JOIN LATERAL (
    SELECT l.topic IS NULL AS topic,
           c.grade_level > 1 AND NOT marked.in_time AS marks,
           NOT marked.in_time AND NOT EXISTS (
               SELECT FROM mark m WHERE m.lesson_id = l.id AND m.removed_at IS NULL
           ) AND NOT EXISTS (SELECT FROM attendance a WHERE a.lesson_id = l.id) AS entries
) lack
WHERE (lack.topic OR lack.marks OR lack.entries)
  AND EXISTS (
      SELECT FROM term t
      WHERE t.school_year_id = y.id AND t.grade_level = c.grade_level
        AND l.date BETWEEN t.starts_on AND t.ends_on
  )
"""  # noqa: S608 — a number of ours


class Migration(migrations.Migration):
    """No table changes."""

    dependencies = [("diary", "0060_homework_attachments")]

    operations = [ops.RunSQL([LATE_LESSON])]
