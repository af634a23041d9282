"""Plans by operation: made when first needed, bounded together, never about a person."""

from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from weakref import ref

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution.values import VariableValues

from access.roles import OF_SIGNED_IN, Relations
from planner.document import Cost, Document, most_objects_of
from planner.plan import Plan, planned
from planner.selection import Selection, Unplannable
from planner.shape import Shape, Shapes
from planner.variables import Variables

MOST_CHARACTERS = 8_000_000
"""The SQL of all plans that are kept, in characters; the contract's largest takes 7,000."""
# What a plan takes beside its SQL, or one that could not be made.
_OF_A_KEY = 2_000
# An integer that every page cuts down to its own limit.
_ANY_LENGTH = 2**31 - 1
# More than any client's own; a hostile one makes them by the thousand.
_MOST_SHAPES = 64

Key = tuple[Shape, Relations, bool]
"""Shape, relations, and whether the plan serves everybody who has these among others."""


class Request(NamedTuple):
    """One request of a query: its plan, its variables, and how much it may touch."""

    plan: Plan
    variables: VariableValues
    cost: Cost


class Planner:
    """Plans queries against one schema."""

    def __init__(self, schema: GraphQLSchema, *, most_objects: int) -> None:
        self._schema = schema
        self._most_objects = most_objects
        self._kept = _Kept()

    def query(self, document: DocumentNode, operation: OperationDefinitionNode) -> "Query":
        """The operation's plans, for as long as somebody keeps them."""
        return Query(self._schema, document, operation, self._kept, most_objects=self._most_objects)


class Query:
    """One operation and its plans, by the shape of its requests and the relations of who asks."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        kept: "_Kept",
        *,
        most_objects: int,
    ) -> None:
        self.operation = operation
        self.name = operation.name.value if operation.name else None
        self._schema = schema
        self._document = document
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._variables = Variables(schema, operation)
        self._shapes = Shapes(schema, document, operation)
        self._most_objects = most_objects
        self._kept = kept
        self.plans: dict[Key, Plan | Unplannable] = {}
        # The most that any request of a shape may touch, whatever its numbers are.
        self._most: dict[Shape, Cost] = {}

    def request(self, given: Mapping[str, Any], relations: Relations) -> Request:
        """The request with these variables by somebody with these relations.

        Raises Unplannable, GraphQLError or AccessError where the generic resolvers have to answer.
        """
        variables = self._variables.of(given)
        shape = self._shapes.of(variables)
        # Counted first: to plan what branching fragments make of a short document takes for ever.
        cost = self._cost_of(shape, variables, relations)
        return Request(self._plan(shape, variables, relations), variables, cost)

    def _cost_of(self, shape: Shape, variables: VariableValues, relations: Relations) -> Cost:
        """What the request may touch; raises Unplannable where that is too much."""
        most_objects = most_objects_of(relations, self._most_objects)
        cost = self._most.get(shape)
        if cost is None:
            if len(self._most) >= _MOST_SHAPES:
                self._most.clear()
            cost = self._most[shape] = self._cost(_longest(variables))
        if cost.exceeds(most_objects):
            cost = self._cost(variables.coerced, relations)
        if cost.exceeds(most_objects):
            raise Unplannable("The document may touch too much.")
        return cost

    def _plan(self, shape: Shape, variables: VariableValues, relations: Relations) -> Plan:
        common = _common(relations)
        found = self.plans.get((shape, common, True)) or self.plans.get((shape, relations, False))
        if found is None:
            found = self._made(shape, variables, relations)
            is_common = isinstance(found, Plan) and not found.needs_roles
            key = (shape, common if is_common else relations, is_common)
            self.plans[key] = found
            self._kept.keep(self, key, len(found.sql) if isinstance(found, Plan) else 0)
        if isinstance(found, Unplannable):
            raise found
        return found

    def _made(
        self, shape: Shape, variables: VariableValues, relations: Relations
    ) -> Plan | Unplannable:
        labels = self._shapes.labels(shape)
        selection = Selection(self._schema, self._fragments, self.operation, variables, labels)
        booleans = _longest(variables)
        document = Document(self._schema, self._document, self.operation, booleans)
        try:
            return planned(selection, document, relations)
        except Unplannable as reason:
            return reason.with_traceback(None)

    def _cost(self, variables: Mapping[str, Any], relations: Relations | None = None) -> Cost:
        return Document(self._schema, self._document, self.operation, variables).cost(relations)


@lru_cache(maxsize=256)
def _common(relations: Relations) -> Relations:
    """What of the relations everybody has who is signed in, or everybody."""
    return relations & OF_SIGNED_IN


def _longest(variables: VariableValues) -> Mapping[str, Any]:
    """The variables with every number as large as no page allows."""
    coerced = variables.coerced
    return {name: each if isinstance(each, bool) else _ANY_LENGTH for name, each in coerced.items()}


class _Kept:
    """Bounds the plans of all documents together: the oldest give way."""

    def __init__(self) -> None:
        self._sizes: OrderedDict[tuple[Any, Key], int] = OrderedDict()
        self._characters = 0

    def keep(self, query: Query, key: Key, characters: int) -> None:
        """Count a plan that was made."""
        characters += _OF_A_KEY
        self._sizes[ref(query), key] = characters
        self._characters += characters
        while self._characters > MOST_CHARACTERS:
            (owner, oldest), size = self._sizes.popitem(last=False)
            self._characters -= size
            if (query_of := owner()) is not None:
                query_of.plans.pop(oldest, None)
