"""The schema as the code declares it: one schema object, and its declared fields."""

from collections.abc import Iterator

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema

from api.schema import make_schema
from schema.declaration.behind import declared
from schema.declaration.field import DeclaredField

SCHEMA = make_schema(introspection=True)
GRAPHQL: GraphQLSchema = SCHEMA._schema  # noqa: SLF001 — Strawberry has no public name for it
ROOTS = ("Query", "Mutation", "Subscription")


def objects() -> Iterator[GraphQLObjectType]:
    """Every object type of ours."""
    for kind in GRAPHQL.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            yield kind


def is_declared(field: GraphQLField) -> bool:
    """Whether the field is declared, and not a resolver's."""
    return isinstance(declared(field), DeclaredField)


def guarded() -> Iterator[tuple[str, str, DeclaredField]]:
    """Type, name and declaration of every guarded field that is not a root's."""
    for kind in objects():
        for name, field in kind.fields.items():
            behind = declared(field)
            if kind.name not in ROOTS and getattr(behind, "allow", None) is not None:
                yield kind.name, name, behind
