"""How a subscription is declared: for whom it is, what they hear, and what they are told of it."""

import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from secrets import token_hex
from typing import Annotated, Any

import strawberry

from access.roles import Relations
from access.scope import Scope
from access.viewer import Viewer
from models import ChangeArea
from schema.context import Context, Info
from schema.declaration import Outcome
from schema.declaration.directive import Allow
from subscriptions import cursor
from subscriptions.entry import Entry

CURSOR = token_hex(16)
"""Stands for the cursor in what several are told alike: each has a place of their own in the log.
It is of this process alone and is never sent, so no text of a person's is taken for it."""

_AFTER = strawberry.argument(
    description="The last cursor that was heard; what was missed comes first."
)


async def _always(_: Viewer) -> bool:
    return True


@dataclass(frozen=True, eq=False)
class Audience:
    """What one listener hears: those entries of the topics that `wants` takes.

    `wants` must be quick and may be asked twice. `holds` says whether the viewer still has every
    right with which the listening began. It is asked only when one of the `relations` was lost, or
    one of the rows that are `evidence` is no longer reached in its scope; where there are neither,
    the right is that of whoever is signed in.
    """

    topics: frozenset[str]
    wants: Callable[[Entry], bool]
    evidence: tuple[tuple[Scope, frozenset[int]], ...] = ()
    relations: Relations = frozenset()
    holds: Callable[[Viewer], Awaitable[bool]] = field(default=_always)


def together(parts: Sequence[Audience]) -> Audience:
    """What one hears who hears all of these."""

    def wants(entry: Entry) -> bool:
        return any(entry.topic in each.topics and each.wants(entry) for each in parts)

    async def holds(viewer: Viewer) -> bool:
        return all([await each.holds(viewer) for each in parts])

    return Audience(
        topics=frozenset(chain.from_iterable(each.topics for each in parts)),
        wants=wants,
        evidence=tuple(chain.from_iterable(each.evidence for each in parts)),
        relations=frozenset(chain.from_iterable(each.relations for each in parts)),
        holds=holds,
    )


@dataclass(frozen=True, eq=False)
class Hearing:
    """One field of the subscription root.

    `reach` gives for each area that is heard the scope in which an entry's row must be within the
    listener's reach at the moment of its delivery, or None where the audience alone decides.
    `told` makes an entry's payload, all but its cursor. `only_latest` says that each tells the
    whole state: whoever was not ready for some of them is told the last.
    """

    name: str
    allow: Relations
    reach: Mapping[ChangeArea, Scope | None]
    told: Callable[[Entry], Mapping[str, Any]]
    only_latest: bool = False

    def payload(self, entry: Entry) -> Outcome:
        """What graphql-core is given for the entry."""
        return Outcome({"cursor": CURSOR, **self.told(entry)})


class Source:
    """Whom a subscription of one client was found to be about, and from where on it is heard."""

    def __init__(self, hearing: Hearing, audience: Audience, after: Mapping[str, int]) -> None:
        self.hearing = hearing
        self.audience = audience
        self.after = after

    def __aiter__(self) -> "Source":
        """GraphQL's source stream; entries are handed out by `subscriptions.stream`."""
        return self

    async def __anext__(self) -> Entry:
        raise StopAsyncIteration


def heard(
    payload: type,
    *,
    allow: Relations,
    reach: Mapping[ChangeArea, Scope | None],
    told: Callable[[Entry], Mapping[str, Any]],
    only_latest: bool = False,
) -> Callable[[Callable[..., Awaitable[Audience]]], Any]:
    """Make `async def name(context, …arguments) -> Audience` a subscription of this payload.

    Its docstring is told, its annotated arguments are the field's, and `after` is added to them.
    `only_latest` is promised of what a client may miss for a later one of the same: not of marks.
    """

    def declare(audience: Callable[..., Awaitable[Audience]]) -> Any:
        hearing = Hearing(audience.__name__, allow, reach, told, only_latest)

        async def resolver(info: Info, after: str | None = None, **given: Any) -> Source:
            context: Context = info.context
            context.viewer.require(allow)
            positions = {} if after is None else cursor.decode(after)
            return Source(hearing, await audience(context, **given), positions)

        _look_like(resolver, audience, payload)
        return strawberry.subscription(
            resolver=resolver,
            description=inspect.getdoc(audience),
            directives=[Allow(to=sorted(allow))],
        )

    return declare


def _look_like(resolver: Any, audience: Callable[..., Any], payload: type) -> None:
    """Give the resolver the arguments of the audience, and what it yields, as Strawberry reads."""
    _, *own = inspect.signature(audience).parameters.values()
    after = inspect.Parameter(
        "after",
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[str | None, _AFTER],
    )
    info = inspect.Parameter("info", inspect.Parameter.KEYWORD_ONLY, annotation=Info)
    keywords = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own]
    resolver.__name__ = audience.__name__
    resolver.__signature__ = inspect.Signature(
        [info, *keywords, after],
        return_annotation=AsyncGenerator[payload, None],  # type: ignore[valid-type]
    )
    resolver.__annotations__ = {
        each.name: each.annotation for each in resolver.__signature__.parameters.values()
    } | {"return": resolver.__signature__.return_annotation}
