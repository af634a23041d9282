"""Cancelling lessons, and letting them take place after all."""

from collections.abc import Mapping
from typing import Any

from errors import UserError
from models import ChangeKind
from resolvers import limits
from resolvers.mutation import mutation
from resolvers.timetable.held import PLANNED, held, refuse_written
from resolvers.timetable.slots import Slot, refuse_clashes
from resolvers.timetable.telling import replan
from resolvers.work import Work, all_of
from schema.timetabling import (
    CancelLessonInput,
    CancelLessonPayload,
    RestoreLessonInput,
    RestoreLessonPayload,
)


@mutation(CancelLessonPayload, allow=PLANNED.via)
async def cancel_lesson(work: Work, input: CancelLessonInput) -> Mapping[str, Any]:  # noqa: A002
    """Cancel a lesson at which nothing was written down yet; its class, teacher and room are free.

    It stays in diary, timetable and journal, and says that it was cancelled and why.
    """
    all_of((limits.reason(input.reason),))
    lesson = await held(work, input.lesson_id)
    if lesson["cancelled_at"] is not None:
        raise UserError("DUPLICATE", "It was cancelled already.", "lessonId")
    await refuse_written(work, lesson, "cancelled")
    given = {"cancelled_at": work.viewer.now, "cancellation_reason": input.reason.strip()}
    await replan(work, lesson, ChangeKind.CANCELLED, given)
    return {"lesson": lesson["id"]}


@mutation(RestoreLessonPayload, allow=PLANNED.via)
async def restore_lesson(work: Work, input: RestoreLessonInput) -> Mapping[str, Any]:  # noqa: A002
    """Let a cancelled lesson take place after all, where nothing else is there by now."""
    lesson = await held(work, input.lesson_id)
    if lesson["cancelled_at"] is None:
        raise UserError("DUPLICATE", "It was not cancelled.", "lessonId")
    await refuse_clashes(work.connection, lesson, Slot.of(lesson), "lessonId")
    given = {"cancelled_at": None, "cancellation_reason": None}
    await replan(work, lesson, ChangeKind.RESTORED, given)
    return {"lesson": lesson["id"]}
