"""What the database already knows of a source, read in a few statements before planning."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import asyncpg

from exchange.oneroster.facts import key_of, parts_of
from exchange.oneroster.kinds import KINDS

ENDED = "ended"
"""Stands in place of a digest once a record has ended."""


class Row(NamedTuple):
    """One of our rows, and the digest of what the source said of it last."""

    id: int
    digest: str


class ClassRow(NamedTuple):
    """A class of an earlier import."""

    id: int
    organization_id: int
    kind: str
    school_year_id: int
    grade_level: int
    name: str
    starts_on: date
    ends_on: date


class Place(NamedTuple):
    """A pupil's place in a homeroom, or what a teacher teaches."""

    id: int
    school_class_id: int
    valid_from: date
    valid_until: date | None


Places = dict[tuple[int, int], list[Place]]
"""By pupil and organization, or by section and teacher."""


class ItemRow(NamedTuple):
    """A line item of an earlier import, with what a mark for it needs."""

    assignment_id: int
    lesson_id: int
    work_type_id: int
    weight: int
    teacher_id: int
    grade_level: int


class LessonRow(NamedTuple):
    """A lesson on a day on which a line item is due."""

    id: int
    school_class_id: int
    section_id: int
    teacher_id: int
    date: date
    number: int


@dataclass(slots=True)
class Known:
    """Everything that planning asks the database for; keys are sourcedIds unless named `_id`."""

    today: date
    rows: dict[str, dict[str, Row]]
    owners: dict[str, set[str]]
    organization_kinds: dict[int, str]
    years: dict[int, tuple[date, date]]
    classes: dict[int, ClassRow]
    names: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    sections: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    teachers: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    subjects: dict[str, int] = field(default_factory=dict)
    term_numbers: dict[tuple[int, int, str], set[int]] = field(
        default_factory=lambda: defaultdict(set)
    )
    homerooms: Places = field(default_factory=lambda: defaultdict(list))
    teaching: Places = field(default_factory=lambda: defaultdict(list))
    weights: dict[int, int] = field(default_factory=dict)
    items: dict[str, ItemRow] = field(default_factory=dict)
    lessons: list[LessonRow] = field(default_factory=list)

    def row_id(self, kind: str, key: str) -> int | None:
        """Return the id of the row that a record became, also of one that has ended."""
        row = self.rows[kind].get(key)
        return row.id if row else None


async def load(
    connection: asyncpg.Connection, source: str, due: Iterable[date], today: date | None
) -> Known:
    """Read what is known of `source`; `due` are the days on which line items are due.

    Without `today` it is the database's own day.
    """
    rows: dict[str, dict[str, Row]] = {kind.name: {} for kind in KINDS}
    for kind, key, row_id, digest in await connection.fetch(
        "SELECT kind, sourced_id, row_id, digest FROM external_record WHERE source = $1", source
    ):
        if kind in rows:
            rows[kind][key] = Row(row_id, digest)
    classes = await connection.fetch(_CLASSES, source)
    known = Known(
        today=today or await connection.fetchval("SELECT CURRENT_DATE"),
        rows=rows,
        owners=_owners(rows),
        organization_kinds=dict(await connection.fetch(_ORGANIZATIONS, source)),
        years={row[0]: (row[1], row[2]) for row in await connection.fetch(_YEARS, source)},
        classes={row[0]: ClassRow(*row) for row in classes},
    )
    await _load_curriculum(connection, source, known)
    await _load_journal(connection, source, sorted(set(due)), known)
    return known


def _owners(rows: dict[str, dict[str, Row]]) -> dict[str, set[str]]:
    owners: dict[str, set[str]] = defaultdict(set)
    for kind in KINDS:
        for key, row in rows[kind.name].items():
            if row.digest != ENDED:
                owners[kind.table].add(parts_of(key)[0])
    # A person who has ended takes along what else is remembered of the user.
    for table, kind_name in (("users", "person"), ("classes", "school_class")):
        owners[table] -= {key for key, row in rows[kind_name].items() if row.digest == ENDED}
    return owners


async def _load_curriculum(connection: asyncpg.Connection, source: str, known: Known) -> None:
    for year_id, name, class_id in await connection.fetch(_NAMES, source):
        known.names[year_id][name] = class_id
    for class_id, section_id, subject in await connection.fetch(_SECTIONS, source):
        known.sections[class_id][subject.casefold()] = section_id
    for section_id, teacher_id, *place in await connection.fetch(_TEACHERS, source):
        found = Place(*place)
        known.teaching[section_id, teacher_id].append(found)
        known.teachers[found.school_class_id].append(teacher_id)
    for subject_id, name in await connection.fetch("SELECT id, name FROM subject ORDER BY id"):
        known.subjects.setdefault(name.casefold(), subject_id)
    for year_id, grade, kind, number in await connection.fetch(_TERMS, source):
        known.term_numbers[year_id, grade, kind].add(number)


async def _load_journal(
    connection: asyncpg.Connection, source: str, due: list[date], known: Known
) -> None:
    for student_id, organization_id, *place in await connection.fetch(_HOMEROOMS, source):
        known.homerooms[student_id, organization_id].append(Place(*place))
    known.weights = dict(await connection.fetch(_WEIGHTS, source))
    for key, *item in await connection.fetch(_ITEMS, source):
        known.items[key] = ItemRow(*item)
    if due:
        known.lessons = [LessonRow(*row) for row in await connection.fetch(_LESSONS, source, due)]


def organization_key(known: Known, row_id: int) -> str:
    """Return the sourcedId of the organization that became this row."""
    return next(key for key, row in known.rows["organization"].items() if row.id == row_id)


def year_key(number: int, organization: str) -> str:
    """Return the key of an organization's school year that ends in the year `number`."""
    return key_of(str(number), organization)


# Each of the statements below is made of constants of ours, hence the S608.
def _rows_of(kind: str) -> str:
    return f"(SELECT row_id FROM external_record WHERE source = $1 AND kind = '{kind}')"  # noqa: S608  # a constant of ours


_ORGANIZATIONS = f"SELECT id, kind FROM organization WHERE id IN {_rows_of('organization')}"  # noqa: S608
_YEARS = f"SELECT id, starts_on, ends_on FROM school_year WHERE id IN {_rows_of('school_year')}"  # noqa: S608
_CLASSES = f"""
SELECT c.id, c.organization_id, c.kind, c.school_year_id, c.grade_level, c.name,
       y.starts_on, y.ends_on
FROM school_class c JOIN school_year y ON y.id = c.school_year_id
WHERE c.id IN {_rows_of("school_class")}
"""  # noqa: S608  # the same constants, here and below
_NAMES = f"""
SELECT school_year_id, name, id FROM school_class WHERE school_year_id IN {_rows_of("school_year")}
"""  # noqa: S608
_SECTIONS = f"""
SELECT s.school_class_id, s.id, j.name FROM course_section s JOIN subject j ON j.id = s.subject_id
WHERE s.school_class_id IN {_rows_of("school_class")} ORDER BY s.id
"""  # noqa: S608
_TEACHERS = f"""
SELECT t.section_id, t.teacher_id, t.id, s.school_class_id, t.valid_from, t.valid_until
FROM teaching_assignment t JOIN course_section s ON s.id = t.section_id
WHERE s.school_class_id IN {_rows_of("school_class")}
ORDER BY t.valid_until DESC NULLS FIRST, t.id
"""  # noqa: S608
_TERMS = f"""
SELECT school_year_id, grade_level, kind, number FROM term
WHERE school_year_id IN {_rows_of("school_year")}
"""  # noqa: S608
_HOMEROOMS = f"""
SELECT student_id, organization_id, id, school_class_id, valid_from, valid_until FROM enrollment
WHERE kind = 'HOMEROOM' AND student_id IN {_rows_of("student")}
"""  # noqa: S608
_WEIGHTS = f"SELECT id, weight FROM work_type WHERE id IN {_rows_of('work_type')}"  # noqa: S608
_ITEMS = """
SELECT x.sourced_id, a.id, a.lesson_id, a.work_type_id, w.weight, l.teacher_id, c.grade_level
FROM external_record x
JOIN assignment a ON a.id = x.row_id
JOIN lesson l ON l.id = a.lesson_id
JOIN school_class c ON c.id = l.school_class_id
JOIN work_type w ON w.id = a.work_type_id
WHERE x.source = $1 AND x.kind = 'assignment'
"""
_LESSONS = f"""
SELECT id, school_class_id, section_id, teacher_id, date, number FROM lesson
WHERE shift = 1 AND cancelled_at IS NULL AND date = ANY($2::date[]) AND (
    school_class_id IN {_rows_of("school_class")} OR teacher_id IN {_rows_of("person")}
)
"""  # noqa: S608
