"""Substitutes: no two of a section at a time, their lessons as a view, and a role of their own."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

_TODAY = """{0}.valid_from <= CURRENT_DATE
  AND ({0}.valid_until IS NULL OR {0}.valid_until > CURRENT_DATE)"""

# A range without days overlaps nothing, so what was taken back stands in nobody's way.
ONE_AT_A_TIME = """
ALTER TABLE substitution ADD CONSTRAINT substitution_once EXCLUDE USING gist (
    int8range(section_id, section_id, '[]') WITH &&,
    daterange(valid_from, valid_until) WITH &&
)
"""

SUBSTITUTED_LESSON = """
CREATE VIEW substituted_lesson AS
SELECT l.id, l.id AS lesson_id, b.id AS substitution_id, b.teacher_id, c.organization_id,
       b.valid_from, b.valid_until
FROM substitution b
JOIN course_section s ON s.id = b.section_id
JOIN school_class c ON c.id = s.school_class_id
JOIN lesson l ON l.section_id = b.section_id
 AND l.date >= b.valid_from AND l.date < b.valid_until
"""

# The same parts as before, and one more.
HELD_ROLE = f"""
CREATE OR REPLACE VIEW held_role AS
SELECT p.person_id AS id, p.person_id, p.position::varchar AS role, p.organization_id
FROM staff_post p
WHERE {_TODAY.format("p")}
UNION ALL
SELECT c.homeroom_teacher_id, c.homeroom_teacher_id, 'HOMEROOM_TEACHER'::varchar, c.organization_id
FROM school_class c
JOIN school_year y ON y.id = c.school_year_id
JOIN staff_post p ON p.person_id = c.homeroom_teacher_id AND p.organization_id = c.organization_id
WHERE y.ends_on >= CURRENT_DATE AND {_TODAY.format("p")}
UNION ALL
SELECT g.guardian_id, g.guardian_id, 'GUARDIAN'::varchar, (
    SELECT e.organization_id FROM enrollment e
    WHERE e.student_id = g.student_id AND e.kind = 'HOMEROOM'
    ORDER BY e.valid_from DESC, e.id DESC LIMIT 1
)
FROM guardianship g
WHERE {_TODAY.format("g")}
UNION ALL
SELECT s.person_id, s.person_id, 'STUDENT'::varchar, e.organization_id
FROM student s
JOIN enrollment e ON e.student_id = s.id
WHERE {_TODAY.format("e")}
UNION ALL
SELECT b.teacher_id, b.teacher_id, 'SUBSTITUTE'::varchar, c.organization_id
FROM substitution b
JOIN course_section s ON s.id = b.section_id
JOIN school_class c ON c.id = s.school_class_id
JOIN staff_post p ON p.person_id = b.teacher_id AND p.organization_id = c.organization_id
WHERE {_TODAY.format("b")} AND {_TODAY.format("p")}
"""  # noqa: S608 — constants of this module


class Migration(migrations.Migration):
    """A substitution may be taken back before it began; then it is left without a day."""

    dependencies = [("diary", "0012_class_average")]

    operations = [
        ops.RemoveConstraint("Substitution", name="substitution_start"),
        ops.RemoveConstraint("Substitution", name="substitution_in_order"),
        ops.AddConstraint(
            "Substitution",
            CheckConstraint(check="valid_until >= valid_from", name="substitution_in_order"),
        ),
        ops.AddIndex("Substitution", Index(fields=["section_id"], name="substitution_section")),
        ops.RunSQL([ONE_AT_A_TIME, SUBSTITUTED_LESSON, HELD_ROLE]),
    ]
