"""Marks for terms and years that were taken back, lists for whole years, and who is counted when."""

from importlib import import_module

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

_attainment = import_module("migrations.0046_attainment_of_years")
_proposals = import_module("migrations.0044_proposals")
_lists = import_module("migrations.0037_report_lists")
_sets = import_module("migrations.0054_reports_by_sets")

# A year is over with its grade level's last term: whoever finishes school leaves long before the
# last day of August.
_LAST_DAY = """coalesce(t.ends_on, (
    SELECT max(last.ends_on) FROM term last
    WHERE last.school_year_id = {year} AND last.grade_level = {grade}
), {otherwise})"""
RESULT = _attainment.RESULT.replace(
    "coalesce(t.ends_on, y.ends_on)",
    _LAST_DAY.format(year="y.id", grade="c.grade_level", otherwise="y.ends_on"),
).replace("JOIN enrollment h\n  ON", "JOIN enrollment h\n  ON m.removed_at IS NULL AND")
_ON_ROLL = _LAST_DAY.format(
    year="(SELECT school_year_id FROM school_class WHERE id = n.school_class_id)",
    grade="n.grade_level",
    otherwise="n.year_ends_on",
)
ATTAINMENT = _attainment.VIEW.replace(_attainment.RESULT, RESULT).replace(
    "coalesce(t.ends_on, n.year_ends_on)", _ON_ROLL
)

_LOW = "(m.value <= 2 OR m.sign IN ('NOT_ATTESTED', 'FAILED'))"
# Whoever has one 4 and else 5 is good too; whoever fails may be nothing else.
PUPIL_STANDING = f"""
CREATE OR REPLACE VIEW pupil_standing AS
SELECT n.student_id AS id, n.student_id, n.organization_id, n.school_class_id, n.term_id,
       g.standing::varchar AS standing, n.mark_kind, coalesce(n.term_id, 0) AS period_id
FROM (
    SELECT m.student_id, c.organization_id, h.school_class_id, m.kind AS mark_kind, t.id AS term_id,
           count(*) FILTER (WHERE m.value = 5) AS fives,
           count(*) FILTER (WHERE m.value = 4) AS fours,
           count(*) FILTER (WHERE m.value = 3) AS threes,
           count(*) FILTER (WHERE {_LOW}) AS low
    FROM {RESULT}
    GROUP BY m.student_id, c.organization_id, h.school_class_id, m.kind, t.id
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
CREATE OR REPLACE VIEW standing_mark AS
SELECT m.id, m.id AS period_mark_id, m.student_id, t.id AS term_id,
       (CASE WHEN m.value = 4 THEN 'ONE_FOUR' WHEN m.value = 3 THEN 'ONE_THREE'
             ELSE 'FAILING' END)::varchar AS standing,
       h.school_class_id, m.kind AS mark_kind, coalesce(t.id, 0) AS period_id
FROM {RESULT}
WHERE m.value IN (3, 4) OR {_LOW}
"""  # noqa: S608 — constants of this module

# Of two marks for one term, for the year or for an exam, which whoever changed classes may have,
# the one that was given last counts.
_MARKS = """
FROM (
    SELECT DISTINCT ON (m.kind, m.term_id) m.kind, m.value, m.sign
    FROM period_mark m
    JOIN course_section s ON s.id = m.section_id
    JOIN school_class c ON c.id = s.school_class_id
    WHERE m.student_id = member.student_id AND s.subject_id = taught.subject_id
      AND c.school_year_id = member.school_year_id AND m.removed_at IS NULL AND m.kind IN ({kinds})
    ORDER BY m.kind, m.term_id, m.id DESC
) m
"""
# Whoever repeats a grade has its marks of the last time. Schools begin the same year on days of
# their own.
_MARKS_SINCE_TEN = """
FROM (
    SELECT m.kind, m.value, c.school_year_id,
           rank() OVER (
               PARTITION BY c.grade_level ORDER BY extract(year FROM y.starts_on) DESC
           ) AS since,
           row_number() OVER (
               PARTITION BY c.grade_level, m.kind, m.term_id ORDER BY m.id DESC
           ) AS since_given
    FROM period_mark m
    JOIN course_section s ON s.id = m.section_id
    JOIN school_class c ON c.id = s.school_class_id
    JOIN school_year y ON y.id = c.school_year_id
    WHERE m.student_id = member.student_id AND s.subject_id = taught.subject_id
      AND c.grade_level BETWEEN 10 AND member.grade_level
      AND m.removed_at IS NULL AND m.kind IN ('TERM', 'ANNUAL')
) m
WHERE m.since = 1 AND m.since_given = 1
"""
_WORD = """
CASE WHEN count(m.value) > 0 THEN NULL
     WHEN bool_or(m.sign = 'FAILED') THEN 'FAILED'
     WHEN bool_or(m.sign = 'NOT_ATTESTED') THEN 'NOT_ATTESTED'
     WHEN bool_or(m.sign = 'PASSED') THEN 'PASSED'
     WHEN bool_or(m.sign = 'EXEMPT') THEN 'EXEMPT' END::varchar(32)
"""
SUBJECT_RESULT = f"""
CREATE OR REPLACE VIEW subject_result AS
SELECT taught.subject_id AS id, member.student_id, taught.subject_id,
       member.school_class_id, member.school_year_id, member.is_current,
       (SELECT round(avg(m.value))::smallint {_MARKS.format(kinds="'TERM'")})
           AS annual_proposed_value,
       (SELECT {_WORD} {_MARKS.format(kinds="'TERM'")}) AS annual_proposed_sign,
       CASE WHEN member.grade_level < 10 THEN (
           SELECT CASE WHEN count(m.value) FILTER (WHERE m.kind = 'ANNUAL') > 0
                       THEN round(avg(m.value)) END::smallint
           {_MARKS.format(kinds="'ANNUAL', 'EXAM'")}
           WHERE m.kind = 'ANNUAL' OR member.grade_level = 9
       ) ELSE (
           SELECT CASE WHEN count(m.value) FILTER (
                           WHERE m.kind = 'ANNUAL' AND m.school_year_id = member.school_year_id
                       ) > 0
                       THEN round(avg(m.value)) END::smallint
           {_MARKS_SINCE_TEN}
       ) END AS final_proposed_value,
       (SELECT {_WORD} {_MARKS.format(kinds="'ANNUAL'")}) AS final_proposed_sign
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
"""  # noqa: S608 — constants of this module

# Whoever changed groups has a mean in each, and is one pupil.
_BY_ROWS = """SELECT CASE WHEN count(row.average) >= 5 THEN round(avg(row.average), 1) END
           FROM enrollment e"""
_BY_PUPILS = """SELECT CASE WHEN count(*) >= 5 THEN round(avg(classmate.average), 1) END
           FROM (
           SELECT sum(row.average * row.mark_count) / sum(row.mark_count) AS average
           FROM enrollment e"""
_ROWS = "AND row.subject_id = mean.subject_id AND row.term_id = term.id"
SUBJECT_AVERAGE = _proposals.SUBJECT_AVERAGE.replace(_BY_ROWS, _BY_PUPILS).replace(
    _ROWS,
    f"{_ROWS} AND row.mark_count > 0\n           GROUP BY row.student_id\n           ) classmate",
)

# What was written of a pupil who, as it turned out, was the class's no more has no place. Whoever is
# enrolled the whole term is known by that; the lessons of the others are looked at one by one.
_WHOLE = """e.valid_from <= t.starts_on
              AND (e.valid_until IS NULL OR e.valid_until > t.ends_on)"""
ATTENDED = _sets.ATTENDED.replace(
    ") AS places\n",
    f") AS places,\n           array_agg(e.student_id) FILTER (WHERE {_WHOLE}) AS whole\n",
).replace(
    "WHERE a.lesson_id = ANY (held.ids)",
    """WHERE a.lesson_id = ANY (held.ids) AND (a.student_id = ANY (e.whole) OR EXISTS (
        SELECT FROM lesson l
        JOIN enrollment x ON x.school_class_id = c.id AND x.student_id = a.student_id
         AND l.date >= x.valid_from AND (x.valid_until IS NULL OR l.date < x.valid_until)
        WHERE l.id = a.lesson_id
    ))""",
)
ATTENDANCE_FIGURE = _lists.ATTENDANCE_FIGURE.replace("CREATE VIEW", "CREATE OR REPLACE VIEW").replace(
    _lists._ATTENDED, ATTENDED
)


class Migration(migrations.Migration):
    """A column, and views with the same columns or more at their ends."""

    dependencies = [("diary", "0055_work_versions")]

    operations = [
        ops.AddField("PeriodMark", "removed_at", fields.DatetimeField(null=True)),
        ops.RunSQL(
            [
                ATTAINMENT,
                PUPIL_STANDING,
                STANDING_MARK,
                SUBJECT_RESULT,
                SUBJECT_AVERAGE,
                ATTENDANCE_FIGURE,
            ]
        ),
    ]
