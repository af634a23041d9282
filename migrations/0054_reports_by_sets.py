"""Figures of attendance and of journals read what belongs to many lessons at once."""

from importlib import import_module

from tortoise import migrations
from tortoise.migrations import operations as ops

_former = import_module("migrations.0037_report_lists")

# A lesson's first mark is found in the index alone: the rows of a year's lessons lie all over the
# table.
MARK_INDEX = """
CREATE INDEX mark_lesson_student ON mark (lesson_id, student_id)
INCLUDE (date, recorded_at, removed_at)
"""

# As before, but that what is on file of a term's lessons is asked for by the set of their ids. One
# lookup for each lesson took most of the time.
ATTENDED = f"""
SELECT c.organization_id, coalesce(c.parent_id, c.id) AS school_class_id, t.grade_level,
       t.id AS term_id, t.kind AS period_kind, t.number AS period_number,
       y.starts_on AS year_starts_on, y.ends_on AS year_ends_on,
       coalesce(e.places, 0) AS places, {", ".join(f"a.{each}" for each in _former._CODES)}
FROM course_section s
JOIN school_class c ON c.id = s.school_class_id
JOIN school_year y ON y.id = c.school_year_id
JOIN term t ON t.school_year_id = y.id AND t.grade_level = c.grade_level
CROSS JOIN LATERAL (
    SELECT count(*) AS lessons, array_agg(l.id) AS ids FROM lesson l
    WHERE l.section_id = s.id AND l.cancelled_at IS NULL
      AND l.date BETWEEN t.starts_on AND least(t.ends_on, CURRENT_DATE)
) held
CROSS JOIN LATERAL (
    SELECT sum(
        CASE WHEN e.valid_from <= t.starts_on
              AND (e.valid_until IS NULL OR e.valid_until > t.ends_on) THEN held.lessons
        ELSE (
            SELECT count(*) FROM lesson l
            WHERE l.section_id = s.id AND l.cancelled_at IS NULL
              AND l.date BETWEEN greatest(t.starts_on, e.valid_from)
                             AND least(t.ends_on, CURRENT_DATE, e.valid_until - 1)
        ) END
    ) AS places
    FROM enrollment e
    WHERE e.school_class_id = c.id
      AND e.valid_from <= t.ends_on AND (e.valid_until IS NULL OR e.valid_until > t.starts_on)
) e
CROSS JOIN LATERAL (
    SELECT {", ".join(
        f"count(*) FILTER (WHERE a.code = '{code}') AS {each}"
        for each, code in _former._CODES.items()
    )}
    FROM attendance a WHERE a.lesson_id = ANY (held.ids)
) a
WHERE held.lessons > 0
"""  # noqa: S608 — constants of migrations
# Of one lesson's marks the first: its moment, and the lesson's own day.
FIRST_MARKS = """
SELECT m.lesson_id, m.date, min(m.recorded_at) AS first FROM mark m
WHERE m.lesson_id = ANY ({ids}) AND m.removed_at IS NULL
GROUP BY m.lesson_id, m.date
"""
# As before; lessons are counted section by section, term by term and teacher by teacher.
JOURNAL_KEEPING = f"""
CREATE OR REPLACE VIEW journal_keeping AS
SELECT l.teacher_id AS id, l.teacher_id, c.organization_id, t.kind AS period_kind,
       t.number AS period_number, y.starts_on AS year_starts_on, y.ends_on AS year_ends_on, d.days,
       sum(l.lessons)::int AS lessons,
       sum(l.lessons - l.topics)::int AS without_topic,
       sum(CASE WHEN c.grade_level > 1 THEN l.lessons - m.in_time ELSE 0 END)::int AS without_marks,
       sum(CASE WHEN l.lessons > m.marked THEN (
           SELECT count(*) FROM unnest(l.ids) AS lesson (id)
           WHERE lesson.id <> ALL (m.ids)
             AND NOT EXISTS (SELECT FROM attendance a WHERE a.lesson_id = lesson.id)
       ) ELSE 0 END)::int AS without_entries
FROM school_class c
JOIN school_year y ON y.id = c.school_year_id
JOIN term t ON t.school_year_id = y.id AND t.grade_level = c.grade_level
JOIN course_section s ON s.school_class_id = c.id
CROSS JOIN generate_series(0, {_former.MOST_DAYS}) d (days)
CROSS JOIN LATERAL (
    SELECT l.teacher_id, count(*) AS lessons, count(l.topic) AS topics, array_agg(l.id) AS ids
    FROM lesson l
    WHERE l.section_id = s.id AND l.cancelled_at IS NULL
      AND l.date BETWEEN t.starts_on AND t.ends_on AND l.date + d.days < CURRENT_DATE
    GROUP BY l.teacher_id
) l
CROSS JOIN LATERAL (
    SELECT count(*) AS marked, coalesce(array_agg(m.lesson_id), '{{}}') AS ids,
           count(*) FILTER (WHERE m.first::date <= m.date + d.days) AS in_time
    FROM ({FIRST_MARKS.format(ids="l.ids")}) m
) m
GROUP BY l.teacher_id, c.organization_id, t.kind, t.number, y.starts_on, y.ends_on, d.days
"""  # noqa: S608 — constants of migrations


class Migration(migrations.Migration):
    """Views with the same rows, and an index that holds more."""

    dependencies = [("diary", "0053_journal_history")]

    operations = [
        ops.RemoveIndex("Mark", name="mark_lesson_student"),
        ops.RunSQL(
            [
                MARK_INDEX,
                _former.ATTENDANCE_FIGURE.replace("CREATE VIEW", "CREATE OR REPLACE VIEW").replace(
                    _former._ATTENDED, ATTENDED
                ),
                JOURNAL_KEEPING,
            ]
        ),
    ]
