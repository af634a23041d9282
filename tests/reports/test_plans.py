"""What is asked of one class reads that class, however many lessons and marks others have."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from graphql import OperationDefinitionNode, parse

from access.roles import Role, relations_of
from access.viewer import Viewer
from models import AttendanceCode
from models.service_role import SERVICE_ROLE
from planner.parameters import Run
from planner.planner import Planner
from tests.factories import ClassMade, a_school, gid
from tests.rules.declared import GRAPHQL

pytestmark = pytest.mark.usefixtures("database")

_OTHERS = 20_000
_LESSONS_HELD, _PUPILS = 3, 2
# Of somebody else's class: lessons of the term's days, and marks for it in as many subjects.
_LESSONS = """
INSERT INTO lesson
    (section_id, school_class_id, teacher_id, date, shift, number, starts_at, ends_at)
SELECT l.section_id, l.school_class_id, l.teacher_id, l.date - place % 5, 2 + place, 1,
       l.starts_at, l.ends_at
FROM lesson l CROSS JOIN generate_series(1, $2::int) place WHERE l.id = $1
"""
_MARKS = """
WITH taught AS (
    INSERT INTO subject (name) SELECT 'Наука ' || place FROM generate_series(1, $4::int) place
    RETURNING id
), section AS (
    INSERT INTO course_section (school_class_id, subject_id)
    SELECT $1::bigint, id FROM taught RETURNING id
)
INSERT INTO period_mark (student_id, section_id, term_id, value)
SELECT $2::bigint, section.id, $3::bigint, 3 FROM section
"""
_STANDINGS = """query ($id: ID!, $term: ID!) { schoolClass(id: $id) { standings(termId: $term) {
    name standing marks { text subject { name } } } } }"""
_COUNTED = """
SELECT a.held_lessons, a.missed_lessons, (
    SELECT sum(row.held_lessons) FROM class_attendance_row row
    WHERE row.school_class_id = a.school_class_id AND row.term_id = a.term_id
)
FROM class_attendance a WHERE a.school_class_id = $1::bigint AND a.term_id = $2::bigint
"""


@pytest.fixture
async def klass() -> ClassMade:
    """Return a class with three lessons of two pupils, of whom one missed the first."""
    made = await (await a_school()).class_("7А")
    pupils = [await made.pupil() for _ in range(_PUPILS)]
    section = await made.section("Алгебра")
    lessons = [await section.lesson() for _ in range(_LESSONS_HELD)]
    await lessons[0].attendance(pupils[0], AttendanceCode.ABSENT)
    return made


@pytest.fixture
async def crowded(database_url: str, klass: ClassMade) -> AsyncIterator[asyncpg.Connection]:
    """Return a connection as the service has them that sees much of others, never committed."""
    other = await (await a_school()).class_("7А")
    pupil, section = await other.pupil(), await other.section("Алгебра")
    lesson = await section.lesson(klass.school.today)
    connection = await asyncpg.connect(database_url)
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(_LESSONS, lesson.id, _OTHERS)
        await connection.execute(_MARKS, other.id, pupil.id, other.term.id, _OTHERS)
        await connection.execute("ANALYZE lesson; ANALYZE period_mark; ANALYZE course_section")
        await connection.execute(
            f"SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL ROLE {SERVICE_ROLE}"
        )
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()


async def _steps(
    connection: asyncpg.Connection, statement: str, values: list[Any], options: str
) -> list[Mapping[str, Any]]:
    """The steps of the plan that serves all values."""
    prepared = await connection.prepare(statement)
    kinds = ", ".join(f"{kind.name}" for kind in prepared.get_parameters())
    await connection.execute(f"PREPARE asked ({kinds}) AS {statement}")
    given = [
        await connection.fetchval(f"SELECT quote_nullable(($1::{kind.name})::text)", value)
        for kind, value in zip(prepared.get_parameters(), values, strict=True)
    ]
    found = await connection.fetchval(f"EXPLAIN ({options}) EXECUTE asked ({', '.join(given)})")
    return [*_walked(json.loads(found)[0]["Plan"])]


def _walked(step: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield step
    for inner in step.get("Plans", ()):
        yield from _walked(inner)


async def test_a_class_s_attendance_reads_its_own_lessons(
    crowded: asyncpg.Connection, klass: ClassMade
) -> None:
    given = [klass.id, klass.term.id]
    assert tuple(await crowded.fetchrow(_COUNTED, *given)) == (6, 1, 6)
    steps = await _steps(crowded, _COUNTED, given, "ANALYZE, FORMAT JSON")
    read = [
        step["Actual Rows"] * step["Actual Loops"]
        for step in steps
        if step.get("Relation Name") == "lesson"
    ]
    assert read
    assert max(read) <= _LESSONS_HELD * _PUPILS


async def test_marks_of_a_standing_are_found_by_their_ids(
    crowded: asyncpg.Connection, klass: ClassMade
) -> None:
    """It is only planned: the statement answers nobody whose session is not on file."""
    document = parse(_STANDINGS)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    planner = Planner(GRAPHQL, most_objects=50_000)
    given = {"id": gid("SchoolClass", klass.id), "term": gid("Term", klass.term.id)}
    request = planner.query(document, operation).request(
        given, relations_of(frozenset({Role.HEAD}))
    )
    midnight = datetime.combine(klass.school.today, datetime.min.time(), UTC)
    viewer = Viewer(1, 1, 1, frozenset({Role.HEAD}), klass.school.today, midnight)
    values = request.plan.parameters.bound(Run(viewer, request.variables))
    steps = await _steps(crowded, request.plan.sql, values, "FORMAT JSON")
    by = {step["Index Name"] for step in steps if step.get("Relation Name") == "period_mark"}
    assert "period_mark_pkey" in by, "the marks that are shown, by their ids"
