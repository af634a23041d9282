"""What is announced."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from models import (
    EventAcknowledgement,
    EventAudience,
    EventRegistration,
    SchoolEvent,
    StaffPost,
)
from tests.factories.classes import ClassMade
from tests.factories.directory import SchoolMade, a_school
from tests.factories.made import Made, serial
from tests.factories.people import PersonMade


@dataclass
class EventMade(Made[SchoolEvent]):
    """An event with its audiences, in the order in which they were named."""

    audiences: list[EventAudience]

    async def registers(self, person: PersonMade, **columns: Any) -> EventRegistration:
        """Somebody takes part, by their own registration unless told."""
        given = {"registered_by_id": person.id, "is_waiting": False, **columns}
        return await EventRegistration.create(
            event=self.row, person_id=person.id, registered_at=datetime.now(UTC), **given
        )

    async def acknowledged_by(self, person: PersonMade) -> EventAcknowledgement:
        """Somebody has read it."""
        return await EventAcknowledgement.create(
            event=self.row, person_id=person.id, acknowledged_at=datetime.now(UTC)
        )

    async def cancel(self) -> None:
        await self.change(cancelled_at=datetime.now(UTC))


async def an_event(
    author: PersonMade, *audience: SchoolMade | ClassMade | dict[str, Any], **columns: Any
) -> EventMade:
    """An event published now, for tomorrow, for whole schools, single classes, or other places."""
    now = datetime.now(UTC)
    invented: dict[str, Any] = {
        "title": f"Событие {serial()}",
        "starts_at": now + timedelta(days=1),
        "published_at": now,
    }
    if "organization_id" not in columns:
        columns["organization_id"] = await _office(author, *audience)
    row = await SchoolEvent.create(author=author.row, **invented | columns)
    return EventMade(
        row, [await EventAudience.create(event=row, **_place(each)) for each in audience]
    )


async def _office(author: PersonMade, *audience: Any) -> int:
    """Where it is written: at the first school that it is for, or where the author works."""
    for each in map(_place, audience):
        if "organization_id" in each:
            return int(each["organization_id"])
    post = await StaffPost.filter(person_id=author.id).first()
    return post.organization_id if post else (await a_school()).id


def _place(listener: SchoolMade | ClassMade | dict[str, Any]) -> dict[str, Any]:
    if isinstance(listener, ClassMade):
        organization = listener.row.organization_id
        return {"organization_id": organization, "school_class_id": listener.id}
    return {"organization_id": listener.id} if isinstance(listener, SchoolMade) else listener
