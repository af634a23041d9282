"""Letting everybody whom an event is for hear of it, by one entry of the log."""

from collections.abc import Sequence
from typing import Any

from models import ChangeArea, EventAudience, EventChangeKind
from resolvers.events import audience
from resolvers.work import Work
from subscriptions import topics
from subscriptions.log import Change


async def tell(
    work: Work, kind: EventChangeKind, event: int, rows: Sequence[audience.Row] | None = None
) -> None:
    """Announce the change to the event's audience, whose rows are read unless they are known."""
    if rows is None:
        rows = await rows_of(work, event)
    organizations = await audience.concerned(rows)
    change = Change(topics.EVENTS, ChangeArea.EVENTS, kind, event, organizations=organizations)
    work.announce(change)


async def rows_of(work: Work, event: int) -> list[dict[str, Any]]:
    """The rows of an event's audience."""
    rows = EventAudience.filter(event_id=event).using_db(work.connection)
    return [dict(row) for row in await rows.values(*audience.PLACES)]


def tell_people(work: Work, kind: EventChangeKind, event: int, people: Sequence[int]) -> None:
    """Announce a change of the event that is these people's alone."""
    change = Change(topics.EVENTS, ChangeArea.EVENTS, kind, event, people=people)
    work.announce(change)
