"""People as those see them who issue accounts: where they belong, what has come of their account."""

from tortoise import migrations
from tortoise.migrations import operations as ops

_TODAY = """{0}.valid_from <= CURRENT_DATE
  AND ({0}.valid_until IS NULL OR {0}.valid_until > CURRENT_DATE)"""

# Each part begins with the table that an organization or a class leads into by an index.
MEMBERSHIP = f"""
CREATE VIEW membership AS
SELECT s.person_id AS id, s.person_id, 'STUDENT'::varchar AS role,
       e.organization_id, e.school_class_id
FROM enrollment e
JOIN student s ON s.id = e.student_id
WHERE {_TODAY.format("e")}
UNION ALL
SELECT DISTINCT g.guardian_id, g.guardian_id, 'GUARDIAN'::varchar,
       e.organization_id, e.school_class_id
FROM enrollment e
JOIN guardianship g ON g.student_id = e.student_id
WHERE {_TODAY.format("e")} AND {_TODAY.format("g")}
UNION ALL
SELECT p.person_id, p.person_id, p.position::varchar, p.organization_id, NULL::bigint
FROM staff_post p
WHERE {_TODAY.format("p")}
UNION ALL
SELECT DISTINCT c.homeroom_teacher_id, c.homeroom_teacher_id, 'HOMEROOM_TEACHER'::varchar,
       c.organization_id, c.id
FROM school_class c
JOIN school_year y ON y.id = c.school_year_id
JOIN staff_post p ON p.person_id = c.homeroom_teacher_id AND p.organization_id = c.organization_id
WHERE y.ends_on >= CURRENT_DATE AND {_TODAY.format("p")}
"""  # noqa: S608 — constants of this module

ACCOUNT_STATE = """
CREATE VIEW account_state AS
SELECT p.id, p.id AS person_id,
       (CASE WHEN a.id IS NULL THEN 'NONE'
             WHEN a.blocked_at IS NOT NULL THEN 'BLOCKED'
             WHEN a.initial_until IS NOT NULL THEN 'INITIAL'
             ELSE 'ACTIVE' END)::varchar AS status
FROM person p
LEFT JOIN account a ON a.person_id = p.id
"""

SETTLED_POLICY = """
CREATE VIEW settled_policy AS
SELECT o.id, o.id AS organization_id,
       coalesce(p.homeroom_resets_passwords, false) AS homeroom_resets_passwords,
       coalesce(p.homeroom_writes_marks, false) AS homeroom_writes_marks,
       coalesce(p.administrators_need_second_factor, false) AS administrators_need_second_factor
FROM organization o
LEFT JOIN school_policy p ON p.organization_id = o.id
"""


class Migration(migrations.Migration):
    """Views alone; no row is changed."""

    dependencies = [("diary", "0014_figures")]

    operations = [ops.RunSQL([MEMBERSHIP, ACCOUNT_STATE, SETTLED_POLICY])]
