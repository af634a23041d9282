"""What everybody is told of the service."""

from datetime import UTC, datetime, timedelta
from typing import Any

from models import ServiceNotice
from tests.factories.made import serial
from tests.factories.people import PersonMade


async def a_notice(by: PersonMade, **columns: Any) -> ServiceNotice:
    """Works that go on until tomorrow."""
    now = datetime.now(UTC)
    invented: dict[str, Any] = {
        "title": f"Работы {serial()}",
        "starts_at": now,
        "ends_at": now + timedelta(days=1),
        "published_at": now,
    }
    return await ServiceNotice.create(published_by_id=by.id, **invented | columns)
