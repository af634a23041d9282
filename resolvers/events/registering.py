"""Registering for an event and taking it back: who comes first, and who waits."""

from collections.abc import Mapping
from typing import Any

from access import announcing, rules, scopes
from access.rows import reached
from errors import UserError
from models import EventChangeKind, EventRegistration
from resolvers.events.telling import tell_people
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work
from schema.answering import (
    RegisterForEventInput,
    RegisterForEventPayload,
    WithdrawRegistrationInput,
    WithdrawRegistrationPayload,
)
from schema.declaration.ids import decode, encode

# Whoever registers holds the event's row until the commit; how many take part is read behind that,
# by a statement of its own, which sees what those before have committed.
_EVENT = Reading(
    scopes.EVENTS,
    "SchoolEvent",
    rules.SELF,
    """
    SELECT {row}.id, {row}.organization_id, {row}.capacity, {row}.cancelled_at,
           {row}.published_at IS NOT NULL AND {row}.takes_registrations
           AND now() < coalesce({row}.registration_closes_at, {row}.starts_at) AS is_open
    FROM {rows} WHERE {reached} FOR NO KEY UPDATE OF {row}
    """,
)
_SEATS = """
SELECT (SELECT count(*) FROM event_registration
        WHERE event_id = $1 AND withdrawn_at IS NULL AND NOT is_waiting) AS taken,
       EXISTS (SELECT FROM event_registration
               WHERE event_id = $1 AND person_id = $2 AND withdrawn_at IS NULL) AS is_registered,
       EXISTS (SELECT FROM event_audience audience
               JOIN audience_key own ON own.key = audience.key AND own.is_own
               WHERE audience.event_id = $1 AND own.person_id = $2) AS is_invited
"""
_REGISTRATION = Reading(
    announcing.REGISTRATIONS,
    "EventRegistration",
    frozenset(announcing.REGISTRATIONS.by),
    """
    SELECT {row}.id, {row}.is_waiting, {row}.person_id, held.id AS event_id,
           held.organization_id, held.cancelled_at IS NULL AND now() < held.starts_at AS is_open
    FROM {rows} JOIN school_event held ON held.id = {row}.event_id
    WHERE {reached} FOR NO KEY UPDATE OF held, {row}
    """,
)
_WAITING = """
SELECT id, person_id, registered_by_id FROM event_registration
WHERE event_id = $1 AND withdrawn_at IS NULL AND is_waiting ORDER BY id LIMIT $2
"""


@mutation(RegisterForEventPayload, allow=rules.SELF)
async def register_for_event(work: Work, input: RegisterForEventInput) -> Mapping[str, Any]:  # noqa: A002
    """Register oneself or one's child for an event; where it is full, one waits for a place."""
    person = await _person(work, input.student_id)
    event = await work.read(_EVENT, input.event_id, "eventId")
    if event["cancelled_at"] is not None:
        raise UserError("CANCELLED", "It was called off.", "eventId")
    if not event["is_open"]:
        raise UserError("REGISTRATION_CLOSED", "Nobody registers for it now.", "eventId")
    (seats,) = await work.connection.execute_query_dict(_SEATS, [event["id"], person])
    at = "eventId" if input.student_id is None else "studentId"
    if not seats["is_invited"]:
        raise UserError("NOT_INVITED", "It is not for this person.", at)
    if seats["is_registered"]:
        raise UserError("DUPLICATE", "They are registered already.", at)
    is_waiting = event["capacity"] is not None and seats["taken"] >= event["capacity"]
    who = {"event_id": event["id"], "person_id": person, "is_waiting": is_waiting}
    row_id = await work.next_id(EventRegistration)
    by = {"registered_by_id": work.viewer.person_id, "registered_at": work.viewer.now}
    work.writes.make(EventRegistration, id=row_id, **who, **by)
    work.audit(
        "event.registered",
        EventRegistration,
        row_id,
        after=who,
        organization_id=event["organization_id"],
    )
    return {"registration": row_id}


@mutation(WithdrawRegistrationPayload, allow=_REGISTRATION.via)
async def withdraw_registration(
    work: Work,
    input: WithdrawRegistrationInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Take a registration back before the event begins; who waited longest has the place."""
    row = await work.read(_REGISTRATION, input.registration_id, "registrationId")
    if not row["is_open"]:
        raise UserError("REGISTRATION_CLOSED", "It has begun or was called off.", "registrationId")
    work.writes.change(EventRegistration, row["id"], withdrawn_at=work.viewer.now)
    who = {"event_id": row["event_id"], "person_id": row["person_id"]}
    work.audit(
        "event.withdrawn",
        EventRegistration,
        row["id"],
        before=who,
        organization_id=row["organization_id"],
    )
    if not row["is_waiting"]:
        await let_in(work, row["event_id"], 1)
    return {"registration_id": encode("EventRegistration", row["id"])}


async def let_in(work: Work, event: int, places: int) -> None:
    """Give these places to those who have waited longest; the event's row is held."""
    waiting = await work.connection.execute_query_dict(_WAITING, [event, places])
    for each in waiting:
        work.writes.change(EventRegistration, each["id"], is_waiting=False)
    people = {
        number for each in waiting for number in (each["person_id"], each["registered_by_id"])
    }
    if people:
        tell_people(work, EventChangeKind.CHANGED, event, sorted(people))


async def _person(work: Work, student_id: str | None) -> int:
    """Who is to take part; raises NOT_FOUND for whoever is no child of the viewer's."""
    if student_id is None:
        return work.viewer.person_id or 0
    family = reached(scopes.STUDENTS, work.viewer, via=rules.FAMILY).using_db(work.connection)
    child = await family.filter(id=decode("Student", student_id) or 0).first().values("person_id")
    if child is None:
        raise UserError("NOT_FOUND", "You have no such child.", "studentId")
    return int(child["person_id"])
