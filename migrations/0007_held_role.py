"""Roles as they follow from rows, for asking which ones somebody has without asking where."""

from tortoise import migrations
from tortoise.migrations import operations as ops

_TODAY = """{0}.valid_from <= CURRENT_DATE
  AND ({0}.valid_until IS NULL OR {0}.valid_until > CURRENT_DATE)"""

# Parts of one type that nothing is done to but appending: PostgreSQL then finds a person's rows by
# each part's own index, and leaves out the organization where it is not asked for.
HELD_ROLE = f"""
CREATE VIEW held_role AS
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
"""  # noqa: S608 — constants of this module

ROLE_GRANT = """
CREATE OR REPLACE VIEW role_grant AS
SELECT DISTINCT id, person_id, role, organization_id FROM held_role
"""


class Migration(migrations.Migration):
    """The same rows as before stand in `role_grant`."""

    dependencies = [("diary", "0006_mark_date")]

    operations = [ops.RunSQL([HELD_ROLE, ROLE_GRANT])]
