"""Every type and field × everybody, through the API, against the declared table.

What is expected is asked of the table itself, row by row, through the ORM; what is seen comes out
of the planner's SQL. So the two ways to the same rule have to agree, whatever is added.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

import pytest
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from access.rows import reached
from access.sessions import viewer_of
from access.tokens import TokenSigner
from access.viewer import Viewer
from schema.declaration.behind import declared
from schema.declaration.entity import Entity, entities
from schema.declaration.field import DeclaredField
from schema.declaration.specs import Column, Relation
from tests.access.cast import EVERYBODY, Cast, Who
from tests.access.open_fields import OPEN
from tests.access.open_journal import OPEN_OF_JOURNAL
from tests.access.open_planning_fields import OPEN_OF_PLANNING
from tests.diary import Client
from tests.factories import gid
from tests.rules.declared import GRAPHQL
from tests.sessions import SECRET_KEY

_NODES = {each.name: each for each in entities() if each.is_node}
# Of each type: some rows of each person, and some of everybody's.
_OF_EACH, _OF_ALL = 2, 12
_AT_ONCE = 15

Rows = Mapping[str, list[int]]


def _fields(kind: str) -> Iterator[tuple[str, GraphQLField, DeclaredField]]:
    """The type's declared fields that can be asked for as they stand."""
    owner = GRAPHQL.type_map[kind]
    assert isinstance(owner, GraphQLObjectType)
    for name, field in owner.fields.items():
        behind = declared(field)
        is_bare = not any(is_required_argument(each) for each in field.args.values())
        if isinstance(behind, DeclaredField) and is_bare:
            yield name, field, behind


def _asked(kind: str, client: Client) -> list[tuple[str, GraphQLField, DeclaredField]]:
    """Those of them that the client asks for: whoever is not signed in may not ask for much."""
    return [
        each
        for each in _fields(kind)
        if client.token is not None or is_leaf_type(get_named_type(each[1].type))
    ]


def _selection(name: str, field: GraphQLField, behind: DeclaredField) -> str:
    if is_leaf_type(get_named_type(field.type)):
        return name
    is_page = isinstance(behind.spec, Relation) and behind.spec.connection
    return f"{name}(first: 1) {{ totalCount }}" if is_page else f"{name} {{ __typename }}"


def test_every_field_has_a_rule_or_is_named_as_open() -> None:
    """Whoever adds a field says who reads it, or that all do who reach its row."""
    without = {
        f"{kind.name}.{name}"
        for kind in entities()
        for name, behind in kind.fields.items()
        if behind.allow is None
    }
    assert without == OPEN | OPEN_OF_JOURNAL | OPEN_OF_PLANNING


@pytest.fixture(scope="module")
async def rows(cast: Cast) -> Rows:
    """Return numbers of rows of each type, among them some that somebody reaches."""
    viewers = [await _viewer(await cast.client(who)) for who in sorted(EVERYBODY)]
    found: dict[str, list[int]] = {}
    for name, entity in _NODES.items():
        numbers = set(await _numbers(entity.scope.model.all(), _OF_ALL))
        for viewer in viewers:
            numbers |= set(await _numbers(reached(entity.scope, viewer), _OF_EACH))
        found[name] = sorted(numbers)[:100]
    return found


async def _viewer(client: Client) -> Viewer:
    return await viewer_of(TokenSigner(SECRET_KEY).bearer(client.headers.get("Authorization")))


async def _numbers(query: Any, most: int | None = None) -> list[int]:
    ordered = query.order_by("-id")
    found = await (ordered.limit(most) if most else ordered).values_list("id", flat=True)
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("who", sorted(EVERYBODY))
async def test_everybody_sees_what_the_table_says(cast: Cast, rows: Rows, who: Who) -> None:
    client = await cast.client(who)
    viewer = await _viewer(client)
    for name, entity in _NODES.items():
        if not rows[name]:
            continue
        seen = await _seen(client, name, rows[name])
        expected = set(await _numbers(reached(entity.scope, viewer).filter(id__in=rows[name])))
        assert set(seen) == expected, name
        for field, _, behind in _asked(name, client):
            await _compare(viewer, entity, field, behind, seen)


async def _seen(client: Client, kind: str, numbers: list[int]) -> dict[int, Mapping[str, Any]]:
    """What the API shows of each row."""
    asked = " ".join(_selection(*each) for each in _asked(kind, client))
    seen: dict[int, Mapping[str, Any]] = {}
    for place in range(0, len(numbers), _AT_ONCE):
        some = numbers[place : place + _AT_ONCE]
        roots = (f'n{each}: node(id: "{gid(kind, each)}") {{ ...All }}' for each in some)
        answer = await client.send(f"{{ {' '.join(roots)} }} fragment All on {kind} {{ {asked} }}")
        assert set(answer.codes) <= {"FORBIDDEN"}, answer.body
        found = {number: answer.partial[f"n{number}"] for number in some}
        seen |= {number: node for number, node in found.items() if node is not None}
    return seen


async def _compare(
    viewer: Viewer,
    entity: Entity,
    name: str,
    behind: DeclaredField,
    seen: Mapping[int, Mapping[str, Any]],
) -> None:
    """A column shows what stands in it to those whom its rule names; all else is null to others."""
    numbers = list(seen)
    may = reached(entity.scope, viewer, via=behind.allow) if behind.allow else None
    allowed = set(await _numbers(may.filter(id__in=numbers))) if may else set(numbers)
    hidden = {number for number in numbers if number not in allowed}
    assert {number for number in hidden if seen[number][name] is not None} == set(), name
    if isinstance(behind.spec, Column):
        held = await entity.scope.model.filter(id__in=numbers).values_list("id", behind.spec.path)
        kept = {number: _told(value) for number, value in held if number in allowed}
        told = {number: _read(seen[number][name], held) for number, held in kept.items()}
        assert told == kept, name


def _told(value: Any) -> Any:
    """The value as JSON has it, but for a moment, which may be written in several ways."""
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, dt.date | dt.time) and not isinstance(value, dt.datetime):
        return value.isoformat()
    return value


def _read(value: Any, held: Any) -> Any:
    """What was told, as a moment where one is held."""
    is_moment = isinstance(held, dt.datetime) and value is not None
    return dt.datetime.fromisoformat(value) if is_moment else value
