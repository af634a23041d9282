"""Changing what is taught at a lesson, and where."""

from collections.abc import Mapping
from typing import Any

from strawberry import UNSET

from errors import UserError
from models import ChangeKind
from resolvers import limits, locks
from resolvers.lessons import refuse_cancelled
from resolvers.mutation import mutation
from resolvers.timetable.held import PLANNED, TOPICS, held, room_of
from resolvers.timetable.slots import Slot, refuse_clashes
from resolvers.timetable.telling import replan
from resolvers.work import Work, all_of
from schema.timetabling import ChangeLessonInput, ChangeLessonPayload

LONGEST_TOPIC = 500


@mutation(ChangeLessonPayload, allow=TOPICS.via)
async def change_lesson(work: Work, input: ChangeLessonInput) -> Mapping[str, Any]:  # noqa: A002
    """Write a lesson's topic, or give it another room."""
    given: dict[str, Any] = {}
    all_of((limits.optional_reason(input.reason, "reason"),))
    if input.topic is not UNSET:
        all_of((limits.text(input.topic, LONGEST_TOPIC, "topic"),))
        given["topic"] = (input.topic or "").strip() or None
    if not given and input.room_id is UNSET:
        raise UserError("REQUIRED", "Say what is to be changed.")
    # Rooms are given by those who plan lessons, topics by those who give them too.
    reading = TOPICS if input.room_id is UNSET else PLANNED
    lesson = await held(work, input.lesson_id, reading)
    refuse_cancelled(lesson)
    if "topic" in given:
        locks.keep(work, lesson, input.reason, "lessonId")
    if input.room_id is not UNSET:
        given["room_id"] = await room_of(work, lesson["organization_id"], input.room_id)
        await refuse_clashes(
            work.connection, {**lesson, **given}, Slot.of(lesson), "roomId", of_room_alone=True
        )
    await replan(work, lesson, ChangeKind.CHANGED, given, reason=input.reason)
    return {"lesson": lesson["id"]}
