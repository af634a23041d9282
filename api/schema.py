"""The whole schema, put together from the areas."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import strawberry
import structlog
from graphql import GraphQLError
from graphql import OperationType as Kind
from strawberry.extensions import MaxTokensLimiter
from strawberry.schema.config import StrawberryConfig
from strawberry.types.execution import ExecutionContext, ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from access.lookups import Lookups
from access.tokens import Claims
from api import answers, messages, streams
from api.documents import Documents, Prepared
from api.limits import DEFAULTS, Limits
from api.lookups import keys_of
from api.messages import Answer, Outcome, Request
from api.operation import COST_LIMIT, AroundOperation, PreparedOnce
from api.planned import PlannedAnswers, explained
from api.streams import Refused
from api.written import WritingExecutor
from errors import Outage
from models.statements import counted
from resolvers.absences import AbsencesMutation
from resolvers.academic_debts import AcademicDebtsMutation
from resolvers.accounts import AccountsMutation, AccountsQuery
from resolvers.attendance import AttendanceMutation
from resolvers.bells import BellsMutation
from resolvers.blocking import BlockingMutation
from resolvers.calendars import CalendarsMutation
from resolvers.class_days import ClassDaysMutation, ClassDaysQuery
from resolvers.class_import import ClassImportMutation
from resolvers.classes import ClassesQuery
from resolvers.consents import ConsentsMutation
from resolvers.contacts import ContactsMutation
from resolvers.debts import DebtsMutation
from resolvers.diary import DiaryMutation
from resolvers.directory import DirectoryQuery
from resolvers.events import EventsMutation
from resolvers.exports import ExportsMutation
from resolvers.grading import GradingMutation
from resolvers.homework import HomeworkMutation
from resolvers.identities import IdentitiesMutation, IdentitiesQuery
from resolvers.issuing import IssuingMutation
from resolvers.journal import JournalMutation, JournalQuery
from resolvers.journal_locks import JournalLocksMutation
from resolvers.lesson_recording import LessonRecordingMutation
from resolvers.messages import MessagesMutation
from resolvers.nodes import NodesQuery
from resolvers.notices import NoticesMutation, NoticesQuery
from resolvers.papers import PapersMutation
from resolvers.passwords import PasswordsMutation
from resolvers.people import PeopleQuery
from resolvers.period_marks import PeriodMarkMutation
from resolvers.period_removing import PeriodMarkRemovalMutation
from resolvers.personal import PersonalMutation
from resolvers.policies import PoliciesMutation
from resolvers.posts import PostsMutation
from resolvers.recovery import RecoveryMutation
from resolvers.reveals import RevealsMutation
from resolvers.school_days import SchoolDaysMutation
from resolvers.second_factor import SecondFactorMutation
from resolvers.sessions import SessionsMutation
from resolvers.steps import StepsMutation
from resolvers.substitutions import SubstitutionsMutation
from resolvers.summaries import SummariesQuery
from resolvers.timetable import TimetableMutation
from resolvers.work_types import WorkTypesMutation
from resolvers.works import WorksMutation
from schema.context import Context
from schema.scalars import SCALARS
from service import metrics
from subscriptions.beginning import BeginningQuery
from subscriptions.changes import ChangesQuery
from subscriptions.dashboard import DashboardSubscription
from subscriptions.events import EventsSubscription
from subscriptions.journal import JournalSubscription
from subscriptions.messages import MessagesSubscription
from subscriptions.notices import NoticesSubscription
from subscriptions.period_marks import PeriodMarkSubscription
from subscriptions.sessions import SessionsSubscription
from subscriptions.stream import Stream

log = structlog.get_logger()

# Thousands come back at once. Most are asked for together; those who need statements of their own
# must leave connections to the queries of others.
_BEGIN_AT_ONCE = 16
_PLANNED = metrics.OPERATIONS.of(kind="query", path="planned")


@strawberry.type(description="What can be asked.")
class Query(
    AccountsQuery,
    IdentitiesQuery,
    DirectoryQuery,
    PeopleQuery,
    ClassesQuery,
    JournalQuery,
    SummariesQuery,
    ClassDaysQuery,
    NodesQuery,
    BeginningQuery,
    ChangesQuery,
    NoticesQuery,
):
    """What can be asked."""


@strawberry.type(description="What can be done.")
class Mutation(
    AccountsMutation,
    IdentitiesMutation,
    SessionsMutation,
    StepsMutation,
    PasswordsMutation,
    RecoveryMutation,
    ContactsMutation,
    SecondFactorMutation,
    PapersMutation,
    ConsentsMutation,
    IssuingMutation,
    BlockingMutation,
    ClassImportMutation,
    PostsMutation,
    GradingMutation,
    PoliciesMutation,
    EventsMutation,
    CalendarsMutation,
    NoticesMutation,
    JournalMutation,
    LessonRecordingMutation,
    JournalLocksMutation,
    WorksMutation,
    DebtsMutation,
    WorkTypesMutation,
    PeriodMarkMutation,
    PeriodMarkRemovalMutation,
    AcademicDebtsMutation,
    AttendanceMutation,
    AbsencesMutation,
    ClassDaysMutation,
    HomeworkMutation,
    DiaryMutation,
    MessagesMutation,
    PersonalMutation,
    RevealsMutation,
    SubstitutionsMutation,
    TimetableMutation,
    SchoolDaysMutation,
    BellsMutation,
    ExportsMutation,
):
    """What can be done."""


@strawberry.type(description="What can be heard.")
class Subscription(
    JournalSubscription,
    PeriodMarkSubscription,
    MessagesSubscription,
    EventsSubscription,
    NoticesSubscription,
    SessionsSubscription,
    DashboardSubscription,
):
    """What can be heard."""


class DiarySchema(strawberry.Schema):
    """The schema; every operation begins by learning who asks."""

    def __init__(self, *, introspection: bool, cost_limit: int, limits: Limits) -> None:
        super().__init__(
            query=Query,
            mutation=Mutation,
            subscription=Subscription,
            config=StrawberryConfig(
                disable_field_suggestions=not introspection, scalar_map={**SCALARS}
            ),
            execution_context_class=WritingExecutor,
            extensions=[
                lambda: MaxTokensLimiter(limits.tokens),
                lambda: PreparedOnce(self.documents),
                # After the validation, which would overwrite the refusals of whoever comes before.
                AroundOperation,
            ],
        )
        self.documents = Documents(self._schema, introspection=introspection, limits=limits)
        self._beginning = asyncio.Semaphore(_BEGIN_AT_ONCE)
        self._cost_limit = cost_limit
        self._lookups = Lookups(limits.lookups_of_nothing)
        self._planned = PlannedAnswers(self._schema, cost_limit=cost_limit, lookups=self._lookups)

    async def planned(
        self, prepared: Prepared, request: Request, claims: Claims | None
    ) -> Answer | None:
        """The answer to a query that has a plan; None for everything else, which `answer` takes."""
        if not request.planner:
            return None
        name, variables = request.operation_name, request.variables or {}
        found = await self._planned.found(prepared, name, variables, claims)
        if found is None:
            return None
        _PLANNED.count()
        return found.answer(explain=request.explain)

    async def answer(self, prepared: Prepared, request: Request, context: Context) -> Answer:
        """Answer a query or a mutation without a plan of the whole, as HTTP needs it."""
        if problem := _problem(prepared, request.operation_name):
            metrics.OPERATIONS.count(kind="unknown", path="refused")
            told = [answers.told(error, context.request_id) for error in problem]
            return messages.refused(
                told, Outcome.INVALID if prepared.is_readable else Outcome.UNREADABLE
            )
        context.planner, context.explain = request.planner, request.explain
        context.cost_limit, context.lookups = self._cost_limit, self._lookups
        asked = _Asked(prepared.text, request.operation_name, request.variables or {})
        result = await self._counted(asked, context, operation_name=request.operation_name)
        errors = result.errors or ()
        if result.data is None and not any(error.path for error in errors):
            return messages.refused(errors, answers.outcome(errors))
        return messages.answered(result.data, errors, result.extensions)

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """Run a query or a mutation; what streams is refused here."""
        context = self._own(context_value)
        asked = _Asked(query, kwargs.get("operation_name"), variable_values or {})
        if (result := await self._result_by_plan(asked, context)) is not None:
            return result
        return await self._counted(asked, context, *args, **kwargs)

    async def _counted(self, asked: "_Asked", context: Context, *args: Any, **kwargs: Any) -> Any:
        """The result of the resolvers, and, where it is asked for, what it cost."""
        self._lend_plans(asked, context)
        with counted() as count:
            result = await self._by_resolvers(asked, context, *args, **kwargs)
            if context.explain:
                await count.settle()
                told = explained(count.statements, context.cost, planned=context.is_planned)
                result.extensions = {**(result.extensions or {}), **told}
        return result

    async def _by_resolvers(
        self, asked: "_Asked", context: Context, *args: Any, **kwargs: Any
    ) -> Any:
        """The result of what graphql-core executes."""
        if failure := await _failure_to_begin(context):
            return failure
        allowed = kwargs.get("allowed_operation_types") or OperationType
        kwargs["allowed_operation_types"] = set(allowed) - {OperationType.SUBSCRIPTION}
        return await super().execute(asked.query, dict(asked.variables), context, *args, **kwargs)

    async def stream(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """Run a query or a mutation over a socket."""
        context = self._own(context_value)
        asked = _Asked(query, kwargs.get("operation_name"), variable_values or {})
        if (result := await self._result_by_plan(asked, context)) is not None:
            return _only(result)
        self._lend_plans(asked, context)
        if failure := await _failure_to_begin(context):
            return _only(failure)
        return await super().stream(query, variable_values, context, *args, **kwargs)

    async def subscribe_to(
        self,
        prepared: Prepared,
        name: str | None,
        variables: Mapping[str, Any],
        context: Context,
    ) -> Stream:
        """Begin a subscription; raises Refused with what the client is told where it cannot be."""
        own = self._own(context)
        self._lend_plans(_Asked(prepared.text, name, variables), own)
        if failure := await _failure_to_begin(own, among_many=True):
            raise Refused(failure.errors or (), own)
        async with self._beginning:
            return await streams.begun(self._schema, prepared, name, variables, own)

    def _own(self, context: Any) -> Context:
        """A context of the operation's own, since several may share a socket."""
        if not isinstance(context, Context):
            raise TypeError("An operation needs its context.")
        own = context.for_operation()
        own.cost_limit, own.lookups = self._cost_limit, self._lookups
        return own

    async def _result_by_plan(self, asked: "_Asked", context: Context) -> Any:
        """The result of a query that has a plan."""
        if not context.planner or asked.query is None:
            return None
        prepared = self.documents.prepared(asked.query)
        name, variables = asked.operation_name, asked.variables
        try:
            found = await self._planned.found(prepared, name, variables, context.claims)
        except Outage as error:
            return _unexpected(error, context)
        if found is None:
            return None
        _PLANNED.count()
        return found.result(explain=context.explain)

    def _lend_plans(self, asked: "_Asked", context: Context) -> None:
        """Let the rows in payloads and events be read by plans, and count the operation."""
        prepared = self.documents.prepared(asked.query or "")
        with suppress(GraphQLError):
            context.lookup_keys = keys_of(prepared, asked.operation_name)
            kind = prepared.operation(asked.operation_name).operation.value
            metrics.OPERATIONS.count(kind=kind, path="generic")
            if context.planner:
                context.read_planned = self._planned.reader(prepared)

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Log nothing here: the operation's line has the codes, and the unexpected has its own."""


async def _failure_to_begin(
    context: Context, *, among_many: bool = False
) -> PreExecutionError | None:
    """Learn who asks; the answer where the database cannot say.

    Raised, it would be a bare `complete` over a socket and no GraphQL over HTTP.
    """
    try:
        await context.begin(among_many=among_many)
    except Exception as error:  # noqa: BLE001 — whatever it is, the client is told a code
        return _unexpected(error, context)
    return None


def _unexpected(error: Exception, context: Context) -> PreExecutionError:
    """The answer of an operation that could not run; the log has the reason."""
    unexpected = GraphQLError(str(error), original_error=error)
    return PreExecutionError(data=None, errors=[answers.told(unexpected, context.request_id)])


class _Asked(NamedTuple):
    query: str | None
    operation_name: str | None
    variables: Mapping[str, Any]


async def _only(result: ExecutionResult) -> AsyncGenerator[ExecutionResult, None]:
    yield result


def _problem(prepared: Prepared, operation_name: str | None) -> Sequence[GraphQLError]:
    """Why the document cannot run over HTTP; nothing where it can."""
    if prepared.errors:
        return prepared.errors
    try:
        operation = prepared.operation(operation_name)
    except GraphQLError as error:
        return [error]
    if operation.operation is Kind.SUBSCRIPTION:
        return [GraphQLError("Subscriptions go over WebSocket, or take text/event-stream.")]
    return ()


def make_schema(
    *, introspection: bool, cost_limit: int = COST_LIMIT, limits: Limits = DEFAULTS
) -> DiarySchema:
    """The schema, with or without introspection and the suggestions that would replace it."""
    return DiarySchema(introspection=introspection, cost_limit=cost_limit, limits=limits)
