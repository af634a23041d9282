"""Changing an event, and calling it off."""

from collections.abc import Mapping
from typing import Any

from strawberry import UNSET

from access import rules
from errors import UserError
from models import EventAudience, EventChangeKind, EventRegistration
from resolvers import limits
from resolvers.events import audience, checks, terms
from resolvers.events.held import held, next_version
from resolvers.events.registering import let_in
from resolvers.events.telling import tell
from resolvers.mutation import mutation
from resolvers.work import Work, all_of
from schema.announcing import (
    CancelEventInput,
    CancelEventPayload,
    ChangeEventInput,
    ChangeEventPayload,
    EventAudienceInput,
)

_CHANGEABLE = (*checks.WORDS, "starts_at", "ends_at")
# As many as may wait: more than there are people.
_UNLIMITED = 2**31 - 1


@mutation(ChangeEventPayload, allow=rules.ANNOUNCERS)
async def change_event(work: Work, input: ChangeEventInput) -> Mapping[str, Any]:  # noqa: A002
    """Change an event's words, times or place, or all of a draft; its audience hears of it."""
    values = checks.spelled(input, _CHANGEABLE)
    given = {name: value for name, value in values.items() if value is not UNSET}
    if input.registration is not UNSET:
        given |= terms.columns(input.registration)
    if not given and not input.audience:
        raise UserError("REQUIRED", "Say what to change.")
    event = await held(work, input.event_id, input.version)
    all_of(checks.problems({**event, **given}, work.viewer.now))
    if input.audience:
        await _give_audience(work, event, input.audience)
    if "capacity" in given:
        await _make_room(work, event["id"], given)
    next_version(work, event, "event.changed", **given)
    if event["published_at"] is not None:
        await tell(work, EventChangeKind.CHANGED, event["id"])
    return {"event": event["id"]}


async def _give_audience(work: Work, event: Mapping[str, Any], given: EventAudienceInput) -> None:
    """Have the draft be for others; nobody is uninvited in silence."""
    if event["published_at"] is not None:
        message = "It was announced already: call it off, and announce another one."
        raise UserError("CONFLICT", message, "audience")
    rows = await audience.rows_of(work, given)
    all_of((terms.acknowledgement(event["asks_acknowledgement"], rows),))
    await EventAudience.filter(event_id=event["id"]).using_db(work.connection).delete()
    for row in rows:
        work.writes.make(EventAudience, event_id=event["id"], **row)


async def _make_room(work: Work, event: int, given: Mapping[str, Any]) -> None:
    """Let in who waits where there is room now; raises CONFLICT where there would be too little."""
    standing = EventRegistration.filter(event_id=event, withdrawn_at__isnull=True)
    if given["takes_registrations"]:
        standing = standing.filter(is_waiting=False)
    taken = await standing.using_db(work.connection).count()
    if not given["takes_registrations"]:
        if taken:
            raise UserError("CONFLICT", f"{taken} are registered.", "registration")
        return
    room = (given["capacity"] or _UNLIMITED) - taken
    if room < 0:
        raise UserError("CONFLICT", f"{taken} take part.", "registration", "capacity")
    await let_in(work, event, room)


@mutation(CancelEventPayload, allow=rules.ANNOUNCERS)
async def cancel_event(work: Work, input: CancelEventInput) -> Mapping[str, Any]:  # noqa: A002
    """Call an event off, and say why; it stays to be read."""
    all_of((limits.reason(input.reason),))
    event = await held(work, input.event_id, input.version)
    if event["published_at"] is None:
        raise UserError("CONFLICT", "It was not announced.", "eventId")
    given = {"cancelled_at": work.viewer.now, "cancellation_reason": input.reason.strip()}
    next_version(work, event, "event.cancelled", **given)
    await tell(work, EventChangeKind.CANCELLED, event["id"])
    return {"event": event["id"]}
