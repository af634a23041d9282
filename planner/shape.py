"""What of a request steers its plan: never a value that a person has, or that says who one is."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLField,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    Visitor,
    visit,
)
from graphql.execution.values import VariableValues, get_argument_values

from planner.selection import Labels
from schema.declaration import ids
from schema.declaration.behind import declared
from schema.declaration.entity import node_of
from schema.declaration.field import DeclaredField
from schema.declaration.specs import NodesById

_PRESENT: Final = "present"


class Shape(NamedTuple):
    """Equal for the requests that one plan serves.

    `traits` are the values of Boolean variables and whether others are null or left out; `labels`
    are the types that are named by ids, for each field that takes ids of any type.
    """

    traits: tuple[Hashable, ...]
    labels: tuple[Labels, ...]


class Shapes:
    """Tells the shapes of one operation's requests."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
    ) -> None:
        self._names = names_of(operation)
        finder = _NodeFields(schema)
        visit(document, finder)
        self._fields = finder.found

    def of(self, variables: VariableValues) -> Shape:
        """The request's shape; raises BadUserInput where an id is none."""
        labels = tuple([_labels(field, node, variables) for field, node in self._fields])
        return Shape(traits(self._names, variables), labels)

    def labels(self, shape: Shape) -> Mapping[int, Labels]:
        """The types that are named in each field that takes ids of any type."""
        nodes = (id(node) for _, node in self._fields)
        return dict(zip(nodes, shape.labels, strict=True))


def names_of(operation: OperationDefinitionNode) -> tuple[str, ...]:
    """The names of the operation's variables, in the order in which it declares them."""
    return tuple(each.variable.name.value for each in operation.variable_definitions or ())


def traits(names: Sequence[str], variables: VariableValues) -> tuple[Hashable, ...]:
    """The traits of the variables with these names."""
    coerced = variables.coerced
    return tuple([_trait(coerced.get(name, Undefined)) for name in names])


def _trait(value: Any) -> Hashable:
    if value is None or value is Undefined or isinstance(value, bool):
        return value
    return _PRESENT


class _NodeFields(Visitor):
    """Finds the fields that take ids of any type."""

    def __init__(self, schema: GraphQLSchema) -> None:
        super().__init__()
        self.found: list[tuple[GraphQLField, FieldNode]] = []
        root = schema.query_type
        self._fields = {
            name: field
            for name, field in (root.fields if root else {}).items()
            if _takes_any_id(field)
        }

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Keep it; a field of the same name elsewhere takes no arguments."""
        field = self._fields.get(node.name.value)
        if field is not None and node.arguments:
            self.found.append((field, node))


def _takes_any_id(field: GraphQLField) -> bool:
    found = declared(field)
    return isinstance(found, DeclaredField) and isinstance(found.spec, NodesById)


def _labels(field: GraphQLField, node: FieldNode, variables: VariableValues) -> Labels:
    given: Iterator[Any] = iter(get_argument_values(field, node, variables).values())
    found = next(given)
    texts = [found] if isinstance(found, str) else found
    # What names no type is all the same: a client makes as many of these as it likes.
    return tuple(sorted({label for each in texts if node_of(label := ids.parts(each)[0])}))
