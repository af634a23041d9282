"""Subscriptions as they begin, and as one event after the other is read for them."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Hashable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from weakref import WeakValueDictionary

import orjson
import structlog
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution import (
    ExecutionResult,
    create_source_event_stream,
    execute_subscription_event,
)
from graphql.execution.executor import Executor

from access.scope import Scope
from access.viewer import Viewer
from api import answers
from api.documents import Prepared
from api.operation import inspected
from api.written import WritingExecutor
from schema.context import Context
from subscriptions.course import Outlet
from subscriptions.entry import Entry
from subscriptions.hearing import Hearing
from subscriptions.live import Live
from subscriptions.stream import Stream
from subscriptions.told import Told

log = structlog.get_logger()

_ATTEMPTS = 3
_FIRST_PAUSE = 0.1


async def begun(
    schema: GraphQLSchema,
    prepared: Prepared,
    name: str | None,
    variables: Mapping[str, Any],
    context: Context,
) -> Stream:
    """Begin the document's subscription of this name for whoever asks in the context.

    Raises Refused with what the client is told, where it cannot be.
    """
    try:
        return await _begun(schema, prepared, name, variables, context)
    except Refused:
        raise
    except Exception as error:
        raise Refused([GraphQLError(str(error), original_error=error)], context) from error


async def _begun(
    schema: GraphQLSchema,
    prepared: Prepared,
    name: str | None,
    variables: Mapping[str, Any],
    context: Context,
) -> Stream:
    operation, document = prepared.operation(name), prepared.document
    if document is None:
        raise TypeError("A document with errors has no operation.")
    inspection = inspected(schema, document, operation, variables, context)
    if inspection.problem is not None:
        raise Refused([inspection.problem], context)
    executor = WritingExecutor.build(
        schema,
        document,
        context_value=context,
        raw_variable_values=dict(variables),
        operation_name=name,
    )
    if not isinstance(executor, Executor):
        raise Refused(executor, context, has_run=True)
    source: Any = create_source_event_stream(executor)
    source = await source if asyncio.iscoroutine(source) else source
    if isinstance(source, ExecutionResult):
        raise Refused(source.errors or (), context, has_run=True)
    reading = _Reading(executor, source.hearing, context, inspection.refusals)
    return Stream(source, context.viewer, context.claims, _key(prepared, name, variables), reading)


async def follow(stream: Stream, context: Context, outlet: Outlet) -> Exception | None:
    """Write all that the stream's client is told; the last says why it ends, if it does.

    Returns what it ended with.
    """
    live: Live = context.services.live
    began, codes = time.perf_counter(), []
    try:
        await live.follow(stream, outlet)
    except Exception as error:  # noqa: BLE001 — whatever it is, the client is told
        told = answers.told(GraphQLError(str(error), original_error=error), context.request_id)
        codes = answers.codes([told])
        rest = outlet.write(orjson.dumps({"data": None, "errors": [told.formatted]}))
        if rest is not None:
            await rest
        return error
    else:
        return None
    finally:
        _write_line(stream, codes, time.perf_counter() - began)


async def answers_of(stream: Stream, context: Context) -> AsyncGenerator[bytes, None]:
    """The same for whoever takes answers one by one."""
    hand = _Hand()
    following = asyncio.create_task(follow(stream, context, hand))
    following.add_done_callback(hand.close)
    try:
        while (answer := await hand.taken()) is not None:
            yield answer
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following


class _Hand:
    """An outlet that holds one answer until somebody takes it."""

    def __init__(self) -> None:
        self._held: asyncio.Queue[tuple[bytes, asyncio.Future[None]] | None] = asyncio.Queue()

    def write(self, answer: bytes) -> Awaitable[None]:
        """Hold the answer out."""
        taken = asyncio.get_running_loop().create_future()
        self._held.put_nowait((answer, taken))
        return taken

    async def taken(self) -> bytes | None:
        """The next answer; None where none comes any more."""
        held = await self._held.get()
        if held is None:
            return None
        answer, taken = held
        if not taken.done():
            taken.set_result(None)
        return answer

    def close(self, _: object) -> None:
        """Say that no answer comes any more."""
        self._held.put_nowait(None)


def _write_line(stream: Stream, codes: Sequence[str], seconds: float) -> None:
    log.info(
        "graphql.stream",
        hearing=stream.hearing.name,
        viewer=stream.viewer.account_id,
        roles=stream.viewer.role_names,
        seconds=round(seconds, 1),
        codes=codes,
    )


class Refused(Exception):
    """The subscription does not begin; `errors` are what the client is told.

    `has_run` says whether it got as far as its variables and its field: then they are an answer,
    as they are of any operation that runs, and no reason why none could.
    """

    def __init__(
        self, errors: Sequence[GraphQLError], context: Context, *, has_run: bool = False
    ) -> None:
        super().__init__("The subscription does not begin.")
        self.errors = [answers.told(error, context.request_id) for error in errors]
        self.has_run = has_run


class _Reading:
    """Reads one event after the other as the subscription's selection says."""

    def __init__(
        self,
        executor: Executor[Any],
        hearing: Hearing,
        context: Context,
        refusals: Sequence[GraphQLError],
    ) -> None:
        self._executor = executor
        self._hearing = hearing
        self._context = context
        self._refusals = refusals

    async def __call__(self, entry: Entry, viewer: Viewer, reached: Scope | None) -> Told:
        """What the entry is told as; the stream's last where it could not be read whole.

        Raises Outage where it may be read later.
        """
        for attempt in range(_ATTEMPTS):
            told = await self._told(entry, viewer, reached)
            if not told.is_last:
                return told
            await asyncio.sleep(_FIRST_PAUSE * 2**attempt)
        # It is told whole to whoever resumes before it.
        return told

    async def _told(self, entry: Entry, viewer: Viewer, reached: Scope | None) -> Told:
        context = self._context.for_event(viewer, reached)
        executor = self._executor.build_per_event_executor(self._hearing.payload(entry))
        executor.context_value = context
        result: Any = execute_subscription_event(executor)
        result = await result if asyncio.iscoroutine(result) else result
        if (outage := answers.outage_in(result.errors)) is not None:
            raise outage
        return _as_json(result, context, self._refusals)


def _as_json(result: ExecutionResult, context: Context, refusals: Sequence[GraphQLError]) -> Told:
    errors = [answers.told(each, context.request_id) for each in result.errors or ()]
    is_last = result.data is None or "INTERNAL" in answers.codes(errors)
    answer: dict[str, Any] = {"data": None if is_last else result.data}
    if told := errors if is_last else [*errors, *refusals]:
        answer["errors"] = [each.formatted for each in told]
    json = orjson.dumps(answer)
    return Told(json, is_personal=context.is_personal or is_last, is_last=is_last)


class _Key:
    """What makes two subscriptions read every event alike, but for who reads it.

    There is one as long as any stream holds it, so that thousands are compared by being the same.
    """

    __slots__ = ("__weakref__",)


_KEYS: WeakValueDictionary[Hashable, _Key] = WeakValueDictionary()


def _key(prepared: Prepared, name: str | None, variables: Mapping[str, Any]) -> _Key:
    beyond = prepared.beside.get((_Key, name))
    if beyond is None:
        beyond = prepared.beside[_Key, name] = _beyond_root(prepared, name)
    # The arguments of the root field choose what is heard, not how it is told.
    asked = prepared, name, repr([(each, variables.get(each)) for each in beyond])
    return _KEYS.setdefault(asked, _Key())


def _beyond_root(prepared: Prepared, name: str | None) -> Sequence[str]:
    """The variables that stand elsewhere than in an argument of the subscription's own field."""
    names = _Names()
    operation = prepared.operation(name)
    document: DocumentNode | None = prepared.document
    for each in operation.selection_set.selections:
        inside: Sequence[Node | None] = (each,)
        if isinstance(each, FieldNode):
            inside = (*(each.directives or ()), each.selection_set)
        for node in filter(None, inside):
            visit(node, names)
    for definition in document.definitions if document else ():
        if isinstance(definition, FragmentDefinitionNode):
            visit(definition, names)
    return sorted(names.found)


class _Names(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        """Take the variable's name down."""
        self.found.add(node.name.value)
