"""Queries as one statement each: from a request to the bytes of its answer."""

import hashlib
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, cast
from weakref import WeakKeyDictionary

import asyncpg
import orjson
import structlog
from graphql import (
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
)
from strawberry.types.execution import ExecutionResult

from access.known import KnownViewers
from access.sessions import viewer_of
from access.tokens import Claims
from access.viewer import Viewer, anonymous
from api import answers
from api.documents import Prepared
from api.written import Written
from errors import DiaryError
from planner import running
from planner.islands import Islands
from planner.parameters import Run
from planner.plan import Plan
from planner.planner import Planner, Query
from planner.planner import Request as Planned
from planner.selection import Unplannable
from schema.context import Context, ReadPlanned
from service import metrics

log = structlog.get_logger()

# A right that changes between a guess and its statement makes another guess; not for ever.
_GUESSES = 3
# What only graphql-core and the generic resolvers can tell of in the right place.
_LEFT_TO_OTHERS = (DiaryError, GraphQLError, asyncpg.DataError, ValueError)


class PlannedAnswers:
    """Answers queries by plans, and leaves what has none to the generic resolvers."""

    def __init__(self, schema: GraphQLSchema, *, cost_limit: int) -> None:
        self._planner = Planner(schema, most_objects=cost_limit)
        self._viewers = KnownViewers()
        self._islands: WeakKeyDictionary[Prepared, Islands] = WeakKeyDictionary()

    async def answer(
        self,
        prepared: Prepared,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
        context: Context,
    ) -> ExecutionResult | None:
        """The result of a query; None where the generic resolvers have to give it."""
        if prepared.document is None or operation.operation is not OperationType.QUERY:
            return None
        query = self._planner.query(prepared, prepared.document, operation)
        try:
            return await self._answer(query, operation, variables, context)
        except _LEFT_TO_OTHERS as reason:
            _write_reason(prepared, operation, reason)
            return None

    async def _answer(
        self,
        query: Query,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
        context: Context,
    ) -> ExecutionResult:
        began, claims = time.perf_counter(), context.claims
        for _ in range(_GUESSES):
            viewer = await self._viewer(claims)
            planned = query.request(variables, viewer.relations)
            data = await running.answer(planned.plan, Run(viewer, planned.variables))
            if data is not None:
                _write_line(operation, viewer, planned.plan, time.perf_counter() - began)
                return _result(planned, data, explain=context.explain)
            if claims is not None:
                self._viewers.forget(claims)
        raise Unplannable("The viewer's roles do not stay the same.")

    async def _viewer(self, claims: Claims | None) -> Viewer:
        """Who probably asks; the statement finds out whether it is so."""
        if claims is None:
            return _NOBODY
        viewer = self._viewers.of(claims)
        if viewer is None:
            viewer = await viewer_of(claims)
            self._viewers.remember(viewer)
        return viewer

    def reader(self, prepared: Prepared) -> ReadPlanned:
        """How rows in payloads and events of the document are read by plans."""
        islands = self._islands.setdefault(prepared, Islands())

        async def read(
            info: GraphQLResolveInfo[Any], viewer: Viewer, number: Any
        ) -> Written | None:
            try:
                return Written(orjson.Fragment(await islands.read(info, viewer, number)))
            except _LEFT_TO_OTHERS:
                return None

        return read


def _result(planned: Planned, data: bytes, *, explain: bool) -> ExecutionResult:
    statements = 0 if planned.plan.known is not None else 1
    extensions = explained(statements, planned.cost, planned=True) if explain else None
    errors = list(planned.plan.refusals) or None
    return ExecutionResult(cast("Any", orjson.Fragment(data)), errors, extensions)


def explained(statements: int, cost: int, *, planned: bool) -> dict[str, Any]:
    """What `extensions` tell of an answer to whoever asks in development."""
    return {"plan": {"planned": planned, "statements": statements, "cost": cost}}


# Nobody's day and moment are the database's too, so none stand here.
_NOBODY = anonymous(date.min, datetime.min.replace(tzinfo=UTC))


def _write_line(
    operation: OperationDefinitionNode, viewer: Viewer, plan: Plan, seconds: float
) -> None:
    log.info(
        "graphql",
        operation=operation.name.value if operation.name else None,
        viewer=viewer.account_id,
        roles=sorted(role.value for role in viewer.roles),
        milliseconds=round(seconds * 1000, 1),
        codes=answers.codes(plan.refusals),
        planned=True,
    )


def _write_reason(
    prepared: Prepared, operation: OperationDefinitionNode, reason: Exception
) -> None:
    """Count the document where it has no plan; bad input is the client's own matter."""
    if isinstance(reason, Unplannable):
        name = operation.name.value if operation.name else ""
        digest = hashlib.sha256(prepared.text.encode()).hexdigest()
        metrics.UNPLANNED.count(operation=name, document=digest)
        log.info("graphql.unplanned", operation=name, document=digest, reason=str(reason))
