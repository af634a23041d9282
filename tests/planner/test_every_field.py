"""Whatever a single field asks for, PostgreSQL understands the statement that is made of it."""

from collections import Counter
from collections.abc import Iterator

import asyncpg
import pytest
from graphql import GraphQLField, GraphQLObjectType, OperationDefinitionNode, get_named_type, parse

from access.roles import Role, relations_of
from planner.planner import Planner
from schema.declaration.ids import encode
from tests.access.crawl import arguments, fields_of
from tests.rules.declared import GRAPHQL, is_declared

pytestmark = pytest.mark.usefixtures("database")

_UNLIMITED = 10**9
_EVERYBODY = relations_of(frozenset(Role))
# Leaves of what a field leads to, through the edges of a connection.
_DEEP = 3
_GIVEN = {
    **dict.fromkeys(("from", "to", "on", "date"), '"2026-12-01"'),
    "value": "4",
    "by": "ALL",
    "by: Int": "5",
    "holds": "true",
    "schoolYear": "2026",
    "days": "3",
    "first": "3",
    "search": '"а"',
    "level": "CLASS",
    "kind: PeriodMarkKind": "ANNUAL",
    "classId": f'"{encode("SchoolClass", 1)}"',
    "subjectId": f'"{encode("Subject", 1)}"',
    "termId": f'"{encode("Term", 1)}"',
    "studentId": f'"{encode("Student", 1)}"',
}


def _documents() -> Iterator[tuple[str, str]]:
    """A document for each declared field of each root and each node, by the field's name."""
    assert GRAPHQL.query_type is not None
    for name, field in GRAPHQL.query_type.fields.items():
        if is_declared(field) and name not in ("node", "nodes"):
            given = {**_GIVEN, "id": f'"{encode(get_named_type(field.type).name, 1)}"'}
            root = f"{name}{arguments(field, given)}"
            for place, part in _parts(field):
                yield f"{name}.{place}", f"{{ {root} {{ {part} }} }}"
    node = GRAPHQL.type_map["Node"]
    for kind in GRAPHQL.get_possible_types(node):  # type: ignore[arg-type]
        root = f'node(id: "{encode(kind.name, 1)}")'
        for part in fields_of(kind, _GIVEN, Counter(), _DEEP):
            yield (
                f"{kind.name}.{part.split('(')[0].split(' ')[0]}",
                (f"{{ {root} {{ ... on {kind.name} {{ {part} }} }} }}"),
            )


def _parts(field: GraphQLField) -> Iterator[tuple[int, str]]:
    kind = get_named_type(field.type)
    assert isinstance(kind, GraphQLObjectType)
    yield from enumerate(fields_of(kind, _GIVEN, Counter(), _DEEP))


async def test_postgresql_understands_every_field(database_url: str) -> None:
    planner = Planner(GRAPHQL, most_objects=_UNLIMITED)
    connection = await asyncpg.connect(database_url)
    wrong: dict[str, str] = {}
    for name, text in _documents():
        document = parse(text)
        operation = document.definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        plan = planner.query(document, operation).request({}, _EVERYBODY).plan
        try:
            await connection.prepare(plan.sql)
        except asyncpg.PostgresError as error:
            wrong[name] = str(error)
    await connection.close()
    assert wrong == {}
