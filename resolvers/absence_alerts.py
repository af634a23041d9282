"""Telling that a pupil has missed more of a term than the school lets pass, once a term."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from models import AbsenceAlert, AttendanceCode, ChangeArea, ChangeKind
from resolvers.work import Work
from subscriptions import topics
from subscriptions.log import Change

_FEWEST_HELD = 10
"""Of fewer lessons held, a share says nothing yet."""
ABSENT = frozenset(
    {
        AttendanceCode.ABSENT,
        AttendanceCode.ABSENT_EXCUSED,
        AttendanceCode.ABSENT_SICK,
        AttendanceCode.ABSENT_UNEXCUSED,
    }
)

# Two lessons may be written at once: the second waits here, and then counts the first one too.
_HOLD = "SELECT FROM student WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE"
# The view counts what is committed; what is about to be written comes to it.
_PASSING = f"""
SELECT counted.student_id, counted.term_id, counted.held_lessons,
       counted.missed_lessons + written.missed AS missed_lessons,
       settled.absence_limit_percent AS limit_percent, home.school_class_id, home.organization_id
FROM attendance_summary counted
JOIN term ON term.id = counted.term_id
CROSS JOIN LATERAL (
    SELECT sum(given.missed)::int AS missed
    FROM unnest($2::bigint[], $3::bigint[], $4::int[]) AS given (student_id, lesson_id, missed)
    JOIN lesson ON lesson.id = given.lesson_id
    JOIN school_class class ON class.id = lesson.school_class_id
    WHERE given.student_id = counted.student_id
      AND class.school_year_id = term.school_year_id AND class.grade_level = term.grade_level
      AND lesson.date BETWEEN term.starts_on AND least(term.ends_on, CURRENT_DATE)
) written
CROSS JOIN LATERAL (
    SELECT enrollment.school_class_id, enrollment.organization_id
    FROM enrollment JOIN school_class class ON class.id = enrollment.school_class_id
    WHERE enrollment.student_id = counted.student_id AND enrollment.kind = 'HOMEROOM'
      AND class.school_year_id = term.school_year_id
    ORDER BY enrollment.valid_from DESC, enrollment.id DESC LIMIT 1
) home
JOIN settled_grading settled ON settled.organization_id = home.organization_id
WHERE counted.student_id = ANY($1) AND counted.is_current AND written.missed > 0
  AND counted.held_lessons >= {_FEWEST_HELD}
  AND (counted.missed_lessons + written.missed) * 100
      > settled.absence_limit_percent * counted.held_lessons
  AND NOT EXISTS (
      SELECT FROM absence_alert former
      WHERE former.student_id = counted.student_id AND former.term_id = counted.term_id
  )
ORDER BY counted.student_id, counted.term_id
"""  # noqa: S608 — a constant of this module


@dataclass(frozen=True)
class Taken:
    """A pupil's attendance at a lesson as it is about to be written, and what stood there."""

    student_id: int
    lesson_id: int
    former: Mapping[str, Any]
    code: AttendanceCode

    @property
    def missed(self) -> int:
        """By how much the pupil has missed more than before: 1, 0 or -1."""
        return (self.code in ABSENT) - (self.former["code"] in ABSENT)


async def tell(work: Work, taken: Iterable[Taken]) -> None:
    """Alert of each pupil who misses too much by what is about to be written."""
    differing = [each for each in taken if each.missed]
    pupils = sorted({each.student_id for each in differing if each.missed > 0})
    if not pupils:
        return
    await work.connection.execute_query(_HOLD, [pupils])
    columns = [
        [each.student_id for each in differing],
        [each.lesson_id for each in differing],
        [each.missed for each in differing],
    ]
    passing = await work.connection.execute_query_dict(_PASSING, [pupils, *columns])
    if not passing:
        return
    numbers = await work.next_ids(AbsenceAlert, len(passing))
    for number, row in zip(numbers, passing, strict=True):
        _alert(work, number, row)


def _alert(work: Work, number: int, row: Mapping[str, Any]) -> None:
    work.writes.make(AbsenceAlert, id=number, **row, at=work.viewer.now)
    school = row["organization_id"]
    work.audit(
        "attendance.limit_passed", AbsenceAlert, number, after={**row}, organization_id=school
    )
    topic, kind = topics.school(school), ChangeKind.RECORDED
    work.announce(Change(topic, ChangeArea.ABSENCE_ALERTS, kind, number, row["student_id"]))
