"""Who may write to whom, as a view from the one who writes."""

from tortoise import migrations
from tortoise.migrations import operations as ops

_TODAY = """{0}.valid_from <= CURRENT_DATE
  AND ({0}.valid_until IS NULL OR {0}.valid_until > CURRENT_DATE)"""

_MANAGEMENT = "('DEPUTY_HEAD', 'HEAD', 'SCHOOL_ADMINISTRATOR')"
_STAFF = "('TEACHER', 'DEPUTY_HEAD', 'HEAD', 'SCHOOL_ADMINISTRATOR', 'LIBRARIAN', 'PSYCHOLOGIST')"

# Whoever a pupil's school is spoken with about the pupil: the pupil and the guardians of today.
_FAMILY = f"""(
    SELECT s.person_id, s.id AS student_id FROM student s
    UNION ALL
    SELECT g.guardian_id, g.student_id FROM guardianship g WHERE {_TODAY.format("g")}
)"""  # noqa: S608 — constants of this module

_TAUGHT = f"""
FROM teaching_assignment t
JOIN course_section c ON c.id = t.section_id AND {_TODAY.format("t")}
JOIN enrollment e ON e.school_class_id = c.school_class_id AND {_TODAY.format("e")}
JOIN staff_post p ON p.person_id = t.teacher_id AND p.organization_id = e.organization_id
  AND {_TODAY.format("p")}
"""
_LED = f"""
FROM school_class c
JOIN school_year y ON y.id = c.school_year_id AND y.ends_on >= CURRENT_DATE
JOIN staff_post p ON p.person_id = c.homeroom_teacher_id AND p.organization_id = c.organization_id
  AND {_TODAY.format("p")}
JOIN enrollment e ON e.school_class_id = c.id AND {_TODAY.format("e")}
JOIN {_FAMILY} f ON f.student_id = e.student_id
"""
_RUN = f"""
FROM staff_post p
JOIN enrollment e ON e.organization_id = p.organization_id AND {_TODAY.format("e")}
JOIN {_FAMILY} f ON f.student_id = e.student_id
WHERE p.position IN {_MANAGEMENT} AND {_TODAY.format("p")}
"""

# A family writes to the pupil's teachers, homeroom teacher and management; a homeroom teacher and
# the management to families; a teacher to the pupils of the own sections, a librarian and a
# psychologist to those of the school; staff to colleagues; an authority to the management below it.
# Nobody writes to themselves, and nobody learns a name that they do not see elsewhere.
ADDRESSEE = f"""
CREATE VIEW addressee AS
SELECT rule.person_id AS id, rule.writer_id, rule.person_id
FROM (
    SELECT f.person_id AS writer_id, t.teacher_id AS person_id
    {_TAUGHT} JOIN {_FAMILY} f ON f.student_id = e.student_id
    UNION ALL
    SELECT f.person_id, c.homeroom_teacher_id {_LED}
    UNION ALL
    SELECT f.person_id, p.person_id {_RUN}
    UNION ALL
    SELECT t.teacher_id, s.person_id {_TAUGHT} JOIN student s ON s.id = e.student_id
    UNION ALL
    SELECT c.homeroom_teacher_id, f.person_id {_LED}
    UNION ALL
    SELECT p.person_id, f.person_id {_RUN}
    UNION ALL
    SELECT p.person_id, s.person_id
    FROM staff_post p
    JOIN enrollment e ON e.organization_id = p.organization_id
    JOIN student s ON s.id = e.student_id
    WHERE p.position IN ('LIBRARIAN', 'PSYCHOLOGIST')
      AND {_TODAY.format("p")} AND {_TODAY.format("e")}
    UNION ALL
    SELECT p.person_id, q.person_id
    FROM staff_post p
    JOIN staff_post q ON q.organization_id = p.organization_id
    WHERE p.position IN {_STAFF} AND {_TODAY.format("p")}
      AND q.position IN {_STAFF} AND {_TODAY.format("q")}
    UNION ALL
    SELECT p.person_id, q.person_id
    FROM staff_post p
    JOIN organization authority ON authority.id = p.organization_id
    JOIN settlement seat ON seat.id = authority.settlement_id
    JOIN settlement place ON place.municipality_id = seat.municipality_id
    JOIN organization o ON o.settlement_id = place.id
    JOIN staff_post q ON q.organization_id = o.id
    WHERE p.position = 'MUNICIPAL_AUTHORITY' AND {_TODAY.format("p")}
      AND q.position IN {_MANAGEMENT} AND {_TODAY.format("q")}
    UNION ALL
    SELECT p.person_id, q.person_id
    FROM staff_post p
    JOIN staff_post q ON q.position IN {_MANAGEMENT} OR q.position = 'MUNICIPAL_AUTHORITY'
    WHERE p.position = 'REGIONAL_OPERATOR' AND {_TODAY.format("p")} AND {_TODAY.format("q")}
) rule
WHERE rule.writer_id <> rule.person_id
"""  # noqa: S608 — constants of this module


class Migration(migrations.Migration):
    """The view rests on tables of the first migrations alone."""

    dependencies = [("diary", "0004_views")]

    operations = [ops.RunSQL(ADDRESSEE)]
