"""The one order of every mutation: role, begin, reach, rules, write, log, commit, tell."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from typing import Annotated, Any

import strawberry
from strawberry.types.field import StrawberryField
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from access import rules
from access.roles import Relations
from errors import UserError
from resolvers.idempotency import Repetition, repetition
from resolvers.work import UserErrors, Work
from schema.context import Info
from schema.declaration import Outcome
from schema.declaration.directive import Allow

Run = Callable[[Work, Any], Awaitable[Mapping[str, Any]]]


def mutation(payload: type, *, allow: Relations, locks: bool = True) -> Callable[[Any], Any]:
    """Make `async def name(work, input) -> payload's values` a mutation; its docstring is told.

    A UserError that it raises rolls everything back and becomes the payload's `userErrors`.
    `locks=False` promises that it locks nothing when it reads, and writes by `work` alone: then
    the one statement that writes is the whole transaction.
    """

    def declare(run: Run) -> Any:
        kind: Any = inspect.signature(run).parameters["input"].annotation
        described: Any = Annotated[kind, strawberry.argument(description="What to do.")]

        async def resolver(info: Info, input: Any) -> Any:  # noqa: A002 — the contract's name
            return await perform(info, allow, run, input, locks=locks)

        resolver.__annotations__ |= {"input": described, "return": payload}
        return _as_field(resolver, run, allow)

    return declare


def mutation_without_input(payload: type, *, allow: Relations) -> Callable[[Any], Any]:
    """The same for a mutation that needs to be told nothing."""

    def declare(run: Callable[[Work], Awaitable[Mapping[str, Any]]]) -> Any:
        async def resolver(info: Info) -> Any:
            return await perform(info, allow, lambda work, _nothing: run(work), None)

        resolver.__annotations__ |= {"return": payload}
        return _as_field(resolver, run, allow)

    return declare


async def perform(
    info: Info, allow: Relations, run: Run, given: Any, *, locks: bool = True
) -> Outcome:
    """Do the work in one transaction and answer with the payload's values."""
    context = info.context
    context.viewer.require(allow)
    repeated = None if allow & rules.ANYONE else _repetition(info, given)
    try:
        async with _connection(in_one=locks or repeated is not None) as connection:
            work = Work(context, connection)
            todo = partial(run, work, given)
            values = await (repeated.once(work, todo) if repeated else todo())
            await work.write()
    except UserError as refusal:
        return Outcome({"user_errors": _told(refusal)})
    await work.tell()
    context.reread()
    told = [told for warning in work.warnings for told in _told(warning)]
    return Outcome({**values, "user_errors": told})


def _connection(*, in_one: bool) -> AbstractAsyncContextManager[BaseDBAsyncClient]:
    """Where statements go: into one transaction, or each into its own.

    A read-committed transaction sees no more than its statements see, each by itself; but it would
    hold the log's topic until this process comes to its commit, and all other writers with it.
    """
    return in_transaction() if in_one else nullcontext(get_connection("default"))


def _repetition(info: Info, given: Any) -> Repetition | None:
    place = ".".join(map(str, info.path.as_list()))
    return repetition(info.context.idempotency_key, place, given)


def _as_field(resolver: Any, run: Any, allow: Relations) -> StrawberryField:
    resolver.__name__ = run.__name__
    made: StrawberryField = strawberry.mutation(
        resolver=resolver, description=inspect.getdoc(run), directives=[Allow(to=sorted(allow))]
    )
    return made


def _told(refusal: UserError) -> list[Outcome]:
    errors = refusal.errors if isinstance(refusal, UserErrors) else [refusal]
    return [
        Outcome({"code": each.code, "message": each.message, "field": ".".join(each.field) or None})
        for each in errors
    ]
