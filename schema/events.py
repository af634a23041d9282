"""School events and announcements as clients see them."""

from datetime import datetime

from access import scopes
from schema.declaration import Node, column, entity, one
from schema.directory import Organization


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
