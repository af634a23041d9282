"""School events as clients see them."""

from datetime import datetime

from access import scopes
from schema.declaration import Node, column, entity


@entity(reach=scopes.EVENTS)
class SchoolEvent(Node):
    """Something that a school announces: a meeting, a trip, a concert."""

    title: str = column(description="What it is.")
    body: str | None = column(description="The details.")
    place: str | None = column(description="Where it takes place.")
    starts_at: datetime = column(description="When it begins.")
    ends_at: datetime | None = column(description="When it ends.")
