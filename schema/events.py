"""School events and announcements as clients see them."""

from datetime import datetime
from typing import Any

from tortoise.expressions import Q

from access import announcing, scopes
from access.viewer import ME, NOW
from schema.declaration import (
    Connection,
    Node,
    Page,
    column,
    computed,
    connection,
    entity,
    many,
    one,
)
from schema.directory import Organization

_PAGE = Page(default=50, most=100)


@entity(reach=announcing.REGISTRATIONS)
class EventRegistration(Node):
    """Somebody takes part in an event, or waits for a place (запись на событие)."""

    full_name: str = column("person__full_name", description="Who takes part.")
    is_waiting: bool = column(description="Whether there is no place yet (лист ожидания).")
    registered_at: datetime = column(description="When they were registered.")


@entity(reach=announcing.ACKNOWLEDGEMENTS)
class EventAcknowledgement(Node):
    """Somebody has read an announcement, and says so (ознакомлен)."""

    full_name: str = column("person__full_name", description="Who has read it.")
    acknowledged_at: datetime = column(description="When they said so.")


@entity(reach=announcing.AWAITED_READERS)
class AwaitedReader:
    """Somebody for whom an announcement is, and who has not said that they have read it."""

    full_name: str = column(description="Who has not.")


@entity(reach=scopes.EVENTS)
class SchoolEvent(Node):
    """Something that is announced (событие, объявление): a meeting, a trip, a concert."""

    title: str = column(description="What it is.")
    body: str | None = column(description="The details.")
    place: str | None = column(description="Where it takes place.")
    starts_at: datetime = column(description="When it begins.")
    ends_at: datetime | None = column(description="When it ends.")
    organization: Organization = one(description="Who announces it: a school or an authority.")
    version: int = column(description="Goes up with each change; a change names it.")
    published_at: datetime | None = column(
        description="When it was announced; null of a draft, which its author alone sees."
    )
    cancelled_at: datetime | None = column(description="When it was called off.")
    cancellation_reason: str | None = column(description="Why it was called off.")
    asks_acknowledgement: bool = column(
        description="Whether those whom it is for are asked to say that they have read it."
    )
    acknowledgement_count: int = computed(
        "SELECT count(*) FROM event_acknowledgement"
        " WHERE event_acknowledgement.event_id = {row}.id",
        description="How many have said that they have read it.",
    )
    own_acknowledgement: EventAcknowledgement | None = one(
        description="That the viewer has read it.",
        on={"event_id": "id"},
        where=Q(person_id=ME),
        order_by=("id",),
    )
    acknowledgements: Connection[EventAcknowledgement] = connection(
        description="Who has read it, in the order of saying so; to others than its organizers "
        "nobody but themselves.",
        on={"event_id": "id"},
        order_by=("id",),
        page=_PAGE,
    )
    awaited_readers: Connection[AwaitedReader] = connection(
        description="Who has not, by name; to its organizers alone.",
        on={"event_id": "id"},
        order_by=("full_name", "person_id"),
        page=_PAGE,
        looks_through=200,
    )
    takes_registrations: bool = column(description="Whether one registers to take part.")
    capacity: int | None = column(
        description="How many may take part; null where it is not limited."
    )
    registration_closes_at: datetime | None = column(
        description="Until when one registers; null: until it begins."
    )
    participant_count: int = computed(
        "SELECT count(*) FROM event_registration WHERE event_registration.event_id = {row}.id"
        " AND event_registration.withdrawn_at IS NULL AND NOT event_registration.is_waiting",
        description="How many take part.",
    )
    waiting_count: int = computed(
        "SELECT count(*) FROM event_registration WHERE event_registration.event_id = {row}.id"
        " AND event_registration.withdrawn_at IS NULL AND event_registration.is_waiting",
        description="How many wait for a place.",
    )
    own_registrations: list[EventRegistration] = many(
        description="Of the viewer, and of whomever they have registered.",
        on={"event_id": "id"},
        where=Q(person_id=ME) | Q(registered_by_id=ME),
        order_by=("id",),
        expected=1,
    )
    registrations: Connection[EventRegistration] = connection(
        description="Who takes part or waits, in the order of registering; to others than its "
        "organizers nobody but their own.",
        on={"event_id": "id"},
        order_by=("id",),
        page=_PAGE,
    )


def past_events() -> Any:
    """What a person's list of events to come shows no more."""
    is_over = Q(starts_at__lt=NOW, ends_at__isnull=True) | Q(starts_at__lt=NOW, ends_at__lt=NOW)
    return connection(
        description="Events for the person that are over or were called off, the latest first.",
        where=Q(published_at__isnull=False) & (is_over | Q(cancelled_at__isnull=False)),
        order_by=("-starts_at", "-id"),
        page=_PAGE,
        looks_through=200,
    )


def organized_events() -> Any:
    """What a person has written."""
    return connection(
        description="Events that the person has written, drafts included, written last first.",
        on={"author_id": "person_id"},
        order_by=("-id",),
        page=_PAGE,
    )
