"""Documents that ask for everything there is, made from the schema so that no path is forgotten."""

from collections import Counter
from collections.abc import Iterator, Mapping

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from tests.rules.declared import GRAPHQL

# How often one type may stand on the way from the root to a field: once more than needed, so that
# a way leads back to where it came from (a pupil's mark's pupil's marks).
_TURNS = 2


def in_parts(root: str, given: Mapping[str, str], *, deepest: int = 4, count: int) -> list[str]:
    """All that can be reached from the root field's object, as so many selections in braces.

    One would be more than may be asked for at once. `given` are the arguments of the fields below,
    as they are written, by the argument's name, or by its name and type: `by: Int`.
    """
    assert GRAPHQL.query_type is not None
    kind = _object(GRAPHQL.query_type.fields[root])
    ways = list(_ways(kind, given, deepest))
    return [f"{{ {' '.join(ways[place::count])} }}" for place in range(count)]


def _ways(kind: GraphQLObjectType, given: Mapping[str, str], deepest: int) -> Iterator[str]:
    """The fields' texts, those of objects once for each field of theirs: some lead to very much."""
    seen = Counter([kind.name])
    yield "__typename"
    for name, field in kind.fields.items():
        key = f"{name}{arguments(field, given)}"
        if is_leaf_type(get_named_type(field.type)):
            yield key
        elif deepest > 1 and seen[_object(field).name] < _TURNS:
            for inner in fields_of(_object(field), given, seen, deepest - 1):
                yield f"{key} {{ {inner} }}"


def fields_of(
    kind: GraphQLObjectType, given: Mapping[str, str], seen: Counter[str], deeper: int
) -> list[str]:
    """A text for each field of the type with all that is so deep below it; `seen` is on the way."""
    seen = seen + Counter([kind.name])
    parts = ["__typename"]
    for name, field in kind.fields.items():
        if is_leaf_type(get_named_type(field.type)):
            parts.append(f"{name}{arguments(field, given)}")
        elif deeper > 1 and seen[_object(field).name] < _TURNS:
            inner = fields_of(_object(field), given, seen, deeper - 1)
            parts.append(f"{name}{arguments(field, given)} {{ {' '.join(inner)} }}")
    return parts


def arguments(field: GraphQLField, given: Mapping[str, str]) -> str:
    """The field's arguments with their brackets, as far as they are given."""
    named = [
        f"{name}: {_value(name, argument, given)}"
        for name, argument in field.args.items()
        if name in given or is_required_argument(argument)
    ]
    return f"({', '.join(named)})" if named else ""


def _object(field: GraphQLField) -> GraphQLObjectType:
    kind = get_named_type(field.type)
    assert isinstance(kind, GraphQLObjectType)
    return kind


def _value(name: str, argument: GraphQLArgument, given: Mapping[str, str]) -> str:
    """What is given under the name and its type, else under the name alone."""
    return given.get(f"{name}: {get_named_type(argument.type)}") or given[name]
