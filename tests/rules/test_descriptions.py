"""Everything in the schema is described, and what is printed is what is declared."""

from collections.abc import Iterator

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    is_introspection_type,
    is_specified_directive,
    is_specified_scalar_type,
)

from tests.rules.declared import GRAPHQL


def test_everything_is_described() -> None:
    assert [where for where, description in _all() if not description] == []


def test_every_description_is_a_sentence() -> None:
    # The scalars' own are Strawberry's: "Date (isoformat)".
    spoken = [
        (where, text or "") for where, text in _all() if where not in ("Date", "DateTime", "Time")
    ]
    odd = [
        where
        for where, text in spoken
        if not text.rstrip().endswith((".", "?")) or text[:1].islower()
    ]
    assert odd == []


def test_the_checker_goes_everywhere() -> None:
    places = {where for where, _ in _all()}
    assert {
        "Student",
        "Student.diary",
        "Student.diary(from:)",
        "RecordMarkInput",
        "RecordMarkInput.value",
        "AttendanceCode.LATE",
        "Node.id",
        "Query.student(id:)",
        "Mutation",
        "Subscription.markChanges(after:)",
        "@allow",
    } <= places


def _all() -> Iterator[tuple[str, str | None]]:
    """Every place of the schema, by its coordinate, with its description."""
    for kind in GRAPHQL.type_map.values():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        yield kind.name, kind.description
        yield from _within(kind)
    for directive in GRAPHQL.directives:
        if not is_specified_directive(directive):
            yield f"@{directive.name}", directive.description


def _within(kind: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    if isinstance(kind, GraphQLEnumType):
        for name, value in kind.values.items():
            yield f"{kind.name}.{name}", value.description
    if isinstance(kind, GraphQLInputObjectType):
        for name, given in kind.fields.items():
            yield f"{kind.name}.{name}", given.description
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in kind.fields.items():
            yield f"{kind.name}.{name}", field.description
            for argument, about in field.args.items():
                yield f"{kind.name}.{name}({argument}:)", about.description
