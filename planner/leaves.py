"""A column's value as JSON text, exactly as graphql-core and orjson would write it."""

from enum import Enum

from graphql import GraphQLEnumType, GraphQLList, get_nullable_type
from graphql.type import GraphQLNullableType

from planner.selection import Selected, Unplannable
from planner.sql import JsonText, literal, text


def write_leaf(json: JsonText, value: str, selected: Selected) -> None:
    """Add the value of a column or expression; NULL, where it may be, as `null`."""
    before, made, after = _parts(value, get_nullable_type(selected.definition.type))
    if selected.is_required:
        json.constant(before)
        json.expression(made)
        json.constant(after)
    else:
        whole = (text(before), made, text(after))
        quoted = " || ".join(part for part in whole if part != "''")
        json.expression(f"coalesce({quoted}, 'null')")


def write_identifier(json: JsonText, label: str, number: str, *, is_required: bool) -> None:
    """Add the opaque id of a row of a type; see schema.declaration.ids."""
    made = f"encode(({text(f'{label}:')} || {number})::bytea, 'base64')"
    if is_required:
        json.constant('"')
        json.expression(made)
        json.constant('"')
    else:
        json.expression(f"""coalesce('"' || {made} || '"', 'null')""")


def _parts(value: str, kind: GraphQLNullableType) -> tuple[str, str, str]:
    """What stands before the value's text, that text's expression, and what stands behind it."""
    if isinstance(kind, GraphQLList):
        return "", f"({value})::text", ""
    if isinstance(kind, GraphQLEnumType):
        return '"', _enum(value, kind), '"'
    match kind.name:
        case "Int" | "Boolean" | "JSON":
            return "", f"({value})::text", ""
        case "Float":
            return "", _float(value), ""
        case "String" | "ID":
            return "", f"to_json(({value})::text)::text", ""
        case "Date" | "Time":
            return '"', f"({value})::text", '"'
        case "DateTime":
            return '"', _moment(value), '+00:00"'
    raise Unplannable(f"PostgreSQL does not write a {kind.name}.")


def _float(value: str) -> str:
    """A decimal without idle zeros, but with one behind the point: `4.5`, `4.0`."""
    number = f"trim_scale({value})"
    return f"(CASE scale({number}) WHEN 0 THEN {number} || '.0' ELSE {number}::text END)"


def _moment(value: str) -> str:
    """A moment in UTC without its zone; see schema.scalars. Half the price of `to_char`."""
    return f"replace((({value}) AT TIME ZONE 'UTC')::text, ' ', 'T')"


def _enum(value: str, kind: GraphQLEnumType) -> str:
    stored = {name: _stored(each.value) for name, each in kind.values.items()}
    if all(name == each for name, each in stored.items()):
        return f"({value})::text"
    cases = " ".join(f"WHEN {literal(each)} THEN {text(name)}" for name, each in stored.items())
    return f"(CASE {value} {cases} END)"


def _stored(value: object) -> object:
    return value.value if isinstance(value, Enum) else value
