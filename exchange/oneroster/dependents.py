"""What still goes on around persons and classes that end."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import asyncpg

from exchange.oneroster.kinds import (
    ENROLLMENT,
    GUARDIANSHIP,
    HOMEROOM,
    PERSON,
    SCHOOL_CLASS,
    STAFF_POST,
    TEACHING,
    USER_POST,
    Kind,
)


class Dependent(NamedTuple):
    """A row that ends with the row `of_id` of the kind `of`; `key` is None if made by hand."""

    kind: Kind
    row_id: int
    key: str | None
    of: Kind
    of_id: int


_QUERIES: tuple[tuple[Kind, Kind, str], ...] = (
    (
        *(ENROLLMENT, PERSON),
        """
        SELECT t.id, s.person_id AS of_id FROM enrollment t JOIN student s ON s.id = t.student_id
        WHERE s.person_id = ANY($2) AND open
        """,
    ),
    (
        *(ENROLLMENT, SCHOOL_CLASS),
        """
        SELECT t.id, t.school_class_id AS of_id FROM enrollment t
        WHERE t.school_class_id = ANY($2) AND open
        """,
    ),
    (
        *(TEACHING, PERSON),
        """
        SELECT t.id, t.teacher_id AS of_id FROM teaching_assignment t
        WHERE t.teacher_id = ANY($2) AND open
        """,
    ),
    (
        *(TEACHING, SCHOOL_CLASS),
        """
        SELECT t.id, c.school_class_id AS of_id FROM teaching_assignment t
        JOIN course_section c ON c.id = t.section_id WHERE c.school_class_id = ANY($2) AND open
        """,
    ),
    (
        *(STAFF_POST, PERSON),
        "SELECT t.id, t.person_id AS of_id FROM staff_post t WHERE t.person_id = ANY($2) AND open",
    ),
    (
        *(GUARDIANSHIP, PERSON),
        """
        SELECT t.id, p.of_id FROM guardianship t JOIN student s ON s.id = t.student_id
        CROSS JOIN LATERAL (VALUES (s.person_id), (t.guardian_id)) p (of_id)
        WHERE p.of_id = ANY($2) AND open
        """,
    ),
    (
        *(HOMEROOM, PERSON),
        """
        SELECT t.id, t.homeroom_teacher_id AS of_id FROM school_class t
        WHERE t.homeroom_teacher_id = ANY($2)
        """,
    ),
)
_OPEN = "(t.valid_until IS NULL OR t.valid_until > $3)"


async def dependents(
    connection: asyncpg.Connection,
    source: str,
    persons: Sequence[int],
    classes: Sequence[int],
    today: date,
) -> list[Dependent]:
    """Find posts, enrolments, guardianships and the like of these that go on after `today`."""
    found: list[Dependent] = []
    for kind, of, query in _QUERIES:
        ids = persons if of is PERSON else classes
        if not ids:
            continue
        statement = _with_keys(query, kind)
        days = [today] if "open" in query else []
        for row_id, of_id, key, made_as in await connection.fetch(statement, source, ids, *days):
            actual = USER_POST if made_as == USER_POST.name else kind
            found.append(Dependent(actual, row_id, key, of, of_id))
    return found


def _with_keys(query: str, kind: Kind) -> str:
    names = [kind.name, *([USER_POST.name] if kind is STAFF_POST else [])]
    kinds = ", ".join(f"'{name}'" for name in names)
    return (
        "SELECT f.id, f.of_id, x.sourced_id, x.kind FROM "  # noqa: S608  # constants of ours
        f"({query.replace('open', _OPEN)}) f LEFT JOIN external_record x "
        f"ON x.row_id = f.id AND x.kind IN ({kinds}) AND x.source = $1 ORDER BY f.id"
    )
