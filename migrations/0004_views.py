"""Views that are asked for one pupil or one page, made so that only its own rows are read."""

from tortoise import migrations
from tortoise.migrations import operations as ops

# A term that is asked for restricts which lessons are read, and so which marks: what a pupil has
# been given in other terms and years costs nothing. Marks are given only at lessons of classes in
# which the pupil is or was enrolled. It is made of two parts only, because PostgreSQL chooses the
# order of no more than eight, and a term has to be chosen before the marks are read.
SUBJECT_AVERAGE = """
CREATE OR REPLACE VIEW subject_average AS
SELECT mean.subject_id AS id, page.student_id, mean.subject_id, page.term_id,
       mean.average, mean.weighted_average, mean.mark_count
FROM (
    SELECT DISTINCT e.student_id, t.id AS term_id,
                    t.school_year_id, t.grade_level, t.starts_on, t.ends_on
    FROM enrollment e
    JOIN school_class c ON c.id = e.school_class_id
    JOIN term t ON t.school_year_id = c.school_year_id AND t.grade_level = c.grade_level
) page
CROSS JOIN LATERAL (
    SELECT s.subject_id,
           round(avg(m.value), 2) AS average,
           round(sum(m.value * m.weight)::numeric / sum(m.weight), 2) AS weighted_average,
           count(*)::int AS mark_count
    FROM (
        SELECT DISTINCT c.id
        FROM enrollment e
        JOIN school_class c ON c.id = e.school_class_id
        WHERE e.student_id = page.student_id
          AND c.school_year_id = page.school_year_id
          AND c.grade_level = page.grade_level
    ) class
    JOIN course_section s ON s.school_class_id = class.id
    JOIN lesson l ON l.section_id = s.id AND l.date BETWEEN page.starts_on AND page.ends_on
    JOIN mark m ON m.lesson_id = l.id AND m.student_id = page.student_id
    WHERE m.value IS NOT NULL AND m.removed_at IS NULL
    GROUP BY s.subject_id
) mean
"""

# The page's marks are read once, lesson by lesson, and not once for each pupil. The grouping keeps
# PostgreSQL from joining the pupils to something else first and counting again for each of them;
# each has one mean, so `max` only takes it.
JOURNAL_ROW = """
CREATE OR REPLACE VIEW journal_row AS
SELECT member.student_id AS id, member.student_id,
       p.school_class_id, p.subject_id, p.section_id, p.term_id,
       member.average, member.weighted_average
FROM journal_page p
JOIN course_section s ON s.id = p.section_id
CROSS JOIN LATERAL (
    SELECT e.student_id,
           max(mean.average) AS average, max(mean.weighted_average) AS weighted_average
    FROM enrollment e
    LEFT JOIN (
        SELECT m.student_id,
               round(avg(m.value), 2) AS average,
               round(sum(m.value * m.weight)::numeric / sum(m.weight), 2) AS weighted_average
        FROM lesson l
        JOIN mark m ON m.lesson_id = l.id
        WHERE l.section_id = p.section_id
          AND l.date BETWEEN p.starts_on AND p.ends_on
          AND m.value IS NOT NULL
          AND m.removed_at IS NULL
        GROUP BY m.student_id
    ) mean ON mean.student_id = e.student_id
    WHERE e.school_class_id = s.school_class_id
      AND e.valid_from <= p.ends_on
      AND (e.valid_until IS NULL OR e.valid_until > p.starts_on)
    GROUP BY e.student_id
) member
"""

# A lesson's class is its section's, and saying so of the section lets the enrolment be found once
# and not at every lesson.
JOURNAL_CELL = """
CREATE OR REPLACE VIEW journal_cell AS
SELECT l.id, e.student_id, l.id AS lesson_id, l.section_id, t.id AS term_id,
       l.date, l.shift, l.number
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
    """The same columns and the same rows as in 0003."""

    dependencies = [("diary", "0003_derived")]

    operations = [ops.RunSQL([SUBJECT_AVERAGE, JOURNAL_ROW, JOURNAL_CELL])]
