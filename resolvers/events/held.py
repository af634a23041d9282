"""An event in the hands of who organizes it: read, held until the commit, and changed."""

from collections.abc import Mapping
from typing import Any

from access import announcing, scopes
from errors import UserError
from models import SchoolEvent
from resolvers.reading import Reading
from resolvers.work import Work

_ORGANIZED = Reading(
    announcing.ORGANIZED,
    "SchoolEvent",
    frozenset(announcing.ORGANIZED.by),
    """
    SELECT {row}.id, {row}.organization_id, {row}.title, {row}.body, {row}.place,
           {row}.starts_at, {row}.ends_at, {row}.version, {row}.published_at, {row}.cancelled_at,
           {row}.asks_acknowledgement, {row}.takes_registrations, {row}.capacity,
           {row}.registration_closes_at
    FROM {rows} WHERE {reached} FOR NO KEY UPDATE OF {row}
    """,
    seen=scopes.EVENTS,
)


async def held(work: Work, event_id: str, version: int) -> dict[str, Any]:
    """The event, whose row is held until the commit.

    Raises UserError: NOT_FOUND, FORBIDDEN, CONFLICT for a stale version, CANCELLED.
    """
    event = dict(await work.read(_ORGANIZED, event_id, "eventId"))
    if event["cancelled_at"] is not None:
        raise UserError("CANCELLED", "It was called off.", "eventId")
    if event["version"] != version:
        message = f"It was changed meanwhile: it is at version {event['version']}."
        raise UserError("CONFLICT", message, "version")
    return event


def next_version(work: Work, event: Mapping[str, Any], action: str, **given: Any) -> None:
    """Write what the event is given, as its next version, and who did it."""
    work.writes.change(SchoolEvent, event["id"], **given, version=event["version"] + 1)
    work.audit(
        action,
        SchoolEvent,
        event["id"],
        before={name: event.get(name) for name in given},
        after=given,
        organization_id=event["organization_id"],
    )
