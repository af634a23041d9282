"""Notes about absence."""

from datetime import UTC, date, datetime
from typing import Any

from models import AbsenceNote, AbsenceNoteState, AbsenceReason
from tests.factories.classes import ClassMade
from tests.factories.people import PersonMade, PupilMade


async def an_absence_note(
    klass: ClassMade, pupil: PupilMade, by: PersonMade, on: date | None = None, **columns: Any
) -> AbsenceNote:
    """A note that the pupil is ill on that day, today unless told, and that nobody decided on."""
    day = on or klass.school.today
    usual: dict[str, Any] = {
        "starts_on": day,
        "ends_on": day,
        "reason": AbsenceReason.SICK,
        "text": "Температура",
        "state": AbsenceNoteState.SUBMITTED,
        "submitted_by": by.row,
        "submitted_at": datetime.now(UTC),
    }
    return await AbsenceNote.create(
        student=pupil.row,
        school_class=klass.row,
        organization=klass.school.row,
        **usual | columns,
    )
