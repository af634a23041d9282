"""How one registers for an event, and whether it asks to be acknowledged, as its columns."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from errors import UserError
from resolvers import limits
from resolvers.events.audience import Row
from schema.announcing import EventRegistrationTermsInput

_CAPACITIES = range(1, 100_001)
COLUMNS = ("takes_registrations", "capacity", "registration_closes_at")


def columns(given: EventRegistrationTermsInput | None) -> dict[str, Any]:
    """The event's columns for these terms; None is for an event without registration."""
    if given is None:
        return dict(zip(COLUMNS, (False, None, None), strict=True))
    return dict(zip(COLUMNS, (True, given.capacity, given.closes_at), strict=True))


def problems(event: Mapping[str, Any]) -> Iterator[UserError | None]:
    """All that is wrong with the terms of an event of these values."""
    capacity: int | None = event["capacity"]
    if capacity is not None and capacity not in _CAPACITIES:
        message = f"From 1 to {_CAPACITIES[-1]:,} may take part."
        yield UserError("OUT_OF_RANGE", message, "registration", "capacity")
    closes_at: datetime | None = event["registration_closes_at"]
    at = ("registration", "closesAt")
    if unclear := limits.moment(closes_at, *at):
        yield unclear
    elif closes_at and closes_at > (event["ends_at"] or event["starts_at"]):
        yield UserError("OUT_OF_RANGE", "It is over by then.", *at)


def acknowledgement(given: bool, rows: Sequence[Row]) -> UserError | None:
    """Those who have not read it can be told of a school, and not of a region."""
    if given and not all(row["organization_id"] for row in rows):
        message = "Schools and their classes alone are asked."
        return UserError("OUT_OF_RANGE", message, "asksAcknowledgement")
    return None
