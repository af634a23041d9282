"""Queries as one statement each: from a request to the bytes of its answer."""

import hashlib
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, cast

import asyncpg
import orjson
import structlog
from graphql import (
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationType,
)
from strawberry.types.execution import ExecutionResult

from access.known import KnownViewers
from access.lookups import Lookups
from access.sessions import viewer_of
from access.tokens import Claims
from access.viewer import Viewer, anonymous
from api import answers
from api.documents import Prepared
from api.lookups import keys_of, misses
from api.messages import Answer, Outcome
from api.written import Written
from errors import DiaryError, Interrupted, Outage
from planner import running
from planner.document import Cost
from planner.islands import Islands
from planner.parameters import Run
from planner.plan import Plan
from planner.planner import Planner, Query
from planner.planner import Request as Planned
from planner.selection import Unplannable
from schema.context import Context, ReadPlanned
from service import logs, metrics

log = structlog.get_logger()

# A right that changes between a guess and its statement makes another guess; not for ever.
_GUESSES = 3
# What only graphql-core and the generic resolvers can tell of in the right place.
_LEFT_TO_OTHERS = (DiaryError, GraphQLError, asyncpg.DataError, ValueError)


class PlannedAnswers:
    """Answers queries by plans, and leaves what has none to the generic resolvers."""

    def __init__(self, schema: GraphQLSchema, *, cost_limit: int, lookups: Lookups) -> None:
        self._planner = Planner(schema, most_objects=cost_limit)
        self._viewers = KnownViewers()
        self._lookups = lookups

    async def found(
        self,
        prepared: Prepared,
        name: str | None,
        variables: Mapping[str, Any],
        claims: Claims | None,
    ) -> "Found | None":
        """The answer to the query of this name; None where the generic resolvers have to give it.

        Raises Outage: they would fare no better.
        """
        query = prepared.beside.get(name) or self._query(prepared, name)
        account_id = claims.account_id if claims else None
        keys = keys_of(prepared, name) if query else frozenset()
        # Who has to wait is told so where everything is told that is no answer.
        if query is None or (keys and self._lookups.are_over(account_id)):
            return None
        try:
            found = await self._found(query, variables, claims)
        except Outage:
            raise
        except _LEFT_TO_OTHERS as reason:
            _write_reason(prepared, query.name, reason)
        except Exception as error:
            log.warning("graphql.plan_failed", error=type(error).__qualname__, exc_info=error)
        else:
            self._lookups.miss(account_id, misses(keys, found.data))
            return found
        return None

    def _query(self, prepared: Prepared, name: str | None) -> Query | None:
        """The plans of a query, made beside its document; None where a request means none."""
        try:
            operation = prepared.operation(name)
        except GraphQLError:
            return None
        if prepared.document is None or operation.operation is not OperationType.QUERY:
            return None
        query = self._planner.query(prepared.document, operation)
        prepared.beside[name] = query
        return query

    async def _found(
        self, query: Query, variables: Mapping[str, Any], claims: Claims | None
    ) -> "Found":
        began = time.perf_counter()
        for _ in range(_GUESSES):
            viewer = await self._viewer(claims)
            planned = query.request(variables, viewer.relations)
            data = await _answer(planned.plan, Run(viewer, planned.variables))
            if data is not None:
                _write_line(query.name, viewer, planned.plan, time.perf_counter() - began)
                return Found(planned, data)
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
        islands = prepared.beside.setdefault(Islands, Islands())

        async def read(
            info: GraphQLResolveInfo[Context], viewer: Viewer, number: Any
        ) -> Written | None:
            context = info.context
            try:
                part = await islands.read(info, viewer, number, context.reached)
            except Outage:
                raise
            except _LEFT_TO_OTHERS:
                return None
            context.is_personal = context.is_personal or part.is_personal
            return Written(orjson.Fragment(part.json))

        return read


async def _answer(plan: Plan, run: Run) -> bytes | None:
    """Run it, once more over another connection where one was cut off: it changes nothing."""
    try:
        return await running.answer(plan, run)
    except Interrupted:
        return await running.answer(plan, run)


class Found(NamedTuple):
    """What a plan found: the JSON of the answer's data."""

    planned: Planned
    data: bytes

    def answer(self, *, explain: bool) -> Answer:
        """The whole answer as JSON."""
        outcome = Outcome.PARTIAL if self.planned.plan.refusals else Outcome.COMPLETE
        told = b',"extensions":' + orjson.dumps(self._explained()) if explain else b""
        whole = b'{"data":' + self.data + self.planned.plan.errors_json + told + b"}"
        return Answer(whole, outcome)

    def result(self, *, explain: bool) -> ExecutionResult:
        """The same as Strawberry's sockets take it."""
        errors = list(self.planned.plan.refusals) or None
        extensions = self._explained() if explain else None
        return ExecutionResult(cast("Any", orjson.Fragment(self.data)), errors, extensions)

    def _explained(self) -> dict[str, Any]:
        statements = 0 if self.planned.plan.known is not None else 1
        return explained(statements, self.planned.cost, planned=True)


def explained(statements: int, cost: Cost | None, *, planned: bool) -> dict[str, Any]:
    """What `extensions` tell of an answer to whoever asks in development."""
    objects, values = cost or (0, 0)
    plan = {"planned": planned, "statements": statements, "cost": objects, "values": values}
    return {"plan": plan}


# Nobody's day and moment are the database's too, so none stand here.
_NOBODY = anonymous(date.min, datetime.min.replace(tzinfo=UTC))


def _write_line(operation: str | None, viewer: Viewer, plan: Plan, seconds: float) -> None:
    logs.event(
        "graphql",
        operation=logs.shortened(operation),
        viewer=viewer.account_id,
        roles=viewer.role_names,
        milliseconds=round(seconds * 1000, 1),
        codes=answers.codes(plan.refusals),
        planned=True,
    )


def _write_reason(prepared: Prepared, name: str | None, reason: Exception) -> None:
    """Count the document where it has no plan; bad input is the client's own matter."""
    if isinstance(reason, Unplannable):
        name = logs.shortened(name)
        digest = hashlib.sha256(prepared.text.encode()).hexdigest()
        metrics.UNPLANNED.count(operation=name or "", document=digest)
        log.info("graphql.unplanned", operation=name, document=digest, reason=str(reason))
