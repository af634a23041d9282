"""What everybody hears of school events."""

from collections.abc import Mapping
from typing import Any

import strawberry
from tortoise.connection import get_connection

from access import rules, scopes
from access.viewer import Viewer
from models import ChangeArea, EventChangeKind
from schema.changes import EventChange
from schema.context import Context
from schema.declaration.ids import encode
from subscriptions import topics
from subscriptions.entry import Entry
from subscriptions.hearing import Audience, heard

_NOBODY = 0
_BELONGS = "SELECT person_id, organization_id FROM membership WHERE person_id = ANY ($1::bigint[])"


async def audience_of(viewer: Viewer) -> Audience:
    """Whoever listens to what is announced where they belong, and to what is for everybody."""
    client: Any = get_connection("default")
    belongs = await client.rows_of(viewer.person_id or _NOBODY, _BELONGS)
    mine = frozenset(organization for _, organization in belongs)

    def wants(entry: Entry) -> bool:
        if entry.people is not None:
            return viewer.person_id in entry.people
        return entry.organizations is None or not mine.isdisjoint(entry.organizations)

    return Audience(frozenset({topics.EVENTS}), wants)


def _told(entry: Entry) -> Mapping[str, Any]:
    return {
        "kind": EventChangeKind(entry.kind),
        "event_id": encode("SchoolEvent", entry.row_id),
        "event": None if entry.kind == EventChangeKind.CANCELLED else entry.row_id,
    }


@heard(
    EventChange,
    allow=rules.SIGNED_IN,
    reach={ChangeArea.EVENTS: scopes.EVENTS},
    told=_told,
)
async def event_changes(context: Context) -> Audience:
    """Events that are announced, changed and called off, each after its commit."""
    return await audience_of(context.viewer)


@strawberry.type
class EventsSubscription:
    """Hearing of school events."""

    event_changes = event_changes
