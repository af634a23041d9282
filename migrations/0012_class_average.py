"""The average of a pupil's class in a subject, as a family may know it."""

from tortoise import migrations
from tortoise.migrations import operations as ops

# The mean of the pupils' means. It costs nothing where it is not asked for: PostgreSQL leaves a
# column out that nobody reads.
SUBJECT_AVERAGE = """
CREATE OR REPLACE VIEW subject_average AS
SELECT mean.subject_id AS id, pupil.id AS student_id, mean.subject_id, t.id AS term_id,
       mean.average, mean.weighted_average, mean.mark_count,
       coalesce((SELECT true FROM current_term WHERE current_term.id = t.id), false) AS is_current,
       (
           SELECT CASE WHEN count(row.average) >= 5 THEN round(avg(row.average), 1) END
           FROM enrollment e
           JOIN journal_row row ON row.school_class_id = e.school_class_id
           WHERE e.student_id = pupil.id AND e.kind = 'HOMEROOM'
             AND e.valid_from <= CURRENT_DATE
             AND (e.valid_until IS NULL OR e.valid_until > CURRENT_DATE)
             AND row.subject_id = mean.subject_id AND row.term_id = t.id
       ) AS class_average
FROM student pupil
CROSS JOIN LATERAL (
    SELECT DISTINCT c.school_year_id, c.grade_level
    FROM enrollment e
    JOIN school_class c ON c.id = e.school_class_id
    WHERE e.student_id = pupil.id
) grade
JOIN term t ON t.school_year_id = grade.school_year_id AND t.grade_level = grade.grade_level
CROSS JOIN LATERAL (
    SELECT s.subject_id,
           round(sum(given.total) / sum(given.marks), 2) AS average,
           round(sum(given.weighted) / sum(given.weights), 2) AS weighted_average,
           sum(given.marks)::int AS mark_count
    FROM (
        SELECT l.section_id, sum(m.value) AS total, sum(m.value * m.weight) AS weighted,
               sum(m.weight) AS weights, count(*) AS marks
        FROM mark m
        JOIN lesson l ON l.id = m.lesson_id
        WHERE m.student_id = pupil.id
          AND m.date BETWEEN t.starts_on AND t.ends_on
          AND m.value IS NOT NULL
          AND m.removed_at IS NULL
        GROUP BY l.section_id
    ) given
    JOIN course_section s ON s.id = given.section_id
    JOIN school_class c ON c.id = s.school_class_id
    WHERE c.school_year_id = t.school_year_id AND c.grade_level = t.grade_level
    GROUP BY s.subject_id
) mean
"""


class Migration(migrations.Migration):
    """A view gets one more column at its end."""

    dependencies = [("diary", "0011_audit_chain")]

    operations = [ops.RunSQL([SUBJECT_AVERAGE])]
