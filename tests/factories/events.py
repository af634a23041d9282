"""What schools announce."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from models import EventAudience, SchoolEvent
from tests.factories.classes import ClassMade
from tests.factories.directory import SchoolMade
from tests.factories.made import Made, serial
from tests.factories.people import PersonMade


@dataclass
class EventMade(Made[SchoolEvent]):
    """An event with its audiences, in the order in which they were named."""

    audiences: list[EventAudience]

    async def cancel(self) -> None:
        await self.change(cancelled_at=datetime.now(UTC))


async def an_event(
    author: PersonMade, *audience: SchoolMade | ClassMade, **columns: Any
) -> EventMade:
    """An event published now, for tomorrow, for whole schools and single classes."""
    now = datetime.now(UTC)
    invented: dict[str, Any] = {
        "title": f"Событие {serial()}",
        "starts_at": now + timedelta(days=1),
        "published_at": now,
    }
    row = await SchoolEvent.create(author=author.row, **invented | columns)
    return EventMade(row, [await _invite(row, listener) for listener in audience])


async def _invite(event: SchoolEvent, listener: SchoolMade | ClassMade) -> EventAudience:
    if isinstance(listener, ClassMade):
        school_id, class_id = listener.row.organization_id, listener.id
    else:
        school_id, class_id = listener.id, None
    return await EventAudience.create(
        event=event, organization_id=school_id, school_class_id=class_id
    )
