"""The one order of every mutation: role, prove, begin, reach, rules, write, log, commit, tell.

Few mutations have something to `prove`: passwords, codes, what an identity provider says. That is
slow, on purpose or by others, waits for those who count guesses, and so comes before the
transaction, while no connection is held. So does what others `prepare`: passwords that are hashed,
files that are read.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import strawberry
from strawberry.types.field import StrawberryField
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from access import rules
from access.lookups import MUST_WAIT
from access.roles import Relations
from errors import Deadlocked, UserError
from resolvers.idempotency import Repetition, repetition
from resolvers.work import UserErrors, Work
from schema.context import Context, Info
from schema.declaration import Outcome
from schema.declaration.behind import GUESS
from schema.declaration.directive import Allow

Run = Callable[[Work, Any], Awaitable[Mapping[str, Any]]]
Before = Callable[[Context, Any], Awaitable[Any]]
"""From the input to what the mutation is told instead of it; raises UserError."""


_LET_GO_SECONDS = 0.1


@dataclass(frozen=True)
class _Order:
    """What `mutation` was told of one of them."""

    allow: Relations
    run: Run
    prove: Before | None = None
    prepare: Before | None = None
    locks: bool = True
    secret: bool = False
    once: Collection[str] = ()

    @property
    def before(self) -> Before | None:
        """What comes before the transaction."""
        return self.prove or self.prepare

    @property
    def is_for_anybody(self) -> bool:
        """Whether nobody has to be signed in for it."""
        return bool(self.allow & rules.ANYONE)

    @property
    def is_guess(self) -> bool:
        """Whether it looks at something secret that somebody claims to know."""
        return self.is_for_anybody or self.prove is not None

    @property
    def may_be_repeated(self) -> bool:
        """Whether its answer is kept under an `Idempotency-Key`."""
        return not self.is_for_anybody and not self.secret


def mutation(
    payload: type,
    *,
    allow: Relations,
    prove: Before | None = None,
    prepare: Before | None = None,
    locks: bool = True,
    secret: bool = False,
    once: Collection[str] = (),
) -> Callable[[Any], Any]:
    """Make `async def name(work, input) -> payload's values` a mutation; its docstring is told.

    A UserError that it raises rolls everything back and becomes the payload's `userErrors`.
    With `prove`, whose `input` is then the client's, the mutation is told what that has found. It
    was found before the transaction: the mutation asks again whether it still holds, under a lock.
    `prepare` is the same for what is slow and no guess.
    `locks=False` promises that it locks nothing when it reads, and writes by `work` alone: then
    the one statement that writes is the whole transaction.
    `secret=True` says that input or answer hold a secret, so that no `Idempotency-Key` keeps them.
    The values named in `once` are kept by none either: a repetition changes nothing and lacks them.
    """

    def declare(run: Run) -> Any:
        kind: Any = inspect.signature(prove or prepare or run).parameters["input"].annotation
        described: Any = Annotated[kind, strawberry.argument(description="What to do.")]
        order = _Order(allow, run, prove, prepare, locks, secret, once)

        async def resolver(info: Info, input: Any) -> Any:  # noqa: A002 — the contract's name
            return await perform(info, order, input)

        resolver.__annotations__ |= {"input": described, "return": payload}
        return _as_field(resolver, run, order)

    return declare


def mutation_without_input(payload: type, *, allow: Relations) -> Callable[[Any], Any]:
    """The same for a mutation that needs to be told nothing."""

    def declare(run: Callable[[Work], Awaitable[Mapping[str, Any]]]) -> Any:
        order = _Order(allow, lambda work, _nothing: run(work))

        async def resolver(info: Info) -> Any:
            return await perform(info, order, None)

        resolver.__annotations__ |= {"return": payload}
        return _as_field(resolver, run, order)

    return declare


async def perform(info: Info, order: _Order, given: Any) -> Outcome:
    """Do the work in one transaction and answer with the payload's values.

    What PostgreSQL undoes because two have waited for each other is done once more.
    """
    context = info.context
    context.viewer.require(order.allow)
    if context.lookups and context.lookups.are_over(context.viewer.account_id):
        return Outcome({"user_errors": _told(UserError("TOO_MANY_ATTEMPTS", MUST_WAIT))})
    repeated = _repetition(info, given) if order.may_be_repeated else None
    try:
        told = await order.before(context, given) if order.before else given
        try:
            work, values = await _done(context, order, told, repeated)
        except Deadlocked:
            # Whoever was waited for has to be awake before it is asked again.
            await asyncio.sleep(_LET_GO_SECONDS)
            work, values = await _done(context, order, told, repeated)
    except UserError as refusal:
        if refusal.code == "NOT_FOUND" and context.lookups:
            context.lookups.miss(context.viewer.account_id)
        return Outcome({"user_errors": _told(refusal)})
    await work.tell()
    context.reread()
    errors = [each for warning in work.warnings for each in _told(warning)]
    told = {name: _as_objects(value) for name, value in values.items()}
    return Outcome({**told, "user_errors": errors})


async def _done(
    context: Context, order: _Order, told: Any, repeated: Repetition | None
) -> tuple[Work, Mapping[str, Any]]:
    """Do the work and commit it; the payload's values beside it."""
    async with _connection(in_one=order.locks or repeated is not None) as connection:
        work = Work(context, connection)
        todo = partial(order.run, work, told)
        values = await (repeated.once(work, todo, order.once) if repeated else todo())
        await work.write()
    return work, values


def _connection(*, in_one: bool) -> AbstractAsyncContextManager[BaseDBAsyncClient]:
    """Where statements go: into one transaction, or each into its own.

    A read-committed transaction sees no more than its statements see, each by itself; but it would
    hold the log's topic until this process comes to its commit, and all other writers with it.
    """
    return in_transaction() if in_one else nullcontext(get_connection("default"))


def _repetition(info: Info, given: Any) -> Repetition | None:
    place = ".".join(map(str, info.path.as_list()))
    return repetition(info.context.idempotency_key, place, given)


def _as_field(resolver: Any, run: Any, order: _Order) -> StrawberryField:
    resolver.__name__ = run.__name__
    made: StrawberryField = strawberry.mutation(
        resolver=resolver,
        description=inspect.getdoc(run),
        directives=[Allow(to=sorted(order.allow))],
        metadata={GUESS: order.is_guess},
    )
    return made


def _as_objects(value: Any) -> Any:
    """The payload's value; lists of objects are given as mappings, which a key can keep."""
    if isinstance(value, list):
        return [Outcome(each) if isinstance(each, Mapping) else each for each in value]
    return value


def _told(refusal: UserError) -> list[Outcome]:
    errors = refusal.errors if isinstance(refusal, UserErrors) else [refusal]
    return [
        Outcome(
            {
                "code": each.code,
                "message": each.message,
                "field": ".".join(each.field) or None,
                "current": each.current and Outcome(vars(each.current)),
            }
        )
        for each in errors
    ]
