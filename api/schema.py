"""The whole schema, put together from the areas."""

from collections.abc import Iterable
from typing import Any

import strawberry
from graphql import GraphQLError, NoSchemaIntrospectionCustomRule
from strawberry.extensions import AddValidationRules, MaxTokensLimiter, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types.execution import ExecutionContext
from strawberry.types.graphql import OperationType

from api.operation import AroundOperation, ParsedOnce
from resolvers.accounts import AccountsMutation, AccountsQuery
from resolvers.attendance import AttendanceMutation
from resolvers.classes import ClassesQuery
from resolvers.directory import DirectoryQuery
from resolvers.homework import HomeworkMutation
from resolvers.journal import JournalMutation, JournalQuery
from resolvers.people import PeopleQuery
from schema.context import Context
from subscriptions.journal import JournalSubscription

MOST_TOKENS = 2_000
_CACHED_DOCUMENTS = 256


@strawberry.type(description="What can be asked.")
class Query(AccountsQuery, DirectoryQuery, PeopleQuery, ClassesQuery, JournalQuery):
    """What can be asked."""


@strawberry.type(description="What can be done.")
class Mutation(AccountsMutation, JournalMutation, AttendanceMutation, HomeworkMutation):
    """What can be done."""


@strawberry.type(description="What can be heard.")
class Subscription(JournalSubscription):
    """What can be heard."""


class DiarySchema(strawberry.Schema):
    """The schema; every operation begins by learning who asks."""

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """Run a query or a mutation; what streams is refused here."""
        context = await _begun(context_value)
        allowed = kwargs.get("allowed_operation_types") or OperationType
        kwargs["allowed_operation_types"] = set(allowed) - {OperationType.SUBSCRIPTION}
        return await super().execute(query, variable_values, context, *args, **kwargs)

    async def stream(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """Run an operation of any kind as a stream of answers."""
        context = await _begun(context_value)
        return await super().stream(query, variable_values, context, *args, **kwargs)

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Log nothing here: the operation's line has the codes, and the unexpected has its own."""


async def _begun(context: Any) -> Context:
    """A context of the operation's own, since several may share a socket."""
    if not isinstance(context, Context):
        raise TypeError("An operation needs its context.")
    own = context.for_operation()
    await own.begin()
    return own


def make_schema(*, introspection: bool) -> DiarySchema:
    """The schema, with or without introspection and the suggestions that would replace it."""
    return DiarySchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(disable_field_suggestions=not introspection),
        extensions=list(_extensions(introspection=introspection)),
    )


def _extensions(*, introspection: bool) -> Iterable[Any]:
    yield lambda: MaxTokensLimiter(MOST_TOKENS)
    yield lambda: ParsedOnce(_CACHED_DOCUMENTS)
    if not introspection:
        yield lambda: AddValidationRules([NoSchemaIntrospectionCustomRule])
    yield lambda: ValidationCache(_CACHED_DOCUMENTS)
    # After the validation, which would overwrite the refusals of whoever comes before it.
    yield AroundOperation
