"""Saying that one has read an announcement."""

from collections.abc import Mapping
from typing import Any

from access import rules, scopes
from errors import UserError
from models import EventAcknowledgement
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work
from schema.answering import AcknowledgeEventInput, AcknowledgeEventPayload

_EVENT = Reading(
    scopes.EVENTS,
    "SchoolEvent",
    rules.SELF,
    """
    SELECT {row}.id, {row}.organization_id, {row}.cancelled_at,
           {row}.asks_acknowledgement AND {row}.published_at IS NOT NULL AS is_asking,
           EXISTS (SELECT FROM event_audience audience
                   JOIN audience_key own ON own.key = audience.key AND own.is_own
                   WHERE audience.event_id = {row}.id AND own.person_id = {me}) AS is_invited
    FROM {rows} WHERE {reached}
    """,
    given={"me": "bigint"},
)
# Of two devices on which it is read at once, one is the first.
_FIRST = """
INSERT INTO event_acknowledgement (event_id, person_id, acknowledged_at) VALUES ($1, $2, $3)
ON CONFLICT (event_id, person_id) DO NOTHING RETURNING id
"""


@mutation(AcknowledgeEventPayload, allow=rules.SELF)
async def acknowledge_event(work: Work, input: AcknowledgeEventInput) -> Mapping[str, Any]:  # noqa: A002
    """Say that one has read an announcement that asks for it; the first time stays."""
    me = work.viewer.person_id or 0
    event = await work.read(_EVENT, input.event_id, "eventId", me=me)
    if event["cancelled_at"] is not None:
        raise UserError("CANCELLED", "It was called off.", "eventId")
    if not event["is_asking"]:
        raise UserError("CONFLICT", "It does not ask for that.", "eventId")
    if not event["is_invited"]:
        raise UserError("NOT_INVITED", "It is not for you.", "eventId")
    values = [event["id"], me, work.viewer.now]
    made = await work.connection.execute_query_dict(_FIRST, values)
    if not made:
        former = await EventAcknowledgement.get(
            event_id=event["id"], person_id=me, using_db=work.connection
        )
        return {"acknowledgement": former.id}
    row_id = made[0]["id"]
    work.audit(
        "event.acknowledged",
        EventAcknowledgement,
        row_id,
        after={"event_id": event["id"]},
        organization_id=event["organization_id"],
    )
    return {"acknowledgement": row_id}
