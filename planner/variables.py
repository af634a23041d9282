"""A request's variables as graphql-core reads them, sooner where they are plain scalars."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from graphql import (
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    VariableDefinitionNode,
    is_leaf_type,
    is_non_null_type,
    type_from_ast,
)
from graphql.execution.values import VariableValues, get_variable_values

_NONE = VariableValues({}, {})


class _Leaf(NamedTuple):
    """A variable of a scalar or an enum: what reads its value."""

    name: str
    is_required: bool
    has_default: bool
    read: Callable[[Any], Any]


class Variables:
    """Reads the variables of one operation.

    Whatever is not a plain value of the right type is left to graphql-core, which knows defaults,
    lists, input objects and what to say of a mistake.
    """

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._definitions = operation.variable_definitions or ()
        leaves = [_leaf(schema, each) for each in self._definitions]
        self._leaves = [each for each in leaves if each is not None]
        self._are_plain = len(self._leaves) == len(leaves)

    def of(self, given: Mapping[str, Any]) -> VariableValues:
        """The variables' values; raises GraphQLError where one is not what it should be."""
        if not self._definitions:
            return _NONE
        if self._are_plain:
            try:
                return VariableValues({}, dict(self._plain(given)))
            except Exception:  # noqa: BLE001 — graphql-core raises it anew, as it should be told
                return self._read(given)
        return self._read(given)

    def _plain(self, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for name, is_required, has_default, read in self._leaves:
            value = given.get(name, Undefined)
            if value is None or value is Undefined:
                if is_required or has_default:
                    raise ValueError(name)
                if value is None:
                    yield name, None
            else:
                yield name, read(value)

    def _read(self, given: Mapping[str, Any]) -> VariableValues:
        # Whoever tells of the mistakes finds them again; here it is enough that there is one.
        values = get_variable_values(self._schema, self._definitions, dict(given), max_errors=1)
        if isinstance(values, list):
            raise values[0]
        return values


def _leaf(schema: GraphQLSchema, definition: VariableDefinitionNode) -> _Leaf | None:
    kind = type_from_ast(schema, definition.type)
    is_required = is_non_null_type(kind)
    inner = kind.of_type if is_non_null_type(kind) else kind
    if not is_leaf_type(inner):
        return None
    has_default = definition.default_value is not None
    return _Leaf(definition.variable.name.value, is_required, has_default, inner.coerce_input_value)
