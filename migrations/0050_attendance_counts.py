"""Days of classes, and attendance counted by term: views alone."""

from tortoise import migrations
from tortoise.migrations import operations as ops

CLASS_DAY = """
CREATE VIEW class_day AS
SELECT c.id, c.id AS school_class_id, y.starts_on + day.number AS date
FROM school_class c
JOIN school_year y ON y.id = c.school_year_id
CROSS JOIN LATERAL generate_series(0, y.ends_on - y.starts_on) AS day (number)
"""
CLASS_DAY_LESSON = """
CREATE VIEW class_day_lesson AS
SELECT l.id, l.id AS lesson_id, l.school_class_id, l.date
FROM lesson l
UNION ALL
SELECT l.id, l.id, c.parent_id, l.date
FROM school_class c
JOIN lesson l ON l.school_class_id = c.id
WHERE c.parent_id IS NOT NULL
"""
CLASS_DAY_ROW = """
CREATE VIEW class_day_row AS
SELECT DISTINCT e.student_id AS id, e.student_id, e.school_class_id, d.date
FROM class_day d
JOIN enrollment e
  ON e.school_class_id = d.school_class_id
 AND d.date >= e.valid_from
 AND (e.valid_until IS NULL OR d.date < e.valid_until)
"""
CLASS_DAY_CELL = """
CREATE VIEW class_day_cell AS
SELECT l.id, e.student_id, l.id AS lesson_id, d.school_class_id, l.date, l.shift, l.number
FROM class_day_lesson d
JOIN lesson l ON l.id = d.lesson_id
JOIN enrollment e
  ON e.school_class_id = l.school_class_id
 AND l.date >= e.valid_from
 AND (e.valid_until IS NULL OR l.date < e.valid_until)
WHERE l.cancelled_at IS NULL
"""

_MISSED = "('ABSENT', 'ABSENT_EXCUSED', 'ABSENT_SICK', 'ABSENT_UNEXCUSED')"
# What is counted of slots, and what sums of it are told. A lesson that was not cancelled is held on
# its day.
_SLOTS = f"""count(*) AS held,
           count(*) FILTER (WHERE a.code IN {_MISSED}) AS missed,
           count(*) FILTER (WHERE a.code = 'ABSENT_EXCUSED') AS excused,
           count(*) FILTER (WHERE a.code = 'ABSENT_SICK') AS sick,
           count(*) FILTER (WHERE a.code = 'ABSENT_UNEXCUSED') AS unexcused,
           count(*) FILTER (WHERE a.code = 'ABSENT') AS unstated,
           count(*) FILTER (WHERE a.code = 'LATE') AS late,
           count(*) FILTER (WHERE a.code = 'EXEMPT') AS exempt"""
_SUMS = """coalesce(sum(held), 0)::int AS held_lessons,
           coalesce(sum(missed), 0)::int AS missed_lessons,
           coalesce(sum(excused), 0)::int AS missed_excused,
           coalesce(sum(sick), 0)::int AS missed_sick,
           coalesce(sum(unexcused), 0)::int AS missed_unexcused,
           coalesce(sum(unstated), 0)::int AS missed_unstated,
           coalesce(sum(late), 0)::int AS late,
           coalesce(sum(exempt), 0)::int AS exempt,
           round(sum(missed) * 100.0 / nullif(sum(held), 0), 2) AS missed_percent"""
_DAYS = """count(*)::int AS school_days,
           (count(*) FILTER (WHERE missed = held))::int AS missed_days,
           round(count(*) FILTER (WHERE missed = held) * 100.0 / nullif(count(*), 0), 2)
               AS missed_days_percent"""
_IS_CURRENT = "EXISTS (SELECT FROM current_term now WHERE now.id = page.term_id) AS is_current"
# A pupil's terms, and the lessons of one of them: those of other terms and years are not read.
_PUPIL_TERMS = """(
    SELECT DISTINCT e.student_id, t.id AS term_id,
                    t.school_year_id, t.grade_level, t.starts_on, t.ends_on
    FROM enrollment e
    JOIN school_class c ON c.id = e.school_class_id
    JOIN term t ON t.school_year_id = c.school_year_id AND t.grade_level = c.grade_level
) page"""
_PUPIL_LESSONS = """enrollment e
        JOIN school_class c
          ON c.id = e.school_class_id
         AND c.school_year_id = page.school_year_id
         AND c.grade_level = page.grade_level
        JOIN lesson l
          ON l.school_class_id = c.id
         AND l.date BETWEEN page.starts_on AND least(page.ends_on, CURRENT_DATE)
         AND l.date >= e.valid_from
         AND (e.valid_until IS NULL OR l.date < e.valid_until)
         AND l.cancelled_at IS NULL
        LEFT JOIN attendance a ON a.lesson_id = l.id AND a.student_id = page.student_id"""

ATTENDANCE_SUMMARY = f"""
CREATE VIEW attendance_summary AS
SELECT page.student_id AS id, page.student_id, page.term_id, {_IS_CURRENT}, counted.*
FROM {_PUPIL_TERMS}
CROSS JOIN LATERAL (
    SELECT {_SUMS},
           {_DAYS}
    FROM (
        SELECT {_SLOTS}
        FROM {_PUPIL_LESSONS}
        WHERE e.student_id = page.student_id
        GROUP BY l.date
    ) day
) counted
"""  # noqa: S608 — constants of this module
SUBJECT_ATTENDANCE = f"""
CREATE VIEW subject_attendance AS
SELECT counted.subject_id AS id, page.student_id, page.term_id, {_IS_CURRENT}, counted.*
FROM {_PUPIL_TERMS}
CROSS JOIN LATERAL (
    SELECT subject_id, {_SUMS}
    FROM (
        SELECT s.subject_id, {_SLOTS}
        FROM {_PUPIL_LESSONS}
        JOIN course_section s ON s.id = l.section_id
        WHERE e.student_id = page.student_id
        GROUP BY s.subject_id
    ) subject
    GROUP BY subject_id
) counted
"""  # noqa: S608 — constants of this module
CLASS_ATTENDANCE = f"""
CREATE VIEW class_attendance AS
SELECT page.school_class_id AS id, page.school_class_id, page.term_id, {_IS_CURRENT}, counted.*
FROM (
    SELECT c.id AS school_class_id, t.id AS term_id, t.starts_on, t.ends_on
    FROM school_class c
    JOIN term t ON t.school_year_id = c.school_year_id AND t.grade_level = c.grade_level
) page
CROSS JOIN LATERAL (
    SELECT {_SUMS},
           {_DAYS},
           count(DISTINCT student_id)::int AS pupils
    FROM (
        SELECT d.student_id, {_SLOTS}
        FROM class_day_cell d
        LEFT JOIN attendance a ON a.lesson_id = d.lesson_id AND a.student_id = d.student_id
        WHERE d.school_class_id = page.school_class_id
          AND d.date BETWEEN page.starts_on AND least(page.ends_on, CURRENT_DATE)
        GROUP BY d.student_id, d.date
    ) day
) counted
"""  # noqa: S608 — constants of this module


class Migration(migrations.Migration):
    """No table changes."""

    dependencies = [("diary", "0049_diary_news")]

    operations = [
        ops.RunSQL(
            [
                CLASS_DAY,
                CLASS_DAY_LESSON,
                CLASS_DAY_ROW,
                CLASS_DAY_CELL,
                ATTENDANCE_SUMMARY,
                SUBJECT_ATTENDANCE,
                CLASS_ATTENDANCE,
            ]
        )
    ]
