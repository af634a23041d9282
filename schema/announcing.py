"""What organizers of events send, and what they are answered."""

from datetime import datetime

import strawberry

from models import AudienceRole
from schema.declaration import describe_enum, found, payload
from schema.errors import UserError
from schema.events import SchoolEvent

_ERRORS = "Why nothing was changed; empty when it was."
_UNSET = strawberry.UNSET

describe_enum(
    AudienceRole,
    "As whom people of a place are spoken to.",
    PUPILS="Pupils (ученики); their guardians read it too.",
    PARENTS="Guardians of pupils (родители).",
    TEACHERS="Teachers: of a school, or those who teach a class or lead it.",
    STAFF="Whoever works there (сотрудники).",
)


@strawberry.input(description="Whom an event is for: one kind of place, and who of its people.")
class EventAudienceInput:
    """Whom an event is for: one kind of place, and who of its people."""

    school_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="A school as a whole; beside `classIds`, the school that they are of.",
    )
    class_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="1–100 classes or groups."
    )
    municipality_id: strawberry.ID | None = strawberry.field(
        default=None, description="A whole municipality."
    )
    region_id: strawberry.ID | None = strawberry.field(
        default=None, description="The whole region."
    )
    grade_levels: list[int] | None = strawberry.field(
        default=None,
        description="Only these grades of the school, municipality or region, 0–12.",
    )
    roles: list[AudienceRole] | None = strawberry.field(
        default=None, description="Only as whom; everybody unless told."
    )


@strawberry.input(description="How one registers for an event.")
class EventRegistrationTermsInput:
    """How one registers for an event."""

    capacity: int | None = strawberry.field(
        default=None, description="How many may take part, 1–100,000; not limited unless told."
    )
    closes_at: datetime | None = strawberry.field(
        default=None, description="Until when; until it begins unless told."
    )


@strawberry.input(description="An event, and whom it is for.")
class PublishEventInput:
    """An event, and whom it is for."""

    title: str = strawberry.field(description="What it is, 1–300 characters.")
    body: str | None = strawberry.field(
        default=None, description="The details, up to 20,000 characters."
    )
    starts_at: datetime = strawberry.field(description="When it begins; it may not be over.")
    ends_at: datetime | None = strawberry.field(
        default=None, description="When it ends, not before it begins."
    )
    place: str | None = strawberry.field(
        default=None, description="Where it takes place, up to 300 characters."
    )
    audience: EventAudienceInput = strawberry.field(description="Whom it is for.")
    asks_acknowledgement: bool = strawberry.field(
        default=False,
        description="Whether readers are asked to say that they have read it; of schools and their "
        "classes alone.",
    )
    registration: EventRegistrationTermsInput | None = strawberry.field(
        default=None, description="How one registers; nobody does unless told."
    )


@strawberry.input(description="An event that nobody but its author sees yet.")
class DraftEventInput(PublishEventInput):
    """An event that nobody but its author sees yet."""


@strawberry.input(description="A draft that is to be announced.")
class PublishEventDraftInput:
    """A draft that is to be announced."""

    event_id: strawberry.ID = strawberry.field(description="Which draft.")
    version: int = strawberry.field(description="The version that was seen last.")


@strawberry.input(description="A draft of an event that is not wanted any more.")
class DiscardEventDraftInput:
    """A draft of an event that is not wanted any more."""

    event_id: strawberry.ID = strawberry.field(description="Which draft.")
    version: int = strawberry.field(description="The version that was seen last.")


@strawberry.input(description="A change of an event. What is left out stays as it is.")
class ChangeEventInput:
    """A change of an event. What is left out stays as it is."""

    event_id: strawberry.ID = strawberry.field(description="Which event, not called off.")
    version: int = strawberry.field(description="The version that the change is made from.")
    title: str | None = strawberry.field(default=_UNSET, description="1–300 characters.")
    body: str | None = strawberry.field(
        default=_UNSET, description="Up to 20,000 characters; null takes it away."
    )
    starts_at: datetime | None = strawberry.field(default=_UNSET, description="The new beginning.")
    ends_at: datetime | None = strawberry.field(
        default=_UNSET, description="The new end; null takes it away."
    )
    place: str | None = strawberry.field(
        default=_UNSET, description="Up to 300 characters; null takes it away."
    )
    registration: EventRegistrationTermsInput | None = strawberry.field(
        default=_UNSET,
        description="How one registers from now on; a greater capacity lets in who waits, and a "
        "smaller one must hold who takes part. Null where nobody does any more.",
    )
    audience: EventAudienceInput | None = strawberry.field(
        default=_UNSET, description="Whom a draft is for; of what was announced it stays."
    )


@strawberry.input(description="An event that does not take place.")
class CancelEventInput:
    """An event that does not take place."""

    event_id: strawberry.ID = strawberry.field(description="Which event, announced before.")
    version: int = strawberry.field(description="The version that was seen last.")
    reason: str = strawberry.field(description="Why, 1–1000 characters; everybody reads it.")


@payload
class PublishEventPayload:
    """The event that was announced, or why it was not."""

    event: SchoolEvent | None = found(description="The event.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@payload
class DraftEventPayload:
    """The draft that was kept, or why it was not."""

    event: SchoolEvent | None = found(description="The draft.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@payload
class PublishEventDraftPayload:
    """The event that was announced, or why it was not."""

    event: SchoolEvent | None = found(description="The event.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@payload
class DiscardEventDraftPayload:
    """The draft that was thrown away, or why it was not."""

    event_id: strawberry.ID | None = strawberry.field(description="The id that it had.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@payload
class ChangeEventPayload:
    """The event as it is now, or why it was not changed."""

    event: SchoolEvent | None = found(description="The event.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@payload
class CancelEventPayload:
    """The event that was called off, or why it was not."""

    event: SchoolEvent | None = found(description="The event.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)
