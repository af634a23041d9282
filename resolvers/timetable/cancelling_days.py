"""Cancelling all lessons of some days: a holiday in the middle of the year, a quarantine."""

from collections.abc import Mapping, Sequence
from typing import Any

from errors import UserError
from models import ChangeKind
from resolvers import limits
from resolvers.mutation import mutation
from resolvers.school_days.years import YEAR, class_of, within
from resolvers.timetable.telling import announce, rewrite
from resolvers.work import Work, all_of
from schema.timetabling import CancelLessonsInput, CancelLessonsPayload

_MOST_LESSONS = 500
# Held against those who write marks and attendance at them, whose rows refer to them.
_LESSONS = """
SELECT lesson.id, class.organization_id,
       lesson.cancelled_at, lesson.cancellation_reason,
       ARRAY(SELECT student_id FROM diary_entry WHERE lesson_id = lesson.id) AS students,
       ARRAY(SELECT teacher_id FROM substituted_lesson WHERE lesson_id = lesson.id) AS substitutes
FROM lesson JOIN school_class class ON class.id = lesson.school_class_id
WHERE class.school_year_id = $1 AND ($2::bigint IS NULL OR $2 IN (class.id, class.parent_id))
  AND lesson.date BETWEEN $3 AND $4 AND lesson.cancelled_at IS NULL
ORDER BY lesson.date, lesson.shift, lesson.number, lesson.id
LIMIT $5
FOR UPDATE OF lesson
"""
# Asked behind the lock, so that it is what those who wrote meanwhile have left.
_WRITTEN = """
SELECT lesson_id FROM mark WHERE lesson_id = ANY($1::bigint[]) AND removed_at IS NULL
UNION
SELECT lesson_id FROM attendance WHERE lesson_id = ANY($1::bigint[])
"""


@mutation(CancelLessonsPayload, allow=YEAR.via)
async def cancel_lessons(work: Work, input: CancelLessonsInput) -> Mapping[str, Any]:  # noqa: A002
    """Cancel all lessons of some days at which nothing was written down yet, for one reason.

    Each is told as if it were cancelled alone. Those at which something was written stay.
    """
    all_of((limits.reason(input.reason),))
    if input.until < input.from_:
        raise UserError("OUT_OF_RANGE", "The last day lies before the first.", "until")
    year = await work.read(YEAR, input.school_year_id, "schoolYearId")
    all_of((within(year, input.from_, "from"), within(year, input.until, "until")))
    class_id = await class_of(work, year["id"], input.class_id)
    values = [year["id"], class_id, input.from_, input.until, _MOST_LESSONS + 1]
    lessons = await work.connection.execute_query_dict(_LESSONS, values)
    if len(lessons) > _MOST_LESSONS:
        raise UserError("TOO_LONG", f"More than {_MOST_LESSONS} lessons at once.", "until")
    written = await _written(work, lessons)
    given = {"cancelled_at": work.viewer.now, "cancellation_reason": input.reason.strip()}
    for lesson in lessons:
        if lesson["id"] not in written:
            rewrite(work, lesson, ChangeKind.CANCELLED, given)
            announce(work, lesson, ChangeKind.CANCELLED)
    return {"cancelled_count": len(lessons) - len(written), "held_count": len(written)}


async def _written(work: Work, lessons: Sequence[Mapping[str, Any]]) -> set[int]:
    """The lessons at which marks or attendance were written down."""
    numbers = [lesson["id"] for lesson in lessons]
    rows = await work.connection.execute_query_dict(_WRITTEN, [numbers])
    return {row["lesson_id"] for row in rows}
