"""Figures of period marks: the formulas, and the view in which they are told."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

# The formulas of reports, as the domain's document has them; `twos` are of the level of 2, the
# ones among them. Numerics are rounded half up.
_COUNTED = "nullif(fives + fours + threes + twos + not_attested, 0)"
_FUNCTION = """
CREATE FUNCTION {name}({given}) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT round({formula}, 2) $$
"""
_NUMBERS = ("fives", "fours", "threes", "twos", "not_attested")
_GIVEN = ", ".join(f"{name} bigint" for name in _NUMBERS)
FORMULAS = (
    _FUNCTION.format(
        name="success_rate",
        given=_GIVEN,
        formula=f"100 * (fives + fours + threes)::numeric / {_COUNTED}",
    ),
    _FUNCTION.format(
        name="quality_rate", given=_GIVEN, formula=f"100 * (fives + fours)::numeric / {_COUNTED}"
    ),
    _FUNCTION.format(
        name="learning_degree",
        given=f"{_GIVEN}, ones bigint, weighs_ones boolean",
        formula="(100 * fives + 64 * fours + 36 * threes + 16 * twos"
        " + CASE WHEN weighs_ones THEN (7 - 16) * ones ELSE 7 * not_attested END)::numeric"
        f" / {_COUNTED}",
    ),
    _FUNCTION.format(
        name="average_mark",
        given=_GIVEN,
        formula="(5 * fives + 4 * fours + 3 * threes + 2 * twos)::numeric"
        " / nullif(fives + fours + threes + twos, 0)",
    ),
)

# The period marks of those who are enrolled on the period's last day: `h` is the pupil's class on
# that day; a group's mark counts for whoever is in the group too. As one CASE the condition does
# not let PostgreSQL expect a hundredth of the rows, and join the year to them last of all.
RESULT = """
period_mark m
JOIN course_section s ON s.id = m.section_id
JOIN school_class c ON c.id = s.school_class_id
JOIN school_year y ON y.id = c.school_year_id
JOIN term t ON t.id = m.term_id
JOIN enrollment h
  ON h.student_id = m.student_id AND h.organization_id = c.organization_id AND h.kind = 'HOMEROOM'
 AND CASE
     WHEN h.valid_from > t.ends_on OR h.valid_until <= t.ends_on THEN false
     WHEN h.school_class_id = c.id THEN true
     WHEN c.kind <> 'GROUP' OR c.parent_id <> h.school_class_id THEN false
     ELSE EXISTS (
         SELECT FROM enrollment g
         WHERE g.student_id = m.student_id AND g.school_class_id = c.id
           AND g.valid_from <= t.ends_on AND (g.valid_until IS NULL OR g.valid_until > t.ends_on)
     )
 END
"""
_TEACHING = """
JOIN teaching_assignment a
  ON a.section_id = s.id
 AND a.valid_from <= t.ends_on AND (a.valid_until IS NULL OR a.valid_until > t.ends_on)
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
    "period_kind": "t.kind",
    "period_number": "t.number",
    "year_starts_on": "y.starts_on",
    "year_ends_on": "y.ends_on",
}
_GRADE = {"grade_level": "t.grade_level", "term_id": "t.id"}
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


def _level(
    name: str, key: str, known: dict[str, str], by: str = "", joined: str = "", of: str = _IN_ALL
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
       learning_degree({given}, n.ones, p.learning_degree_weighs_ones) AS learning_degree,
       average_mark({given}) AS average_mark
FROM (
    SELECT {alike}, x.subject_id, {sums}
    FROM (
        SELECT {taken}, s.subject_id, {counts}
        FROM {RESULT}{joined}
        GROUP BY c.organization_id, t.id, y.id, s.subject_id{by}
    ) i
    CROSS JOIN LATERAL {of} x (subject_id)
    GROUP BY {alike}, x.subject_id
) n
JOIN settled_grading p ON p.id = n.organization_id
"""  # noqa: S608 — constants of this module


VIEW = "CREATE VIEW attainment AS" + "UNION ALL".join(
    (
        _level("SECTION", "section_id", _SECTION, ", s.id, c.id", of=_IN_EACH),
        _level("CLASS", "school_class_id", _CLASS, ", h.school_class_id"),
        _level("GRADE_LEVEL", "organization_id", _GRADE),
        _level("TEACHER", "teacher_id", _TEACHER, ", a.teacher_id", _TEACHING),
        _level("SCHOOL", "organization_id", {}),
    )
)


class Migration(migrations.Migration):
    """Functions and a view; no row changes."""

    dependencies = [("diary", "0034_absence_note")]

    operations = [
        ops.AddIndex("PeriodMark", Index(fields=["section_id"], name="period_mark_section")),
        ops.RunSQL([*FORMULAS, VIEW]),
    ]
