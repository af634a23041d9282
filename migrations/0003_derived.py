"""What Tortoise cannot declare: exclusion, paired keys, the made-up name, triggers and views."""

from tortoise import migrations
from tortoise.migrations import operations as ops

FULL_NAME = """
ALTER TABLE person DROP COLUMN full_name, ADD COLUMN full_name varchar(302) NOT NULL
GENERATED ALWAYS AS (
    last_name || ' ' || first_name || CASE middle_name WHEN '' THEN '' ELSE ' ' || middle_name END
) STORED
"""

# A range type has its own GiST operators, so no extension is needed to exclude overlaps per pupil.
ONE_HOMEROOM_AT_A_TIME = """
ALTER TABLE enrollment ADD CONSTRAINT enrollment_one_homeroom EXCLUDE USING gist (
    int8range(student_id, student_id, '[]') WITH &&,
    int8range(organization_id, organization_id, '[]') WITH &&,
    daterange(valid_from, valid_until) WITH &&
) WHERE (kind = 'HOMEROOM')
"""
ONE_GUARDIANSHIP_AT_A_TIME = """
ALTER TABLE guardianship ADD CONSTRAINT guardianship_once EXCLUDE USING gist (
    int8range(student_id, student_id, '[]') WITH &&,
    int8range(guardian_id, guardian_id, '[]') WITH &&,
    daterange(valid_from, valid_until) WITH &&
)
"""

ONE_ASSIGNMENT_AT_A_TIME = """
ALTER TABLE teaching_assignment ADD CONSTRAINT teaching_assignment_once EXCLUDE USING gist (
    int8range(section_id, section_id, '[]') WITH &&,
    int8range(teacher_id, teacher_id, '[]') WITH &&,
    daterange(valid_from, valid_until) WITH &&
)
"""

PAIRED_KEYS = (
    """
    ALTER TABLE enrollment ADD CONSTRAINT enrollment_of_its_class
    FOREIGN KEY (school_class_id, organization_id, kind)
    REFERENCES school_class (id, organization_id, kind)
    """,
    """
    ALTER TABLE lesson ADD CONSTRAINT lesson_of_its_section
    FOREIGN KEY (section_id, school_class_id) REFERENCES course_section (id, school_class_id)
    """,
    """
    ALTER TABLE assignment ADD CONSTRAINT assignment_of_its_lesson
    FOREIGN KEY (lesson_id, section_id) REFERENCES lesson (id, section_id)
    """,
    """
    ALTER TABLE event_audience ADD CONSTRAINT event_audience_of_its_class
    FOREIGN KEY (school_class_id, organization_id) REFERENCES school_class (id, organization_id)
    """,
)

APPEND_ONLY = (
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER mark_revision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON mark_revision
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)

ROLE_GRANT = """
CREATE VIEW role_grant AS
SELECT p.person_id AS id, p.person_id, p.position AS role, p.organization_id
FROM staff_post p
WHERE p.valid_from <= CURRENT_DATE AND (p.valid_until IS NULL OR p.valid_until > CURRENT_DATE)
UNION
SELECT c.homeroom_teacher_id, c.homeroom_teacher_id, 'HOMEROOM_TEACHER', c.organization_id
FROM school_class c
JOIN school_year y ON y.id = c.school_year_id
JOIN staff_post p ON p.person_id = c.homeroom_teacher_id AND p.organization_id = c.organization_id
WHERE y.ends_on >= CURRENT_DATE
  AND p.valid_from <= CURRENT_DATE AND (p.valid_until IS NULL OR p.valid_until > CURRENT_DATE)
UNION
SELECT g.guardian_id, g.guardian_id, 'GUARDIAN', (
    SELECT e.organization_id FROM enrollment e
    WHERE e.student_id = g.student_id AND e.kind = 'HOMEROOM'
    ORDER BY e.valid_from DESC, e.id DESC LIMIT 1
)
FROM guardianship g
WHERE g.valid_from <= CURRENT_DATE AND (g.valid_until IS NULL OR g.valid_until > CURRENT_DATE)
UNION
SELECT s.person_id, s.person_id, 'STUDENT', e.organization_id
FROM student s
JOIN enrollment e ON e.student_id = s.id
WHERE e.valid_from <= CURRENT_DATE AND (e.valid_until IS NULL OR e.valid_until > CURRENT_DATE)
"""

CURRENT_TERM = """
CREATE VIEW current_term AS
SELECT t.id
FROM term t
JOIN school_year y ON y.id = t.school_year_id
WHERE t.starts_on <= CURRENT_DATE
  AND CURRENT_DATE <= y.ends_on
  AND NOT EXISTS (
      SELECT 1 FROM term later
      WHERE later.school_year_id = t.school_year_id
        AND later.grade_level = t.grade_level
        AND later.kind = t.kind
        AND later.starts_on > t.starts_on
        AND later.starts_on <= CURRENT_DATE
  )
"""

DIARY_ENTRY = """
CREATE VIEW diary_entry AS
SELECT l.id, e.student_id, l.id AS lesson_id, l.section_id, l.teacher_id, l.room_id,
       l.date, l.shift, l.number, l.starts_at, l.ends_at, l.topic
FROM enrollment e
JOIN lesson l
  ON l.school_class_id = e.school_class_id
 AND l.date >= e.valid_from
 AND (e.valid_until IS NULL OR l.date < e.valid_until)
"""

SUBJECT_AVERAGE = """
CREATE VIEW subject_average AS
SELECT s.subject_id AS id, m.student_id, s.subject_id, t.id AS term_id,
       round(avg(m.value), 2) AS average,
       round(sum(m.value * m.weight)::numeric / sum(m.weight), 2) AS weighted_average,
       count(*)::int AS mark_count
FROM mark m
JOIN lesson l ON l.id = m.lesson_id
JOIN course_section s ON s.id = l.section_id
JOIN school_class c ON c.id = l.school_class_id
JOIN term t
  ON t.school_year_id = c.school_year_id
 AND t.grade_level = c.grade_level
 AND l.date BETWEEN t.starts_on AND t.ends_on
WHERE m.value IS NOT NULL AND m.removed_at IS NULL
GROUP BY m.student_id, s.subject_id, t.id
"""

OVERDUE_WORK = """
CREATE VIEW overdue_work AS
SELECT a.id, e.student_id, a.id AS assignment_id, a.section_id, a.title, a.due_on
FROM enrollment e
JOIN course_section s ON s.school_class_id = e.school_class_id
JOIN assignment a ON a.section_id = s.id
WHERE a.is_mandatory
  AND a.due_on < CURRENT_DATE
  AND a.due_on >= e.valid_from
  AND (e.valid_until IS NULL OR e.valid_until > CURRENT_DATE)
  AND NOT EXISTS (
      SELECT 1 FROM mark m
      WHERE m.assignment_id = a.id AND m.student_id = e.student_id AND m.removed_at IS NULL
  )
"""

# A group's section stands on its own class's page and on that of the class it belongs to.
JOURNAL_PAGE = """
CREATE VIEW journal_page AS
SELECT s.id, s.school_class_id, s.subject_id, s.id AS section_id,
       t.id AS term_id, t.starts_on, t.ends_on
FROM course_section s
JOIN school_class c ON c.id = s.school_class_id
JOIN term t ON t.school_year_id = c.school_year_id AND t.grade_level = c.grade_level
UNION ALL
SELECT s.id, c.parent_id, s.subject_id, s.id, t.id, t.starts_on, t.ends_on
FROM course_section s
JOIN school_class c ON c.id = s.school_class_id
JOIN term t ON t.school_year_id = c.school_year_id AND t.grade_level = c.grade_level
WHERE c.parent_id IS NOT NULL
"""

JOURNAL_COLUMN = """
CREATE VIEW journal_column AS
SELECT l.id, l.id AS lesson_id, p.school_class_id, p.subject_id, p.term_id
FROM journal_page p
JOIN lesson l ON l.section_id = p.section_id AND l.date BETWEEN p.starts_on AND p.ends_on
"""

JOURNAL_ROW = """
CREATE VIEW journal_row AS
SELECT member.student_id AS id, member.student_id,
       p.school_class_id, p.subject_id, p.section_id, p.term_id,
       mean.average, mean.weighted_average
FROM journal_page p
JOIN course_section s ON s.id = p.section_id
CROSS JOIN LATERAL (
    SELECT DISTINCT e.student_id
    FROM enrollment e
    WHERE e.school_class_id = s.school_class_id
      AND e.valid_from <= p.ends_on
      AND (e.valid_until IS NULL OR e.valid_until > p.starts_on)
) member
LEFT JOIN LATERAL (
    SELECT round(avg(m.value), 2) AS average,
           round(sum(m.value * m.weight)::numeric / sum(m.weight), 2) AS weighted_average
    FROM mark m
    JOIN lesson l ON l.id = m.lesson_id
    WHERE m.student_id = member.student_id
      AND l.section_id = p.section_id
      AND l.date BETWEEN p.starts_on AND p.ends_on
      AND m.value IS NOT NULL
      AND m.removed_at IS NULL
) mean ON true
"""

JOURNAL_CELL = """
CREATE VIEW journal_cell AS
SELECT d.id, d.student_id, d.lesson_id, d.section_id, t.id AS term_id, d.date, d.shift, d.number
FROM diary_entry d
JOIN course_section s ON s.id = d.section_id
JOIN school_class c ON c.id = s.school_class_id
JOIN term t
  ON t.school_year_id = c.school_year_id
 AND t.grade_level = c.grade_level
 AND d.date BETWEEN t.starts_on AND t.ends_on
"""


class Migration(migrations.Migration):
    """Everything here rests on the tables and constraints before it."""

    dependencies = [("diary", "0002_constraints")]

    operations = [
        ops.RunSQL(
            [
                FULL_NAME,
                ONE_HOMEROOM_AT_A_TIME,
                ONE_GUARDIANSHIP_AT_A_TIME,
                ONE_ASSIGNMENT_AT_A_TIME,
                *PAIRED_KEYS,
                *APPEND_ONLY,
                ROLE_GRANT,
                CURRENT_TERM,
                DIARY_ENTRY,
                SUBJECT_AVERAGE,
                OVERDUE_WORK,
                JOURNAL_PAGE,
                JOURNAL_COLUMN,
                JOURNAL_ROW,
                JOURNAL_CELL,
            ]
        ),
    ]
