"""Groups of pupils by their period marks, attendance in numbers, and how journals are kept."""

from importlib import import_module

from tortoise import migrations
from tortoise.migrations import operations as ops

_RESULT = import_module("migrations.0035_attainment").RESULT

_LOW = "(m.value <= 2 OR m.sign IN ('NOT_ATTESTED', 'FAILED'))"
# Whoever has one 4 and else 5 is good too; whoever fails may be nothing else.
PUPIL_STANDING = f"""
CREATE VIEW pupil_standing AS
SELECT n.student_id AS id, n.student_id, n.organization_id, n.school_class_id, n.term_id,
       g.standing::varchar AS standing
FROM (
    SELECT m.student_id, c.organization_id, h.school_class_id, t.id AS term_id,
           count(*) FILTER (WHERE m.value = 5) AS fives,
           count(*) FILTER (WHERE m.value = 4) AS fours,
           count(*) FILTER (WHERE m.value = 3) AS threes,
           count(*) FILTER (WHERE {_LOW}) AS low
    FROM {_RESULT}
    GROUP BY m.student_id, c.organization_id, h.school_class_id, t.id
) n
CROSS JOIN LATERAL (
    VALUES ('EXCELLENT', n.low + n.threes + n.fours = 0 AND n.fives > 0),
           ('GOOD', n.low + n.threes = 0 AND n.fours > 0),
           ('ONE_FOUR', n.low + n.threes = 0 AND n.fours = 1),
           ('ONE_THREE', n.low = 0 AND n.threes = 1),
           ('FAILING', n.low > 0)
) g (standing, holds)
WHERE g.holds
"""  # noqa: S608 — constants of this module
STANDING_MARK = f"""
CREATE VIEW standing_mark AS
SELECT m.id, m.id AS period_mark_id, m.student_id, t.id AS term_id,
       (CASE WHEN m.value = 4 THEN 'ONE_FOUR' WHEN m.value = 3 THEN 'ONE_THREE'
             ELSE 'FAILING' END)::varchar AS standing
FROM {_RESULT}
WHERE m.value IN (3, 4) OR {_LOW}
"""  # noqa: S608 — constants of this module

_CODES = {
    "absent": "ABSENT",
    "absent_excused": "ABSENT_EXCUSED",
    "absent_sick": "ABSENT_SICK",
    "absent_unexcused": "ABSENT_UNEXCUSED",
    "late": "LATE",
    "exempt": "EXEMPT",
}
_MISSED = ("absent", "absent_excused", "absent_sick", "absent_unexcused")
_PLACES = ("places", *_CODES)
# Lessons until today, section by section and term by term. Who is enrolled the whole term has a
# place at each; the lessons of the others are counted one by one.
_ATTENDED = f"""
SELECT c.organization_id, coalesce(c.parent_id, c.id) AS school_class_id, t.grade_level,
       t.id AS term_id, t.kind AS period_kind, t.number AS period_number,
       y.starts_on AS year_starts_on, y.ends_on AS year_ends_on,
       coalesce(e.places, 0) AS places, {", ".join(f"a.{each}" for each in _CODES)}
FROM course_section s
JOIN school_class c ON c.id = s.school_class_id
JOIN school_year y ON y.id = c.school_year_id
JOIN term t ON t.school_year_id = y.id AND t.grade_level = c.grade_level
CROSS JOIN LATERAL (
    SELECT count(*) AS lessons FROM lesson l
    WHERE l.section_id = s.id AND l.date BETWEEN t.starts_on AND least(t.ends_on, CURRENT_DATE)
) held
CROSS JOIN LATERAL (
    SELECT sum(
        CASE WHEN e.valid_from <= t.starts_on
              AND (e.valid_until IS NULL OR e.valid_until > t.ends_on) THEN held.lessons
        ELSE (
            SELECT count(*) FROM lesson l
            WHERE l.section_id = s.id
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
        f"count(*) FILTER (WHERE a.code = '{code}') AS {each}" for each, code in _CODES.items()
    )}
    FROM lesson l
    JOIN attendance a ON a.lesson_id = l.id
    WHERE l.section_id = s.id AND l.date BETWEEN t.starts_on AND least(t.ends_on, CURRENT_DATE)
) a
WHERE held.lessons > 0
"""  # noqa: S608 — constants of this module
_PERIOD = (
    *("organization_id", "period_kind", "period_number"),
    *("year_starts_on", "year_ends_on"),
)
_IN_PERIOD = ", ".join(_PERIOD)
_MISSED_PERCENT = f"""
round(100 * ({" + ".join(f"n.{each}" for each in _MISSED)})::numeric / nullif(n.places, 0), 2)
"""
_SUMS = ", ".join(f"sum({each})::bigint AS {each}" for each in _PLACES)
_TOLD = ", ".join(f"n.{each}::int AS {each}" for each in _PLACES)
# A school is the sum of its grade levels, whose lessons are read once.
ATTENDANCE_FIGURE = f"""
CREATE VIEW attendance_figure AS
SELECT n.school_class_id AS id, 'CLASS'::varchar AS level, {_IN_PERIOD},
       n.school_class_id, n.grade_level, n.term_id, {_TOLD}, {_MISSED_PERCENT} AS missed_percent
FROM (
    SELECT {_IN_PERIOD}, school_class_id, grade_level, term_id, {_SUMS}
    FROM ({_ATTENDED}) attended GROUP BY {_IN_PERIOD}, school_class_id, grade_level, term_id
) n
UNION ALL
SELECT n.organization_id AS id, 'SCHOOL'::varchar AS level, {_IN_PERIOD},
       NULL::bigint AS school_class_id, n.grade_level, n.term_id, {_TOLD},
       {_MISSED_PERCENT} AS missed_percent
FROM (
    SELECT {_IN_PERIOD}, x.grade_level, x.term_id, {_SUMS}
    FROM (
        SELECT {_IN_PERIOD}, grade_level, term_id, {_SUMS}
        FROM ({_ATTENDED}) attended GROUP BY {_IN_PERIOD}, grade_level, term_id
    ) g
    CROSS JOIN LATERAL (VALUES (g.grade_level, g.term_id), (NULL, NULL)) x (grade_level, term_id)
    GROUP BY {_IN_PERIOD}, x.grade_level, x.term_id
) n
"""  # noqa: S608 — constants of this module

# A client asks for one number of days: the others are not joined.
MOST_DAYS = 30
JOURNAL_KEEPING = f"""
CREATE VIEW journal_keeping AS
SELECT l.teacher_id AS id, l.teacher_id, c.organization_id, t.kind AS period_kind,
       t.number AS period_number, y.starts_on AS year_starts_on, y.ends_on AS year_ends_on, d.days,
       count(*)::int AS lessons,
       (count(*) FILTER (WHERE l.topic IS NULL))::int AS without_topic,
       (count(*) FILTER (
           WHERE c.grade_level > 1 AND (m.first IS NULL OR m.first::date > l.date + d.days)
       ))::int AS without_marks,
       (count(*) FILTER (
           WHERE m.first IS NULL AND NOT EXISTS (
               SELECT FROM attendance a WHERE a.lesson_id = l.id
           )
       ))::int AS without_entries
FROM school_class c
JOIN school_year y ON y.id = c.school_year_id
JOIN term t ON t.school_year_id = y.id AND t.grade_level = c.grade_level
JOIN course_section s ON s.school_class_id = c.id
JOIN lesson l ON l.section_id = s.id AND l.date BETWEEN t.starts_on AND t.ends_on
JOIN generate_series(0, {MOST_DAYS}) d (days) ON l.date + d.days < CURRENT_DATE
CROSS JOIN LATERAL (
    SELECT min(m.recorded_at) AS first FROM mark m
    WHERE m.lesson_id = l.id AND m.removed_at IS NULL
) m
GROUP BY l.teacher_id, c.organization_id, t.kind, t.number, y.starts_on, y.ends_on, d.days
"""  # noqa: S608 — a number of ours


class Migration(migrations.Migration):
    """Views alone; no row changes."""

    dependencies = [("diary", "0036_period_figures")]

    operations = [
        ops.RunSQL([PUPIL_STANDING, STANDING_MARK, ATTENDANCE_FIGURE, JOURNAL_KEEPING]),
    ]
