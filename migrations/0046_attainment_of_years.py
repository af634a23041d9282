"""Figures of marks for years, exams and courses beside those of terms."""

from tortoise import migrations
from tortoise.migrations import operations as ops

_NUMBERS = ("fives", "fours", "threes", "twos", "not_attested")

# The period marks of those who are enrolled on the period's last day, which is the year's where
# they are for no term: `h` is the pupil's class on
# that day; a group's mark counts for whoever is in the group too. As one CASE the condition does
# not let PostgreSQL expect a hundredth of the rows, and join the year to them last of all.
RESULT = """
period_mark m
JOIN course_section s ON s.id = m.section_id
JOIN school_class c ON c.id = s.school_class_id
JOIN school_year y ON y.id = c.school_year_id
LEFT JOIN term t ON t.id = m.term_id
CROSS JOIN LATERAL (SELECT coalesce(t.ends_on, y.ends_on) AS ends_on) p
JOIN enrollment h
  ON h.student_id = m.student_id AND h.organization_id = c.organization_id AND h.kind = 'HOMEROOM'
 AND CASE
     WHEN h.valid_from > p.ends_on OR h.valid_until <= p.ends_on THEN false
     WHEN h.school_class_id = c.id THEN true
     WHEN c.kind <> 'GROUP' OR c.parent_id <> h.school_class_id THEN false
     ELSE EXISTS (
         SELECT FROM enrollment g
         WHERE g.student_id = m.student_id AND g.school_class_id = c.id
           AND g.valid_from <= p.ends_on AND (g.valid_until IS NULL OR g.valid_until > p.ends_on)
     )
 END
"""
_TEACHING = """
JOIN teaching_assignment a
  ON a.section_id = s.id
 AND a.valid_from <= p.ends_on AND (a.valid_until IS NULL OR a.valid_until > p.ends_on)
"""
_COUNTS = {
    "fives": "m.value = 5",
    "fours": "m.value = 4",
    "threes": "m.value = 3",
    "twos": "m.value <= 2",
    "ones": "m.value = 1",
    "not_attested": "m.sign = 'NOT_ATTESTED'",
    "exempt": "m.sign = 'EXEMPT'",
}
_PERIOD = {
    "organization_id": "c.organization_id",
    "mark_kind": "m.kind",
    "period_kind": "t.kind",
    "period_number": "t.number",
    "year_starts_on": "y.starts_on",
    "year_ends_on": "y.ends_on",
}
_GRADE = {"grade_level": "c.grade_level", "term_id": "t.id"}
_CLASS = {"school_class_id": "h.school_class_id", **_GRADE}
_SECTION = {"section_id": "s.id", "school_class_id": "coalesce(c.parent_id, c.id)", **_GRADE}
_TEACHER = {"teacher_id": "a.teacher_id"}
# What a level knows nothing of is null.
_NOTHING = {
    "section_id": "NULL::bigint",
    "school_class_id": "NULL::bigint",
    "teacher_id": "NULL::bigint",
    "grade_level": "NULL::smallint",
    "term_id": "NULL::bigint",
}
_IN_ALL = "(VALUES (i.subject_id), (NULL))"
_IN_EACH = "(VALUES (i.subject_id))"


# How many are on the roll on the period's last day, whether they have a mark or not.
_ON_ROLL = """(
    SELECT count(DISTINCT e.student_id)::int
    FROM enrollment e
    LEFT JOIN term t ON t.id = n.term_id
    WHERE e.school_class_id = {of}
      AND e.valid_from <= coalesce(t.ends_on, n.year_ends_on)
      AND (e.valid_until IS NULL OR e.valid_until > coalesce(t.ends_on, n.year_ends_on))
)"""
_IN_CLASS = _ON_ROLL.format(of="n.school_class_id")
_IN_SECTION = _ON_ROLL.format(
    of="(SELECT s.school_class_id FROM course_section s WHERE s.id = n.section_id)"
)


def _level(
    name: str,
    key: str,
    known: dict[str, str],
    by: str = "",
    joined: str = "",
    of: str = _IN_ALL,
    enrolled: str = "NULL::int",
) -> str:
    """The figures of one level, by subject and, but for sections, of all subjects.

    Period marks are read once and counted `by` numbers alone, which are quickly sorted: what is
    told of more than one term or subject are sums of these counts.
    """
    keys = {**_PERIOD, **known}
    taken = ", ".join(f"{sql} AS {column}" for column, sql in keys.items())
    counts = ", ".join(f"count(*) FILTER (WHERE {sql}) AS {each}" for each, sql in _COUNTS.items())
    columns = ", ".join(
        f"n.{each}" if each in keys else f"{_NOTHING[each]} AS {each}"
        for each in (*_PERIOD, *_NOTHING)
        if each != "mark_kind"
    )
    sums = ", ".join(f"sum(i.{each})::bigint AS {each}" for each in _COUNTS)
    alike = ", ".join(f"i.{each}" for each in keys)
    given = ", ".join(f"n.{each}" for each in _NUMBERS)
    return f"""
SELECT n.{key} AS id, '{name}'::varchar AS level, {columns}, n.subject_id,
       (n.fives + n.fours + n.threes + n.twos + n.not_attested)::int AS counted,
       {", ".join(f"n.{each}::int AS {each}" for each in _COUNTS)},
       success_rate({given}) AS success_rate,
       quality_rate({given}) AS quality_rate,
       learning_degree({given}, n.ones, g.learning_degree_weighs_ones) AS learning_degree,
       average_mark({given}) AS average_mark, n.mark_kind,
       {enrolled} AS enrolled
FROM (
    SELECT {alike}, x.subject_id, {sums}
    FROM (
        SELECT {taken}, s.subject_id, {counts}
        FROM {RESULT}{joined}
        GROUP BY c.organization_id, m.kind, t.id, y.id, c.grade_level, s.subject_id{by}
    ) i
    CROSS JOIN LATERAL {of} x (subject_id)
    GROUP BY {alike}, x.subject_id
) n
JOIN settled_grading g ON g.id = n.organization_id
"""  # noqa: S608 — constants of this module


VIEW = "CREATE OR REPLACE VIEW attainment AS" + "UNION ALL".join(
    (
        _level(
            "SECTION",
            "section_id",
            _SECTION,
            ", s.id, c.id",
            of=_IN_EACH,
            enrolled=_IN_SECTION,
        ),
        _level("CLASS", "school_class_id", _CLASS, ", h.school_class_id", enrolled=_IN_CLASS),
        _level("GRADE_LEVEL", "organization_id", _GRADE),
        _level("TEACHER", "teacher_id", _TEACHER, ", a.teacher_id", _TEACHING),
        _level("SCHOOL", "organization_id", {}),
    )
)


class Migration(migrations.Migration):
    """The same columns and the same rows of terms, and one column more at its end."""

    dependencies = [("diary", "0045_academic_debts")]

    operations = [ops.RunSQL([VIEW])]
