"""What a resolver knows of the request: who asks, from where, and through what it reads."""

from collections.abc import Awaitable, Callable
from copy import copy
from dataclasses import dataclass, field
from typing import Any

import strawberry
from graphql import GraphQLResolveInfo

from access.lookups import Lookups
from access.scope import Scope
from access.sessions import viewer_among_many, viewer_of
from access.throttle import Throttle
from access.tokens import Claims, TokenSigner
from access.viewer import Viewer
from couriers.outbox import Outbox
from errors import Outage
from files import Files
from identities.providers import Providers
from schema.declaration.field import DeclaredField
from schema.generic import GenericResolvers


@dataclass(frozen=True)
class Services:
    """What the composition root hands to resolvers.

    `wake` tells listeners that a topic's log has grown up to a number; `live` is what
    subscriptions listen through; the `outbox` takes letters; `files` keeps files, if anything does.
    """

    signer: TokenSigner
    throttle: Throttle
    wake: Callable[[str, int], Awaitable[None]]
    live: Any
    providers: Providers = field(default_factory=Providers)
    outbox: Outbox = field(default_factory=Outbox)
    files: Files | None = None


ReadPlanned = Callable[[GraphQLResolveInfo[Any], Viewer, Any], Awaitable[Any]]
"""Reads rows for a field by a plan; gives None where the generic resolvers have to."""


@dataclass
class Context:
    """One operation's surroundings; `begin` must have been awaited before anything is resolved."""

    services: Services
    request_id: str
    address: str
    user_agent: str
    authorization: str | None
    idempotency_key: str | None = None
    connection_params: dict[str, Any] | None = None
    planner: bool = True
    """Whether plans may answer, or the generic resolvers have to."""
    explain: bool = False
    """Whether the client asked how it was answered."""
    read_planned: ReadPlanned | None = None
    """How rows of payloads and events are read by a plan, where there are plans."""
    cost_limit: int = 0
    """How many objects the operation may touch."""
    lookups: Lookups | None = None
    """What counts how often the session asked for what is not there."""
    lookup_keys: frozenset[str] = frozenset()
    """Under which keys the query looks rows up by their ids."""
    cost: Any = None
    """What the operation may touch, when that has been counted."""
    is_planned: bool = False
    """Whether whatever rows the answer shows were read by plans."""
    reached: Scope | None = None
    """Of which scope a row that an event carries is known to be within the viewer's reach."""
    is_personal: bool = False
    """Whether the answer may be another for somebody else with the same relations."""
    viewer: Viewer = field(init=False)
    generic: GenericResolvers = field(init=False)

    @property
    def claims(self) -> Claims | None:
        """What the request's token says; None without a token that counts."""
        return self.services.signer.bearer(self.authorization or self._of_socket())

    async def is_credible(self) -> bool:
        """Whether a socket's client sends no token, or one whose session goes on.

        While the database cannot say, a token is believed by its signature: every operation asks.
        """
        claims = self.claims
        if claims is None:
            return not self.authorization and not self._of_socket()
        try:
            return (await viewer_among_many(claims)).is_signed_in
        except Outage:
            return True

    def _of_socket(self) -> str:
        """The header that a socket's client sent inside `connection_init`, in whatever case."""
        for name, value in (self.connection_params or {}).items():
            if name.lower() == "authorization" and value is not None:
                return str(value)
        return ""

    async def begin(self, *, among_many: bool = False) -> None:
        """Learn who asks, as of now, and forget whatever was read before.

        What many begin at the same moment is asked for them together.
        """
        find = viewer_among_many if among_many else viewer_of
        self.viewer = await find(self.claims)
        self.generic = GenericResolvers(self.viewer)

    async def found(self, field: DeclaredField, info: GraphQLResolveInfo[Any], number: Any) -> Any:
        """The row (or rows) of that number, as the field shows it."""
        if self.read_planned is not None:
            planned = await self.read_planned(info, self.viewer, number)
            self.is_planned = planned is not None
            if planned is not None:
                return planned
        self.is_personal = True
        return await self.generic.found(field, number)

    def for_operation(self) -> "Context":
        """A copy for one of several operations on the same socket."""
        return copy(self)

    def for_event(self, viewer: Viewer, reached: Scope | None) -> "Context":
        """A copy for one event, whose row of the scope is within this viewer's reach."""
        own = copy(self)
        own.viewer, own.generic = viewer, GenericResolvers(viewer)
        own.reached, own.is_personal = reached, False
        return own

    def reread(self) -> None:
        """Forget whatever was read, so that the next selection sees what has been committed."""
        self.generic = GenericResolvers(self.viewer)


Info = strawberry.Info[Context, None]
