"""One client's subscription as it runs: who hears it, and how they are told."""

from collections.abc import Awaitable, Callable, Hashable

from access.scope import Scope
from access.tokens import Claims
from access.viewer import Viewer
from planner.roll import NOBODY
from subscriptions.entry import Entry
from subscriptions.hearing import Source
from subscriptions.told import Told

Tell = Callable[[Entry, Viewer, Scope | None], Awaitable[Told]]
"""Reads what the subscription says of an entry, as that viewer sees it."""


class Stream:
    """A hearer, for as long as the client listens.

    `viewer` is who listens as of the last look, and `claims` what their newest token
    says; None for whoever is not signed in.
    """

    def __init__(
        self, source: Source, viewer: Viewer, claims: Claims | None, key: Hashable, tell: Tell
    ) -> None:
        self.hearing = source.hearing
        self.audience = source.audience
        self.viewer = viewer
        self.session_id = claims.session_id if claims else NOBODY
        self.claims = claims
        self.key = key
        self.wants = _wants(source)
        """Whether an entry may be for this hearer; their reach decides later."""
        self.after = source.after
        self._tell = tell

    async def tell(self, entry: Entry, reached: Scope | None) -> Told:
        """Read what the subscription says of the entry."""
        return await self._tell(entry, self.viewer, reached)


def _wants(source: Source) -> Callable[[Entry], bool]:
    """Asked for every entry and every hearer, so it looks nothing up that it need not."""
    areas, wants = frozenset(source.hearing.reach), source.audience.wants
    return lambda entry: entry.area in areas and wants(entry)
