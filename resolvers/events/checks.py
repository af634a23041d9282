"""What is asked of an event's own words and times; each answers an error or nothing."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from errors import UserError
from resolvers import limits
from resolvers.events import terms

_LONGEST_TITLE = 300
_LONGEST_BODY = 20_000
_LONGEST_PLACE = 300
WORDS = ("title", "body", "place")


def spelled(given: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """The input's values under these names, texts without space about them; empty ones are null."""
    values = {name: getattr(given, name) for name in names}
    return {
        name: (value.strip() or None) if isinstance(value, str) else value
        for name, value in values.items()
    }


def problems(event: Mapping[str, Any], now: datetime) -> Iterator[UserError | None]:
    """All that is wrong with an event of these values."""
    yield limits.required_text(event["title"] or "", _LONGEST_TITLE, "title")
    yield limits.text(event["body"], _LONGEST_BODY, "body")
    yield limits.text(event["place"], _LONGEST_PLACE, "place")
    yield from _times(event, now)


def _times(event: Mapping[str, Any], now: datetime) -> Iterator[UserError | None]:
    starts_at: datetime | None = event["starts_at"]
    ends_at: datetime | None = event["ends_at"]
    if starts_at is None:
        yield UserError("REQUIRED", "Say when it begins.", "startsAt")
        return
    zones = limits.moment(starts_at, "startsAt"), limits.moment(ends_at, "endsAt")
    yield from zones
    if any(zones):
        return
    if ends_at is not None and ends_at < starts_at:
        yield UserError("OUT_OF_RANGE", "It ends before it begins.", "endsAt")
    elif (ends_at or starts_at) < now:
        yield UserError("IN_PAST", "It is over already.", "startsAt")
    yield from terms.problems(event)
