"""Figures of closed months and periods: counted once, never changed, told without names.

Decision 0026 says why what is told of them tells nothing of fewer than five pupils.
"""

from typing import Any

from tortoise import fields

from models.curriculum import Subject, TermKind
from models.directory import Organization
from models.fields import Record, check, choice, one_of, reference, unique

DAYS_TO_CLOSE = 7
"""For so many days after a month or a period its journals are filled in; then it is counted."""


class MonthlyFigure(Record):
    """What was counted of one grade level of one school in one month; never changed or deleted.

    `pupils` are those enrolled on the month's last day. Of numeric marks at its lessons there are
    the count, the sum, how many were 4 or 5, and to how many pupils they were given
    (`marked_pupils`). `places` are lessons times the pupils enrolled on their days
    (`attending_pupils` of them), and `missed` those places at which a pupil was absent.
    """

    organization: fields.ForeignKeyRelation[Organization] = reference("Organization", "figures")
    organization_id: int
    grade_level = fields.SmallIntField()
    month = fields.DateField()
    """The first day of the month."""
    pupils = fields.IntField()
    marked_pupils = fields.IntField()
    marks = fields.IntField()
    marks_total = fields.IntField()
    good_marks = fields.IntField()
    attending_pupils = fields.IntField()
    places = fields.IntField()
    missed = fields.IntField()

    class Meta:
        table = "monthly_figure"
        constraints = (
            unique("monthly_figure_cell", "organization_id", "month", "grade_level"),
            check("monthly_figure_month", "extract(day FROM month) = 1"),
        )


class PeriodFigure(Record):
    """What the marks of one subject in one grade level of one school came to in one period.

    Counted once, after the period was closed, and never changed or deleted; N is the sum.
    """

    organization: fields.ForeignKeyRelation[Organization] = reference(
        "Organization", "period_figures"
    )
    organization_id: int
    subject: fields.ForeignKeyRelation[Subject] = reference("Subject", "period_figures")
    subject_id: int
    grade_level = fields.SmallIntField()
    school_year = fields.SmallIntField()
    """The year in which it began."""
    period_kind: TermKind = choice(TermKind)
    period_number = fields.SmallIntField()
    fives = fields.IntField()
    fours = fields.IntField()
    threes = fields.IntField()
    twos = fields.IntField()
    not_attested = fields.IntField()

    class Meta:
        table = "period_figure"
        constraints = (
            one_of("period_figure", "period_kind", TermKind),
            unique(
                "period_figure_cell",
                *("organization_id", "school_year", "period_kind", "period_number"),
                *("grade_level", "subject_id"),
            ),
        )


# A month of a school is counted as a whole and once: what is there already is left as it is.
COUNT = f"""
WITH month AS (
    SELECT first::date AS first, (first + interval '1 month')::date AS next
    FROM generate_series(
        date_trunc('month', (SELECT min(date) FROM lesson)::timestamp),
        date_trunc('month', (CURRENT_DATE - {DAYS_TO_CLOSE})::timestamp) - interval '1 month',
        interval '1 month'
    ) AS first
), wanted AS (
    SELECT o.id AS organization_id, m.first, m.next
    FROM organization o CROSS JOIN month m
    WHERE NOT EXISTS (
        SELECT FROM monthly_figure f WHERE f.organization_id = o.id AND f.month = m.first
    )
), enrolled AS (
    SELECT w.organization_id, w.first, c.grade_level, count(DISTINCT e.student_id) AS pupils
    FROM wanted w
    JOIN enrollment e ON e.organization_id = w.organization_id AND e.kind = 'HOMEROOM'
     AND e.valid_from < w.next AND (e.valid_until IS NULL OR e.valid_until >= w.next)
    JOIN school_class c ON c.id = e.school_class_id
    GROUP BY w.organization_id, w.first, c.grade_level
), held AS (
    SELECT c.organization_id, w.first, c.grade_level, l.id, l.school_class_id, l.date
    FROM wanted w
    JOIN school_class c ON c.organization_id = w.organization_id
    JOIN lesson l ON l.school_class_id = c.id AND l.date >= w.first AND l.date < w.next
     AND l.cancelled_at IS NULL
), marked AS (
    SELECT h.organization_id, h.first, h.grade_level, count(DISTINCT m.student_id) AS pupils,
           count(*) AS marks, sum(m.value) AS total, count(*) FILTER (WHERE m.value >= 4) AS good
    FROM held h
    JOIN mark m ON m.lesson_id = h.id AND m.value IS NOT NULL AND m.removed_at IS NULL
    GROUP BY h.organization_id, h.first, h.grade_level
), attended AS (
    SELECT h.organization_id, h.first, h.grade_level, count(DISTINCT e.student_id) AS pupils,
           count(*) AS places, count(a.id) AS missed
    FROM held h
    JOIN enrollment e ON e.school_class_id = h.school_class_id
     AND h.date >= e.valid_from AND (e.valid_until IS NULL OR h.date < e.valid_until)
    LEFT JOIN attendance a ON a.lesson_id = h.id AND a.student_id = e.student_id
     AND a.code IN ('ABSENT', 'ABSENT_EXCUSED', 'ABSENT_SICK', 'ABSENT_UNEXCUSED')
    GROUP BY h.organization_id, h.first, h.grade_level
)
INSERT INTO monthly_figure (
    organization_id, month, grade_level, pupils,
    marked_pupils, marks, marks_total, good_marks, attending_pupils, places, missed
)
SELECT organization_id, first, grade_level, e.pupils,
       coalesce(m.pupils, 0), coalesce(m.marks, 0), coalesce(m.total, 0), coalesce(m.good, 0),
       coalesce(a.pupils, 0), coalesce(a.places, 0), coalesce(a.missed, 0)
FROM enrolled e
LEFT JOIN marked m USING (organization_id, first, grade_level)
LEFT JOIN attended a USING (organization_id, first, grade_level)
ORDER BY organization_id, first, grade_level
"""  # noqa: S608 — a number of ours


# So is a period of a grade level; where nobody has a mark yet, it waits for the first one.
COUNT_PERIODS = f"""
INSERT INTO period_figure (
    organization_id, subject_id, grade_level, school_year, period_kind, period_number,
    fives, fours, threes, twos, not_attested
)
SELECT a.organization_id, a.subject_id, a.grade_level, extract(year FROM a.year_starts_on),
       a.period_kind, a.period_number, a.fives, a.fours, a.threes, a.twos, a.not_attested
FROM attainment a
JOIN term t ON t.id = a.term_id
WHERE a.level = 'GRADE_LEVEL' AND a.subject_id IS NOT NULL
  AND t.ends_on < CURRENT_DATE - {DAYS_TO_CLOSE}
  AND NOT EXISTS (
      SELECT FROM period_figure f
      WHERE f.organization_id = a.organization_id AND f.grade_level = a.grade_level
        AND f.school_year = extract(year FROM a.year_starts_on)
        AND f.period_kind = a.period_kind AND f.period_number = a.period_number
  )
ORDER BY a.organization_id, t.id, a.subject_id
ON CONFLICT DO NOTHING
"""  # noqa: S608 — a number of ours


async def count_closed(connection: Any) -> int:
    """Count the months and periods that are closed and not counted yet; returns how many cells.

    `connection` is asyncpg's, of the tables' owner, in the region's time zone. Of several that
    count at once, one waits for the other and finds nothing left.
    """
    cells = 0
    async with connection.transaction():
        await connection.execute(
            "LOCK TABLE monthly_figure, period_figure IN SHARE ROW EXCLUSIVE MODE"
        )
        for statement in (COUNT, COUNT_PERIODS):
            done: str = await connection.execute(statement)
            cells += int(done.rpartition(" ")[2])
    return cells
