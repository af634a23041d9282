"""What a school's rules propose for a term, a year and a course, and what an average is made of."""

from tortoise import migrations
from tortoise.migrations import operations as ops

APPEND_ONLY = """
CREATE TRIGGER period_mark_revision_append_only
BEFORE UPDATE OR DELETE OR TRUNCATE ON period_mark_revision
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""

CONSTRAINTS = """
ALTER TABLE period_mark_revision
ADD CONSTRAINT period_mark_revision_version UNIQUE (period_mark_id, version),
ADD CONSTRAINT period_mark_revision_value_scale CHECK (value BETWEEN 1 AND 5),
ADD CONSTRAINT period_mark_revision_value_or_sign CHECK ((value IS NULL) <> (sign IS NULL))
"""

# Few enough marks are no basis for a value; of whoever was freed no value is expected, and where
# nothing but «зач» is given, none is meant. The first grade is taught without marks.
_FEWEST = """CASE t.kind WHEN 'SEMESTER' THEN g.fewest_marks_of_half_year ELSE g.fewest_marks END"""
_BY_THRESHOLDS = """
CASE WHEN {mean} >= g.five_from THEN 5 WHEN {mean} >= g.four_from THEN 4
     WHEN {mean} >= g.three_from THEN 3 ELSE 2 END::smallint
"""
# Sub-selects and not joins: a column that nobody reads then costs nothing.
_SCHOOL_OF_TERM = """
FROM term t
JOIN school_year y ON y.id = t.school_year_id
JOIN settled_grading g ON g.organization_id = y.organization_id
WHERE t.id = {term}
"""

JOURNAL_ROW = f"""
CREATE OR REPLACE VIEW journal_row AS
SELECT member.student_id AS id, member.student_id,
       p.school_class_id, p.subject_id, p.section_id, p.term_id,
       member.average, member.weighted_average, member.mark_count,
       (
           SELECT {_BY_THRESHOLDS.format(mean="member.weighted_average")}
           {_SCHOOL_OF_TERM.format(term="p.term_id")}
             AND t.grade_level <> 1 AND member.mark_count >= {_FEWEST} AND member.mark_count > 0
       ) AS proposed_value,
       (
           SELECT CASE WHEN member.mark_count = 0 AND member.is_exempt THEN 'EXEMPT'
                       WHEN member.mark_count > 0 OR NOT member.is_passing THEN 'NOT_ATTESTED'
                  END::varchar(32)
           {_SCHOOL_OF_TERM.format(term="p.term_id")}
             AND t.grade_level <> 1 AND NOT (member.mark_count >= {_FEWEST} AND member.mark_count > 0)
       ) AS proposed_sign
FROM journal_page p
JOIN course_section s ON s.id = p.section_id
CROSS JOIN LATERAL (
    SELECT e.student_id,
           max(mean.average) AS average, max(mean.weighted_average) AS weighted_average,
           coalesce(max(mean.mark_count), 0)::int AS mark_count,
           coalesce(bool_or(mean.is_exempt), false) AS is_exempt,
           coalesce(bool_or(mean.is_passing), false) AS is_passing
    FROM enrollment e
    LEFT JOIN (
        SELECT m.student_id,
               round(avg(m.value), 2) AS average,
               round(
                   sum(m.value * m.weight)::numeric
                   / sum(m.weight) FILTER (WHERE m.value IS NOT NULL), 2
               ) AS weighted_average,
               count(m.value) AS mark_count,
               bool_or(m.sign = 'EXEMPT') AS is_exempt,
               bool_or(m.sign IN ('PASSED', 'FAILED')) AS is_passing
        FROM lesson l
        JOIN mark m ON m.lesson_id = l.id
        WHERE l.section_id = p.section_id
          AND l.date BETWEEN p.starts_on AND p.ends_on
          AND m.removed_at IS NULL
        GROUP BY m.student_id
    ) mean ON mean.student_id = e.student_id
    WHERE e.school_class_id = s.school_class_id
      AND e.valid_from <= p.ends_on
      AND (e.valid_until IS NULL OR e.valid_until > p.starts_on)
    GROUP BY e.student_id
) member
"""

SUBJECT_AVERAGE = f"""
CREATE OR REPLACE VIEW subject_average AS
SELECT mean.subject_id AS id, pupil.id AS student_id, mean.subject_id, term.id AS term_id,
       mean.average, mean.weighted_average, mean.mark_count,
       coalesce((SELECT true FROM current_term WHERE current_term.id = term.id), false) AS is_current,
       (
           SELECT CASE WHEN count(row.average) >= 5 THEN round(avg(row.average), 1) END
           FROM enrollment e
           JOIN journal_row row ON row.school_class_id = e.school_class_id
           WHERE e.student_id = pupil.id AND e.kind = 'HOMEROOM'
             AND e.valid_from <= CURRENT_DATE
             AND (e.valid_until IS NULL OR e.valid_until > CURRENT_DATE)
             AND row.subject_id = mean.subject_id AND row.term_id = term.id
       ) AS class_average,
       mean.weighted_total, mean.weight_total,
       coalesce((
           SELECT w.weight
           FROM school_year y
           JOIN work_type w ON w.organization_id = y.organization_id
           WHERE y.id = term.school_year_id AND w.code = 'LESSON_ANSWER'
       ), 1)::int AS usual_weight,
       (SELECT (100 * g.five_from)::int {_SCHOOL_OF_TERM.format(term="term.id")}) AS five_from,
       (SELECT (100 * g.four_from)::int {_SCHOOL_OF_TERM.format(term="term.id")}) AS four_from,
       (SELECT (100 * g.three_from)::int {_SCHOOL_OF_TERM.format(term="term.id")}) AS three_from,
       (
           SELECT {_BY_THRESHOLDS.format(mean="mean.weighted_average")}
           {_SCHOOL_OF_TERM.format(term="term.id")}
             AND t.grade_level <> 1 AND mean.mark_count >= {_FEWEST}
       ) AS proposed_value,
       (
           SELECT 'NOT_ATTESTED'::varchar(32)
           {_SCHOOL_OF_TERM.format(term="term.id")}
             AND t.grade_level <> 1 AND mean.mark_count < {_FEWEST}
       ) AS proposed_sign
FROM student pupil
CROSS JOIN LATERAL (
    SELECT DISTINCT c.school_year_id, c.grade_level
    FROM enrollment e
    JOIN school_class c ON c.id = e.school_class_id
    WHERE e.student_id = pupil.id
) grade
JOIN term ON term.school_year_id = grade.school_year_id AND term.grade_level = grade.grade_level
CROSS JOIN LATERAL (
    SELECT s.subject_id,
           round(sum(given.total) / sum(given.marks), 2) AS average,
           round(sum(given.weighted) / sum(given.weights), 2) AS weighted_average,
           sum(given.marks)::int AS mark_count,
           sum(given.weighted)::int AS weighted_total,
           sum(given.weights)::int AS weight_total
    FROM (
        SELECT l.section_id, sum(m.value) AS total, sum(m.value * m.weight) AS weighted,
               sum(m.weight) AS weights, count(*) AS marks
        FROM mark m
        JOIN lesson l ON l.id = m.lesson_id
        WHERE m.student_id = pupil.id
          AND m.date BETWEEN term.starts_on AND term.ends_on
          AND m.value IS NOT NULL
          AND m.removed_at IS NULL
        GROUP BY l.section_id
    ) given
    JOIN course_section s ON s.id = given.section_id
    JOIN school_class c ON c.id = s.school_class_id
    WHERE c.school_year_id = term.school_year_id AND c.grade_level = term.grade_level
    GROUP BY s.subject_id
) mean
"""
_MARKS = """
FROM period_mark m
JOIN course_section s ON s.id = m.section_id
JOIN school_class c ON c.id = s.school_class_id
WHERE m.student_id = member.student_id AND s.subject_id = taught.subject_id
"""
_OF_YEAR = f"{_MARKS} AND c.school_year_id = member.school_year_id"
# A mark for a term in words counts only where there is none in numbers.
_WORD = """
CASE WHEN count(m.value) > 0 THEN NULL
     WHEN bool_or(m.sign = 'FAILED') THEN 'FAILED'
     WHEN bool_or(m.sign = 'NOT_ATTESTED') THEN 'NOT_ATTESTED'
     WHEN bool_or(m.sign = 'PASSED') THEN 'PASSED'
     WHEN bool_or(m.sign = 'EXEMPT') THEN 'EXEMPT' END::varchar(32)
"""
# Order 546 of the ministry of education of 05.10.2020: after grade 9 the mean of the annual mark
# and the exam's, after grades 10 and 11 of all terms' and annual marks since grade 10, half up.
SUBJECT_RESULT = f"""
CREATE VIEW subject_result AS
SELECT taught.subject_id AS id, member.student_id, taught.subject_id,
       member.school_class_id, member.school_year_id, member.is_current,
       (SELECT round(avg(m.value))::smallint {_OF_YEAR} AND m.kind = 'TERM')
           AS annual_proposed_value,
       (SELECT {_WORD} {_OF_YEAR} AND m.kind = 'TERM') AS annual_proposed_sign,
       CASE WHEN member.grade_level < 10 THEN (
           SELECT CASE WHEN count(m.value) FILTER (WHERE m.kind = 'ANNUAL') > 0
                       THEN round(avg(m.value)) END::smallint
           {_OF_YEAR}
             AND (m.kind = 'ANNUAL' OR m.kind = 'EXAM' AND member.grade_level = 9)
       ) ELSE (
           SELECT CASE WHEN count(m.value) FILTER (
                           WHERE m.kind = 'ANNUAL' AND c.school_year_id = member.school_year_id
                       ) > 0
                       THEN round(avg(m.value)) END::smallint
           {_MARKS}
             AND c.grade_level BETWEEN 10 AND member.grade_level AND m.kind IN ('TERM', 'ANNUAL')
       ) END AS final_proposed_value,
       (SELECT {_WORD} {_OF_YEAR} AND m.kind = 'ANNUAL') AS final_proposed_sign
FROM (
    SELECT e.student_id, c.id AS school_class_id, c.school_year_id, c.grade_level,
           bool_or(
               e.valid_from <= CURRENT_DATE
               AND (e.valid_until IS NULL OR e.valid_until > CURRENT_DATE)
           ) AS is_current
    FROM enrollment e
    JOIN school_class c ON c.id = e.school_class_id
    WHERE e.kind = 'HOMEROOM'
    GROUP BY e.student_id, c.id
) member
CROSS JOIN LATERAL (
    SELECT DISTINCT s.subject_id
    FROM enrollment e
    JOIN school_class c ON c.id = e.school_class_id
    JOIN course_section s ON s.school_class_id = c.id
    WHERE e.student_id = member.student_id AND c.school_year_id = member.school_year_id
) taught
"""

SUMMARY_ROW = """
CREATE VIEW summary_row AS
SELECT DISTINCT e.student_id AS id, e.student_id, e.school_class_id
FROM enrollment e
WHERE e.kind = 'HOMEROOM'
"""


class Migration(migrations.Migration):
    """Views get columns at their ends; no row changes."""

    dependencies = [("diary", "0043_period_marks")]

    operations = [
        ops.RunSQL([CONSTRAINTS, APPEND_ONLY, JOURNAL_ROW, SUBJECT_AVERAGE, SUBJECT_RESULT, SUMMARY_ROW])
    ]
