"""What is done around every operation, over HTTP and WebSocket alike."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import structlog
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    get_operation_ast,
)
from graphql import OperationType as Kind
from strawberry.extensions import SchemaExtension

from access.lookups import Lookups
from api import answers, lookups
from api.documents import Documents
from planner.document import VALUES_OF_AN_OBJECT, Cost, Document, most_objects_of
from planner.refusals import refusals
from schema.context import Context
from schema.declaration.behind import is_guess
from service import logs

log = structlog.get_logger()

COST_LIMIT = 50_000
"""How many objects an operation may touch of whoever is signed in, unless it is set otherwise."""
# What one statement may answer takes Python so many times as long, and meanwhile nobody else is
# answered. It resolves queries only where an argument is wrong, or a plan cannot say what is asked.
_PYTHON_IS_SLOWER = 5


def _too_much(cost: Cost, limit: int, in_python: int) -> str | None:
    """Why an operation of this cost is not resolved in Python, which does so many objects."""
    if cost.objects > limit:
        return f"The document may touch {cost.objects} objects; {limit} is the limit."
    values = limit * VALUES_OF_AN_OBJECT
    if cost.values > values:
        return f"The document may touch {cost.values} values; {values} is the limit."
    if cost.exceeds(in_python):
        return "The document asks for so much that none of its arguments may be wrong."
    return None


class Inspection(NamedTuple):
    """What is known of an operation before it runs: why it may not, or what it may not read."""

    problem: GraphQLError | None
    refusals: Sequence[GraphQLError] = ()


def inspected(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
    context: Context,
) -> Inspection:
    """Look at an operation of whoever asks in the context, and count there what it may touch."""
    found = Document(schema, document, operation, variables)
    is_mutation = operation.operation is Kind.MUTATION
    if is_mutation and sum(is_guess(each) for _, each in found.roots()) > 1:
        return Inspection(GraphQLError("A password, code or ticket is shown once in a document."))
    if context.lookup_keys and lookups_of(context).are_over(context.viewer.account_id):
        return Inspection(lookups.too_many())
    cost = context.cost = found.cost(context.viewer.relations)
    most_objects = most_objects_of(context.viewer.relations, context.cost_limit)
    if problem := _too_much(cost, most_objects, context.cost_limit // _PYTHON_IS_SLOWER):
        return Inspection(GraphQLError(problem))
    return Inspection(None, list(refusals(found, context.viewer.relations)))


def lookups_of(context: Context) -> Lookups:
    """What counts the context's lookups."""
    if context.lookups is None:
        raise TypeError("An operation runs in a context that counts its lookups.")
    return context.lookups


class PreparedOnce(SchemaExtension):
    """Takes documents from where all of them are kept, parsed and validated.

    One that cannot be parsed is left to Strawberry: over a socket it swallows what is raised here,
    and the client would get a bare `complete`.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def on_parse(self) -> Iterator[None]:
        """Take the document, which its query must name."""
        self._prepared = self._documents.prepared(self.execution_context.query or "")
        self.execution_context.graphql_document = self._prepared.document
        yield

    def on_validate(self) -> Iterator[None]:
        """Take the errors that were found when it was validated."""
        self.execution_context.pre_execution_errors = list(self._prepared.errors)
        yield


class AroundOperation(SchemaExtension):
    """Limits the document, tells what it may not read, hides what went wrong, and logs one line."""

    def on_operation(self) -> Iterator[None]:
        """Complete the answer and write the operation's one line."""
        self._refusals: list[GraphQLError] = []
        self._is_stream = False
        self._codes: list[str] = []
        began = time.perf_counter()
        yield
        if not self._is_stream and self.execution_context.result is not None:
            self._complete(self.execution_context.result)
        self._write_line(time.perf_counter() - began)

    def on_stream_result(self, result: Any) -> Iterator[None]:
        """Complete the answer of an operation over a socket."""
        self._is_stream = True
        self._complete(result)
        yield

    def on_validate(self) -> Iterator[None]:
        """Refuse a document that names no operation or may touch too much, before it runs.

        An error that is set after the yield would be ignored and the data would go out.
        """
        problem = self._inspect()
        if problem is not None:
            self.execution_context.pre_execution_errors = [problem]
        yield

    @property
    def _context(self) -> Context:
        context: Context = self.execution_context.context
        return context

    def _inspect(self) -> GraphQLError | None:
        execution = self.execution_context
        if execution.graphql_document is None or execution.pre_execution_errors:
            return None
        # Strawberry's `operation_name` is the first operation's where the client named none.
        given = execution._provided_operation_name  # noqa: SLF001 — it has no public name
        operation = get_operation_ast(execution.graphql_document, given)
        if not isinstance(operation, OperationDefinitionNode):
            return GraphQLError("The document has several operations: name one of them.")
        found = inspected(
            execution.schema._schema,  # noqa: SLF001 — Strawberry has no public name for it
            execution.graphql_document,
            operation,
            execution.variables or {},
            self._context,
        )
        self._refusals = list(found.refusals)
        return found.problem

    def _complete(self, result: Any) -> None:
        errors = [answers.told(each, self._context.request_id) for each in result.errors or ()]
        if result.data is not None:
            errors += self._refusals
            missed = lookups.misses_in(self._context.lookup_keys, result.data)
            lookups_of(self._context).miss(self._context.viewer.account_id, missed)
        result.errors = errors or None
        self._codes = answers.codes(errors)

    def _write_line(self, seconds: float) -> None:
        viewer = self._context.viewer
        log.info(
            "graphql",
            operation=logs.shortened(self.execution_context.operation_name),
            viewer=viewer.account_id,
            roles=viewer.role_names,
            milliseconds=round(seconds * 1000, 1),
            codes=self._codes,
        )
