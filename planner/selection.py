"""What an operation selects: fields by response key, merged as graphql-core merges them."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLArgument,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    ValueNode,
    VariableNode,
    Visitor,
    is_non_null_type,
    visit,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    FragmentDetails,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues, get_argument_values
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_literal

from errors import DiaryError
from schema.declaration import behind
from schema.declaration.field import DeclaredField

Labels = tuple[str, ...]


class Unplannable(DiaryError):
    """The generic resolvers have to answer; the sentence says what is beyond a plan."""


@dataclass(frozen=True)
class Input:
    """An argument's value: where a run finds it, and whether it will be null.

    `key` tells it from the inputs of other arguments.
    """

    key: Hashable
    is_null: bool
    value: Callable[[VariableValues], Any]


@dataclass(frozen=True, eq=False)
class Selected:
    """One field of the answer, of all nodes that ask for it under the same key."""

    key: str
    name: str
    field: GraphQLField | None
    nodes: FieldDetailsList

    @property
    def node(self) -> FieldNode:
        """The first node; the others have the same arguments."""
        return self.nodes[0].node

    @property
    def definition(self) -> GraphQLField:
        """The field's definition; raises Unplannable for `__typename`, which has none."""
        if self.field is None:
            raise Unplannable(f"`{self.name}` is no field of the type.")
        return self.field

    @cached_property
    def declared(self) -> DeclaredField:
        """The field's declaration; raises Unplannable for a field that is a resolver's."""
        found = behind.declared(self.definition)
        if not isinstance(found, DeclaredField):
            raise Unplannable(f"`{self.name}` is resolved in Python.")
        return found

    @property
    def is_required(self) -> bool:
        """Whether its value is never null."""
        return self.field is None or is_non_null_type(self.field.type)


class Selection:
    """One operation's fields under one shape of its variables."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        operation: OperationDefinitionNode,
        variables: VariableValues,
        labels: Mapping[int, Labels],
    ) -> None:
        self.schema = schema
        self._labels = labels
        self._operation = operation
        self._fragments = {name: FragmentDetails(each) for name, each in fragments.items()}
        coerced = variables.coerced
        booleans = {name: each for name, each in coerced.items() if isinstance(each, bool)}
        self._booleans = VariableValues({}, booleans)
        self._nulls = frozenset(name for name, each in coerced.items() if each is None)
        self._present = frozenset(coerced)

    def roots(self) -> Iterator[Selected]:
        """The operation's own fields."""
        root = self.schema.get_root_type(self._operation.operation)
        if root is None:
            raise Unplannable("There is no such root.")
        found = collect_fields(self.schema, self._fragments, self._booleans, root, self._operation)
        yield from _selected(root, found.grouped_field_set)

    def of(self, selected: Selected, kind: GraphQLObjectType) -> Iterator[Selected]:
        """The fields that are selected below, where the object is of this type."""
        found = collect_subfields(
            self.schema,
            self._fragments,
            self._booleans,
            self._operation,
            kind,
            selected.nodes,
        )
        yield from _selected(kind, found.grouped_field_set)

    def labels(self, selected: Selected) -> Labels:
        """The types that the ids of the field's argument name."""
        return self._labels[id(selected.node)]

    def inputs(self, selected: Selected) -> Mapping[str, Input]:
        """The field's arguments by their names in Python; what is left out has no entry."""
        field, node = selected.field, selected.node
        if field is None or not field.args:
            return {}
        given = {each.name.value: each.value for each in node.arguments or ()}
        found = {}
        for name, argument in field.args.items():
            made = self._input(field, node, name, given.get(name))
            if made is not None:
                found[behind.declared(argument).python_name] = made
        return found

    def _input(
        self, field: GraphQLField, node: FieldNode, name: str, value: ValueNode | None
    ) -> Input | None:
        argument = field.args[name]
        if isinstance(value, VariableNode):
            return self._of_variable(argument, value.name.value)
        if value is not None and _has_variables(value):
            key = ("node", id(node), name)
            return Input(key, False, lambda given: get_argument_values(field, node, given)[name])
        if value is None:
            constant = coerce_default_value(argument)
        else:
            constant = coerce_input_literal(value, argument.type)
        if constant is Undefined:
            return None
        return Input(("constant", repr(constant)), constant is None, lambda _: constant)

    def _of_variable(self, argument: GraphQLArgument, variable: str) -> Input | None:
        default = coerce_default_value(argument)
        is_required = is_non_null_type(argument.type)
        if variable not in self._present and default is Undefined:
            return None

        def value(given: VariableValues) -> Any:
            found = given.coerced.get(variable, default)
            if found is None and is_required:
                # graphql-core says what is wrong; here it is enough that something is.
                raise GraphQLError("A required argument is null.")
            return found

        is_null = variable in self._nulls and not is_required
        return Input(("variable", variable, repr(default)), is_null, value)


def _selected(
    parent: GraphQLObjectType, grouped: Mapping[str, FieldDetailsList]
) -> Iterator[Selected]:
    for key, nodes in grouped.items():
        name = nodes[0].node.name.value
        if name.startswith("__") and name != "__typename":
            raise Unplannable("Introspection is graphql-core's own.")
        yield Selected(key, name, parent.fields.get(name), nodes)


class _Finder(Visitor):
    """Looks for a variable."""

    found = False

    def enter_variable(self, *_: Any) -> None:
        self.found = True


def _has_variables(value: ValueNode) -> bool:
    finder = _Finder()
    visit(value, finder)
    return finder.found
