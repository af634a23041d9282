"""What the declarations promise each other: columns that exist, ids that are unique, scopes."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLList,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
)
from tortoise import fields
from tortoise.expressions import Q

import access.absences
import access.announcing
import access.audit
import access.facts
import access.mail
import access.offices
import access.results
import access.scopes
import access.writing
import models
from access.facts import Facts
from access.roles import GIVEN_BY_ROLE, Relation, Role, relations_of
from access.rows import reached
from access.scope import Scope
from access.sessions import viewer_of
from access.viewer import Viewer
from models.fields import LocalTimeField
from planner.source import field_at, is_nullable, is_unique
from schema.declaration import specs
from schema.declaration.behind import declared
from schema.declaration.cursors import ordering
from schema.declaration.entity import Entity, entities, entity_of, grouping_of
from schema.declaration.field import DeclaredField
from tests.rules.declared import objects
from tests.rules.paths import is_column, is_condition

# Tortoise knows where relations lead once it is connected.
pytestmark = pytest.mark.usefixtures("database")

_VIEWS = "views"
_TEXTS: frozenset[type[Any]] = frozenset(
    {fields.CharField, fields.TextField, fields.data.CharEnumFieldInstance}
)
_WRITTEN_AS: Mapping[str, frozenset[type[Any]]] = {
    "Int": frozenset({fields.IntField, fields.SmallIntField, fields.BigIntField}),
    "Float": frozenset({fields.DecimalField}),
    "Boolean": frozenset({fields.BooleanField}),
    "JSON": frozenset({fields.JSONField}),
    "String": _TEXTS,
    "Date": frozenset({fields.DateField}),
    "DateTime": frozenset({fields.DatetimeField}),
    "Time": frozenset({LocalTimeField}),
}
_IN_CURSORS = {
    fields.IntField,
    fields.SmallIntField,
    fields.BigIntField,
    fields.CharField,
    fields.TextField,
    fields.DateField,
    fields.DatetimeField,
}
_SCOPES = {
    name: each
    for module in (
        access.scopes,
        access.mail,
        access.offices,
        access.absences,
        access.results,
        access.writing,
        access.audit,
        access.announcing,
    )
    for name, each in vars(module).items()
    if isinstance(each, Scope)
}
_FACTS = {name: each for name, each in vars(access.facts).items() if isinstance(each, Facts)}


def test_values_by_id_are_declared_on_tables_only() -> None:
    # A view's id is some other row's: what is looked up by it would be somebody else's. A rule is
    # asked by the view's key, where it names one.
    wrong = [
        f"{entity.name}.{name}"
        for entity, name, field in _fields()
        if _is_view(entity)
        and (isinstance(field.spec, specs.Computed) or (field.allow and entity.key == ("id",)))
    ]
    assert wrong == []


def test_rows_that_are_found_by_id_are_rows_of_tables() -> None:
    wrong = [
        name
        for name, field in _declared_fields()
        if _is_found_by_id(field.spec) and _is_view(entity_of(field.target))
    ]
    assert wrong == []


def test_nodes_are_rows_of_tables() -> None:
    assert [entity.name for entity in entities() if entity.is_node and _is_view(entity)] == []


def test_connections_are_ordered_by_columns_that_cursors_can_hold() -> None:
    columns = {
        f"{name}: {each.path}": each.column
        for name, field in _declared_fields()
        if isinstance(field.spec, specs.Relation) and field.spec.connection
        for each in ordering(_target(field), field.spec.order_by)
    }
    assert len(columns) > 1
    assert [where for where, column in columns.items() if column.null] == []
    assert {type(column) for column in columns.values()} <= _IN_CURSORS


def test_every_declared_path_is_a_column() -> None:
    wrong = [
        f"{entity.name}.{name}: {path}"
        for entity, name, field in _fields()
        for model, path in _paths(entity, field)
        if not is_column(model, path)
    ]
    assert wrong == []


def test_a_column_is_what_its_annotation_says() -> None:
    # PostgreSQL writes what the annotation says without looking at the value again.
    wrong = [
        f"{name}: {kind}"
        for name, kind, model, field in _of_entities()
        if isinstance(field.spec, specs.Column)
        and type(field_at(model, field.spec.path)) not in _written_as(get_nullable_type(kind))
    ]
    assert wrong == []


def test_what_is_never_null_has_a_column_that_is_never_empty() -> None:
    wrong = [
        f"{name}: {kind}"
        for name, kind, model, field in _of_entities()
        if is_non_null_type(kind)
        for path in _read_from(field.spec)
        if is_nullable(model, path)
    ]
    assert wrong == []


def test_many_rows_are_a_list_or_a_connection_and_one_is_neither() -> None:
    wrong = [
        f"{name}: {kind}"
        for name, kind, _, field in _of_entities()
        if isinstance(field.spec, specs.Relation)
        and _is_many(kind) != (field.spec.is_many and not field.spec.connection)
    ]
    assert wrong == []


def test_one_of_several_rows_is_chosen_by_an_order() -> None:
    """Without one there is no first row, and no statement that PostgreSQL understands."""
    unordered = [
        name
        for name, field in _declared_fields()
        if isinstance(spec := field.spec, specs.Relation)
        if not spec.is_many and spec.key is None and not spec.order_by
        if spec.through is not None or not is_unique(_target(field), frozenset(spec.on))
    ]
    assert unordered == []


def test_an_expression_names_rows_of_its_own_table_otherwise() -> None:
    """Without an alias they would hide the row itself, where a statement calls it by its table."""
    own = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)(?!\w|\s+AS\b)", re.IGNORECASE)
    assert own.findall("SELECT 1 FROM mark JOIN lesson AS other ON true") == ["mark"]
    found = {
        f"{entity.name}.{name}"
        for entity, name, field in _fields()
        if isinstance(field.spec, specs.Computed)
        and entity.scope.model._meta.db_table in own.findall(field.spec.sql)  # noqa: SLF001
    }
    assert found == set()


def test_every_condition_of_a_relation_is_over_columns() -> None:
    wrong = [
        name
        for name, field in _declared_fields()
        if isinstance(field.spec, specs.Relation)
        for model, condition in _conditions(field, field.spec)
        if not is_condition(model, condition)
    ]
    assert wrong == []


def test_an_invented_path_is_found_out() -> None:
    assert is_column(models.Mark, "lesson__section__subject_id")
    assert not is_column(models.Mark, "lesson__section__colour")
    assert not is_column(models.Mark, "value__subject_id")
    assert is_condition(models.Mark, Q(lesson__date__gte=1) | Q(removed_at__isnull=True))
    assert not is_condition(models.Mark, Q(value=1) | ~Q(Q(lesson__colour__in=[1]), Q(weight=1)))


@pytest.mark.parametrize("name", sorted(_SCOPES))
def test_a_scope_names_known_relations_that_somebody_can_have(name: str) -> None:
    somebody = relations_of(frozenset(Role))
    scope = _SCOPES[name]
    assert all(isinstance(relation, Relation) for relation in scope.by)
    assert set(scope.by) <= somebody
    assert all(
        is_condition(scope.model, condition) for condition in (*scope.by.values(), scope.only)
    )


@pytest.mark.parametrize("name", sorted(_FACTS))
def test_a_fact_is_over_columns(name: str) -> None:
    facts = _FACTS[name]
    assert is_column(facts.model, facts.column)
    assert is_condition(facts.model, facts.where)


def test_every_type_has_a_scope_of_the_one_table() -> None:
    known = {id(scope) for scope in _SCOPES.values()}
    assert [entity.name for entity in entities() if id(entity.scope) not in known] == []


def test_every_role_gives_what_it_gives_and_nothing_is_left_over() -> None:
    assert set(GIVEN_BY_ROLE) == set(Role)
    assert relations_of(frozenset(Role)) == set(Relation)


@pytest.mark.parametrize("name", sorted(_SCOPES))
async def test_postgresql_understands_every_relation_of_a_scope(name: str) -> None:
    scope = _SCOPES[name]
    nobody = await viewer_of(None)
    everything = Viewer(0, 0, 0, frozenset(Role), nobody.today, nobody.now)
    for relation in scope.by:
        query = reached(scope, everything, via=frozenset({relation}))
        assert not await query.filter(id=0).exists()


def _fields() -> Iterator[tuple[Entity, str, DeclaredField]]:
    for entity in entities():
        for name, field in entity.fields.items():
            yield entity, name, field


def _declared_fields() -> Iterator[tuple[str, DeclaredField]]:
    """Every declared field of the schema: those of roots, groups and payloads too."""
    for kind in objects():
        for name, field in kind.fields.items():
            if isinstance(behind := declared(field), DeclaredField):
                yield f"{kind.name}.{name}", behind


def _of_entities() -> Iterator[tuple[str, Any, type[models.Record], DeclaredField]]:
    """Every declared field of a type over rows: its name, its type in GraphQL, the rows' model."""
    known = {entity.name: entity.scope.model for entity in entities()}
    for kind in objects():
        if kind.name in known:
            for name, field in kind.fields.items():
                if isinstance(behind := declared(field), DeclaredField):
                    yield f"{kind.name}.{name}", field.type, known[kind.name], behind


def _written_as(kind: Any) -> frozenset[type[Any]]:
    if isinstance(kind, GraphQLList):
        return _WRITTEN_AS["JSON"]
    return _TEXTS if isinstance(kind, GraphQLEnumType) else _WRITTEN_AS[kind.name]


def _read_from(spec: specs.Spec) -> tuple[str, ...]:
    """The columns that a value, or the row that it is, is read from."""
    match spec:
        case specs.Column(path) | specs.Identifier(path):
            return (path,)
        case specs.Relation(key=str(key)) if key != "id":
            return (key,)
    return ()


def _is_many(kind: Any) -> bool:
    return is_list_type(get_nullable_type(kind))


def _is_view(entity: Entity) -> bool:
    return entity.scope.model._meta.app == _VIEWS  # noqa: SLF001 — its description


def _is_found_by_id(spec: specs.Spec) -> bool:
    return isinstance(spec, specs.Found) or (
        isinstance(spec, specs.Relation) and (spec.key is not None or spec.through is not None)
    )


def _paths(entity: Entity, field: DeclaredField) -> Iterator[tuple[type[models.Record], str]]:
    """The columns that a field names, each with the model that must have it."""
    model, spec = entity.scope.model, field.spec
    if isinstance(spec, specs.Column | specs.Identifier):
        yield model, spec.path
    elif isinstance(spec, specs.Relation):
        yield from ((model, path) for path in spec.parent_paths)
        target = _target(field)
        yield from ((target, path) for path in spec.on)
        yield from ((target, path.removeprefix("-")) for path in spec.order_by)
        if spec.through is not None:
            through = spec.through
            yield from ((through.model, path) for path in (*through.on, through.key))


def _conditions(
    field: DeclaredField, spec: specs.Relation
) -> Iterator[tuple[type[models.Record], Q]]:
    target = _target(field)
    yield target, spec.where
    arguments: Mapping[str, Any] = spec.arguments
    yield from ((target, argument.where) for argument in arguments.values())
    if spec.through is not None:
        yield spec.through.model, spec.through.where


def _target(field: DeclaredField) -> type[models.Record]:
    grouping = grouping_of(field.target)
    return (grouping.items if grouping else entity_of(field.target)).scope.model


async def test_every_post_and_every_derived_role_is_a_role() -> None:
    """A post that no role is called after would keep its holder from signing in."""
    assert {position.value for position in models.Position} <= {role.value for role in Role}
    assert set(GIVEN_BY_ROLE) == set(Role)
