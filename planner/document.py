"""What a document asks for, known before it runs: which fields it may not read, and its cost."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
    value_from_ast_untyped,
)

from access.roles import OF_ANYONE, Relations
from schema.declaration.arguments import MOST_NODES, Page
from schema.declaration.behind import declared
from schema.declaration.field import DeclaredField, RootField
from schema.declaration.specs import NodesById, PageEdges, PageNodes, Relation

_LIST_OF_UNKNOWN_LENGTH = 10


class Cost(NamedTuple):
    """How many objects an operation may touch at the most, and how many values of theirs."""

    objects: int
    values: int

    def plus(self, other: "Cost") -> "Cost":
        """Both together."""
        return Cost(self.objects + other.objects, self.values + other.values)

    def exceeds(self, most_objects: int) -> bool:
        """Whether it is more than so many objects, each with some values."""
        return self.objects > most_objects or self.values > most_objects * VALUES_OF_AN_OBJECT


VALUES_OF_AN_OBJECT = 4
"""As many values as an object has, on the average of a large answer."""
# Whoever is not signed in asks for the tree of the region and little else, and cannot be blocked:
# nothing that they may ask of a region is answered with 200 kB.
_STRANGERS_SHARE = 50
# A key is repeated in the answer for each object: a long one weighs as much as several values.
_CHARACTERS_OF_A_VALUE = 16
_NOTHING = Cost(0, 0)


def most_objects_of(relations: Relations, limit: int) -> int:
    """How many objects an operation of somebody with these relations may touch."""
    return limit if relations != OF_ANYONE else limit // _STRANGERS_SHARE


class Document:
    """One operation of a parsed document, against a schema."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
    ) -> None:
        self._schema = schema
        self._operation = operation
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        defaults = {
            each.variable.name.value: value_from_ast_untyped(each.default_value)
            for each in operation.variable_definitions or ()
            if each.default_value is not None
        }
        self._variables = {**defaults, **variables}
        self._relations: Relations | None = None
        self._fragment_costs: dict[str, Cost] = {}
        self._fragment_leaves: dict[str, frozenset[str]] = {}

    def cost(self, relations: Relations | None = None) -> Cost:
        """What the operation may touch, by what each list is expected to hold.

        With `relations`, fields of the root that are refused to whoever has these cost nothing:
        who asks for what they may not read is told so, and not that it is too much. Each fragment
        is counted once and remembered, so that a document whose fragments spread each other costs
        no more to count than to write.
        """
        self._relations = relations
        selections = self._operation.selection_set
        own = Cost(0, self._values_of(selections, self._root, frozenset()))
        return own.plus(self._cost_of(selections, self._root, frozenset()))

    def refusals(self, relations: Relations) -> Iterator[tuple[FieldNode, list[str]]]:
        """Each guarded field that nobody with these relations can read, with its path.

        A path names no places in lists: the refusal is the document's and not a row's.
        """
        yield from self._refused(self._operation.selection_set, self._root, [], relations, set())

    def roots(self) -> Iterator[tuple[FieldNode, Any]]:
        """The operation's own fields, each with its definition, as often as they are asked for."""
        for node, owner in self._fields(self._operation.selection_set, self._root, set()):
            yield node, _field(owner, node)

    @property
    def _root(self) -> GraphQLObjectType | None:
        return self._schema.get_root_type(self._operation.operation)

    def _cost_of(
        self, selections: SelectionSetNode, parent: GraphQLNamedType | None, within: frozenset[str]
    ) -> Cost:
        total = _NOTHING
        for selection in selections.selections:
            if not self._is_included(selection):
                continue
            if isinstance(selection, FieldNode):
                total = total.plus(self._cost_of_field(selection, parent, within))
            elif isinstance(selection, InlineFragmentNode):
                inner = self._condition(selection, parent)
                total = total.plus(self._cost_of(selection.selection_set, inner, within))
            elif isinstance(selection, FragmentSpreadNode):
                total = total.plus(self._cost_of_fragment(selection.name.value, within))
        return total

    def _cost_of_fragment(self, name: str, within: frozenset[str]) -> Cost:
        fragment = self._fragments.get(name)
        if fragment is None or name in within:
            return _NOTHING
        if name not in self._fragment_costs:
            self._fragment_costs[name] = self._cost_of(
                fragment.selection_set, self._condition(fragment, None), within | {name}
            )
        return self._fragment_costs[name]

    def _cost_of_field(
        self, node: FieldNode, parent: GraphQLNamedType | None, within: frozenset[str]
    ) -> Cost:
        definition = _field(parent, node)
        if definition is None or node.selection_set is None:
            return _NOTHING
        if parent is self._root and self._is_for_others(definition):
            return _NOTHING
        kind = get_named_type(definition.type)
        inner = self._cost_of(node.selection_set, kind, within)
        values = self._values_of(node.selection_set, kind, within)
        length = self._length(node, definition)
        looked_through = getattr(_spec(definition), "looks_through", 0)
        objects = length * (1 + inner.objects) + looked_through
        return Cost(objects, _longer(_key(node)) + length * (values + inner.values))

    def _is_for_others(self, definition: Any) -> bool:
        """Whether the field of the root is refused to those for whom it is counted."""
        relations = self._relations
        return relations is not None and _is_refused(declared(definition), relations)

    def _values_of(
        self, selections: SelectionSetNode, parent: GraphQLNamedType | None, within: frozenset[str]
    ) -> int:
        """As how many values those of one object count that are no objects."""
        return sum(1 + _longer(key) for key in self._leaves_of(selections, parent, within))

    def _leaves_of(
        self, selections: SelectionSetNode, parent: GraphQLNamedType | None, within: frozenset[str]
    ) -> frozenset[str]:
        """The keys under which an object has values that are no objects."""
        found: set[str] = set()
        for selection in selections.selections:
            if not self._is_included(selection):
                continue
            if isinstance(selection, FieldNode):
                if selection.selection_set is None:
                    found.add(_key(selection))
            elif isinstance(selection, InlineFragmentNode):
                inner = self._condition(selection, parent)
                found |= self._leaves_of(selection.selection_set, inner, within)
            elif isinstance(selection, FragmentSpreadNode):
                found |= self._leaves_of_fragment(selection.name.value, within)
        return frozenset(found)

    def _leaves_of_fragment(self, name: str, within: frozenset[str]) -> frozenset[str]:
        fragment = self._fragments.get(name)
        if fragment is None or name in within:
            return frozenset()
        if name not in self._fragment_leaves:
            self._fragment_leaves[name] = self._leaves_of(
                fragment.selection_set, self._condition(fragment, None), within | {name}
            )
        return self._fragment_leaves[name]

    def _length(self, node: FieldNode, definition: Any) -> int:
        """How many objects the field may lead to."""
        match _spec(definition):
            case Relation(page=Page() as page):
                return min(page.most, self._asked(node, page.default))
            case Relation(expected=expected):
                return expected
            case PageEdges() | PageNodes():
                # The connection itself was counted by its rows.
                return 1
            case NodesById(is_many=True):
                return MOST_NODES
        return _LIST_OF_UNKNOWN_LENGTH if _is_list(definition.type) else 1

    def _asked(self, node: FieldNode, default: int) -> int:
        """The page's `first` or `last`, the one that a number is given for."""
        return next(self._numbers(node), default)

    def _numbers(self, node: FieldNode) -> Iterator[int]:
        for argument in node.arguments or ():
            if argument.name.value in {"first", "last"}:
                value: Any = None
                if isinstance(argument.value, VariableNode):
                    value = self._variables.get(argument.value.name.value)
                elif isinstance(argument.value, IntValueNode):
                    value = int(argument.value.value)
                # An empty page still counts: its selection is walked although nothing is read.
                if isinstance(value, int):
                    yield max(value, 1)

    def _refused(
        self,
        selections: SelectionSetNode,
        parent: GraphQLNamedType | None,
        path: list[str],
        relations: Relations,
        seen: set[tuple[str, ...]],
    ) -> Iterator[tuple[FieldNode, list[str]]]:
        for node, owner in self._fields(selections, parent, set()):
            definition = _field(owner, node)
            if definition is None:
                continue
            here = [*path, _key(node)]
            found = declared(definition)
            if _is_refused(found, relations):
                if not isinstance(found, RootField) and tuple(here) not in seen:
                    seen.add(tuple(here))
                    yield node, here
                continue
            if node.selection_set is not None:
                inner = get_named_type(definition.type)
                yield from self._refused(node.selection_set, inner, here, relations, seen)

    def _fields(
        self, selections: SelectionSetNode, parent: GraphQLNamedType | None, spread: set[str]
    ) -> Iterator[tuple[FieldNode, GraphQLNamedType | None]]:
        """The selection's own fields and its fragments', each with the type it is asked of."""
        for selection in selections.selections:
            if not self._is_included(selection):
                continue
            if isinstance(selection, FieldNode):
                yield selection, parent
            elif isinstance(selection, InlineFragmentNode):
                inner = self._condition(selection, parent)
                yield from self._fields(selection.selection_set, inner, spread)
            elif isinstance(selection, FragmentSpreadNode):
                fragment = self._fragments.get(selection.name.value)
                if fragment is not None and selection.name.value not in spread:
                    spread.add(selection.name.value)
                    inner = self._condition(fragment, parent)
                    yield from self._fields(fragment.selection_set, inner, spread)

    def _condition(
        self,
        fragment: InlineFragmentNode | FragmentDefinitionNode,
        parent: GraphQLNamedType | None,
    ) -> GraphQLNamedType | None:
        if fragment.type_condition is None:
            return parent
        return self._schema.get_type(fragment.type_condition.name.value)

    def _is_included(self, node: Any) -> bool:
        for directive in node.directives or ():
            name = directive.name.value
            if name in {"skip", "include"} and directive.arguments:
                given = value_from_ast_untyped(directive.arguments[0].value, self._variables)
                if bool(given) == (name == "skip"):
                    return False
        return True


def _key(node: FieldNode) -> str:
    """Under which key the answer has the field."""
    return node.alias.value if node.alias else node.name.value


def _longer(key: str) -> int:
    """As how many more values a long key counts."""
    return (len(key) - 1) // _CHARACTERS_OF_A_VALUE


def _spec(definition: Any) -> Any:
    """What declares the field; None for a resolver's."""
    return getattr(declared(definition), "spec", None)


def _field(parent: GraphQLNamedType | None, node: FieldNode) -> Any:
    """The field's definition; None for what the type does not have."""
    return getattr(parent, "fields", {}).get(node.name.value)


def _is_refused(declared: Any, relations: Relations) -> bool:
    return (
        isinstance(declared, DeclaredField)
        and declared.allow is not None
        and not declared.allow & relations
    )


def _is_list(kind: Any) -> bool:
    return is_list_type(kind.of_type if is_non_null_type(kind) else kind)
