"""Rows as iCalendar (RFC 5545); the same rows are the same bytes."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo

from icalendar import Calendar, Event

from exchange.calendar.rows import CANCELLED, CONFIRMED, Row

MEDIA_TYPE = "text/calendar; charset=utf-8"
_NAME = "Школьный дневник"
_ASK_AGAIN_AFTER = timedelta(hours=1)
_LONGEST_BODY = 1_000
_STOOD_IN = "Замещение: урок ведёт другой учитель."


def calendar(components: Iterable[Event]) -> bytes:
    """A whole calendar of these components."""
    made = Calendar()
    made.add("prodid", "-//School Diary//RU")
    made.add("version", "2.0")
    made.add("x-wr-calname", _NAME)
    made.add("refresh-interval", _ASK_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    for each in components:
        made.add_component(each)
    written: bytes = made.to_ical()
    return written


def event(row: Row, host: str) -> Event:
    """A school event; what was called off says so, and why."""
    is_cancelled = row["cancelled_at"] is not None
    made = _component(
        f"event-{row['id']}@{host}", row["published_at"], row["starts_at"], row["ends_at"]
    )
    made.add("summary", row["title"])
    made.add("sequence", row["version"] - 1)
    made.add("status", CANCELLED if is_cancelled else CONFIRMED)
    said = row["cancellation_reason"] if is_cancelled else row["body"]
    if said:
        made.add("description", said[:_LONGEST_BODY])
    if row["place"]:
        made.add("location", row["place"])
    return made


def lesson(row: Row, host: str, issued_at: datetime, timezone: tzinfo) -> Event:
    """A lesson by the schools' clock; called off for whoever has somebody stand in for them."""
    begins, ends = (
        datetime.combine(row["date"], row[edge], timezone) for edge in ("starts_at", "ends_at")
    )
    made = _component(f"lesson-{row['id']}@{host}", issued_at, begins, ends)
    made.add("summary", f"{row['subject']} ({row['school_class']})")
    made.add("status", row["status"])
    if row["status"] == CANCELLED:
        made.add("description", row["cancellation_reason"] or _STOOD_IN)
    if row["room"]:
        made.add("location", row["room"])
    return made


def _component(uid: str, stamp: datetime, begins: datetime, ends: datetime | None) -> Event:
    made = Event()
    made.add("uid", uid)
    made.add("dtstamp", stamp.astimezone(UTC))
    made.add("dtstart", begins.astimezone(UTC))
    if ends is not None:
        made.add("dtend", ends.astimezone(UTC))
    return made
