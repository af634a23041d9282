"""Writing a whole lesson at once: marks, attendance and topic, all or nothing."""

from collections.abc import Mapping
from typing import Any

import strawberry

from resolvers import absence_alerts, locks, mark_rules
from resolvers.lesson_recording import checking, places, writing
from resolvers.lesson_recording.sheet import Sheet
from resolvers.lessons import refuse_cancelled
from resolvers.mutation import mutation
from resolvers.work import Work, all_of
from schema.lesson_recording import RecordLessonInput, RecordLessonPayload


@mutation(RecordLessonPayload, allow=places.ATTENDED.via)
async def record_lesson(work: Work, input: RecordLessonInput) -> Mapping[str, Any]:  # noqa: A002
    """Write down a lesson: marks, attendance and topic, all of it or nothing.

    Errors name the cell. What may be a slip is written all the same and told as a warning.
    """
    all_of(checking.of_size(input))
    sheet = Sheet.of(input)
    all_of(checking.of_form(sheet))
    reading = places.needed(sheet)
    lesson = await work.read(reading, input.lesson_id, "lessonId", **locks.given(work))
    refuse_cancelled(lesson)
    page = await places.read(work, lesson, sheet)
    known = await page.known_strangers(work)
    all_of(checking.of_rows(work, page, known))
    all_of(checking.of_days(work, page))
    locks.guard(work, lesson, "lessonId")
    mark_rules.work_stays(work, "entries")
    values = writing.write(work, page)
    await absence_alerts.tell(work, writing.taken(page))
    return values


@strawberry.type
class LessonRecordingMutation:
    """Writing a whole lesson."""

    record_lesson = record_lesson
