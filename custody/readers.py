"""Who could see a pupil's record in a period, and who had masked values shown: from dated facts.

Roles of today say nothing of the past, so every fact is asked whether it held within the period. A
fact that was taken back by being deleted, or whose dates were changed later, stands in the audit.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import asyncpg

# Each gives who, as what, through which row, and from when until when (the day after the last).
_READERS = """
WITH pupil AS (SELECT id, person_id FROM student WHERE id = $1),
enrolled AS (
    SELECT e.organization_id, e.school_class_id, e.valid_from, e.valid_until
    FROM enrollment e
    WHERE e.student_id = $1 AND e.valid_from <= $3 AND (e.valid_until IS NULL OR e.valid_until > $2)
),
could AS (
    SELECT person_id, 'STUDENT' AS relation, 'student:' || id AS fact,
           NULL::date AS valid_from, NULL::date AS valid_until FROM pupil
    UNION ALL
    SELECT guardian_id, 'GUARDIAN', 'guardianship:' || id, valid_from, valid_until
    FROM guardianship WHERE student_id = $1
    UNION ALL
    SELECT a.teacher_id, 'TEACHES', 'teaching_assignment:' || a.id,
           greatest(a.valid_from, enrolled.valid_from), least(a.valid_until, enrolled.valid_until)
    FROM enrolled
    JOIN course_section s ON s.school_class_id = enrolled.school_class_id
    JOIN teaching_assignment a ON a.section_id = s.id
    UNION ALL
    SELECT b.teacher_id, 'SUBSTITUTES', 'substitution:' || b.id,
           greatest(b.valid_from, enrolled.valid_from), least(b.valid_until, enrolled.valid_until)
    FROM enrolled
    JOIN course_section s ON s.school_class_id = enrolled.school_class_id
    JOIN substitution b ON b.section_id = s.id
    UNION ALL
    SELECT c.homeroom_teacher_id, 'HOMEROOM', 'school_class:' || c.id,
           greatest(p.valid_from, enrolled.valid_from),
           least(p.valid_until, enrolled.valid_until, y.ends_on + 1)
    FROM enrolled
    JOIN school_class c ON c.id = enrolled.school_class_id
    JOIN school_year y ON y.id = c.school_year_id
    JOIN staff_post p
      ON p.person_id = c.homeroom_teacher_id AND p.organization_id = c.organization_id
    UNION ALL
    SELECT p.person_id, p.position, 'staff_post:' || p.id,
           greatest(p.valid_from, enrolled.valid_from), least(p.valid_until, enrolled.valid_until)
    FROM enrolled
    JOIN staff_post p ON p.organization_id = enrolled.organization_id
    WHERE p.position = ANY($4)
)
SELECT DISTINCT could.person_id, person.full_name, could.relation, could.fact,
       could.valid_from, could.valid_until, NULL::timestamptz AS shown_at, NULL AS reason
FROM could JOIN person ON person.id = could.person_id
WHERE (could.valid_from IS NULL OR could.valid_from <= $3)
  AND (could.valid_until IS NULL OR could.valid_until > $2)
  AND (could.valid_from IS NULL OR could.valid_until IS NULL
       OR could.valid_from < could.valid_until)
UNION ALL
SELECT entry.person_id, person.full_name, 'REVEAL', 'audit_entry:' || entry.id, NULL, NULL,
       entry.at, entry.after ->> 'field' || ': ' || coalesce(entry.after ->> 'reason', '')
FROM audit_entry entry JOIN person ON person.id = entry.person_id
WHERE entry.kind = 'REVEAL' AND entry.at >= $2::date AND entry.at < $3::date + 1
  AND (entry.entity, entry.row_id) IN (
      SELECT 'Student', id FROM pupil
      UNION ALL SELECT 'Person', person_id FROM pupil
      UNION ALL SELECT 'IdentityDocument', d.id
      FROM identity_document d JOIN pupil ON pupil.person_id = d.person_id
      UNION ALL SELECT 'Guardianship', g.id FROM guardianship g WHERE g.student_id = $1
  )
ORDER BY relation, full_name, fact
"""
_POSTS = ["DEPUTY_HEAD", "HEAD", "SCHOOL_ADMINISTRATOR", "LIBRARIAN", "PSYCHOLOGIST"]

COLUMNS = (
    "person_id",
    "full_name",
    "relation",
    "fact",
    "valid_from",
    "valid_until",
    "shown_at",
    "reason",
)


async def readers(
    connection: asyncpg.Connection, student_id: int, since: date, until: date
) -> Sequence[Any]:
    """One row of `COLUMNS` for each fact that held on some day from `since` to `until`.

    `shown_at` and `reason` are of masked values that were shown to somebody.
    """
    found: Sequence[Any] = await connection.fetch(_READERS, student_id, since, until, _POSTS)
    return found
