"""What is written down and told of a lesson that is planned otherwise."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from models import ChangeArea, ChangeKind, Lesson
from resolvers import locks
from resolvers.timetable import following
from resolvers.work import Work
from subscriptions import topics
from subscriptions.log import Change

# Who stands in need not reach a lesson that left their days, or those that are yet to come.
_CONCERNED = """
SELECT ARRAY(
    SELECT DISTINCT student_id
    FROM enrollment JOIN unnest($3::date[]) AS day ON valid_from <= day
    WHERE school_class_id = $1 AND (valid_until IS NULL OR valid_until > day)
) AS students, ARRAY(
    SELECT DISTINCT teacher_id
    FROM substitution JOIN unnest($3::date[]) AS day ON valid_from <= day AND valid_until > day
    WHERE section_id = $2
) AS substitutes
"""


async def replan(
    work: Work,
    lesson: Mapping[str, Any],
    kind: ChangeKind,
    given: Mapping[str, Any],
    *,
    reason: str | None = None,
) -> None:
    """Give the lesson these columns; those who have it, before or after, hear of it."""
    rewrite(work, lesson, kind, given, reason=reason)
    day = given.get("date", lesson["date"])
    await tell(work, lesson, kind, {lesson["date"], day})
    await following.move(work, lesson, day)


def rewrite(
    work: Work,
    lesson: Mapping[str, Any],
    kind: ChangeKind,
    given: Mapping[str, Any],
    *,
    reason: str | None = None,
) -> None:
    """Give the lesson these columns; nobody hears of it by that."""
    work.writes.change(Lesson, lesson["id"], **given)
    before = {name: lesson[name] for name in given}
    _audit(work, lesson, kind, before=before, after=locks.with_reason(given, reason))


async def plan(work: Work, lesson: Mapping[str, Any], **given: Any) -> None:
    """Make the lesson of these columns; those who will have it hear of it."""
    work.writes.make(Lesson, id=lesson["id"], **given)
    _audit(work, lesson, ChangeKind.SCHEDULED, after=given)
    await tell(work, {**lesson, **given}, ChangeKind.SCHEDULED, {given["date"]})


async def tell(work: Work, lesson: Mapping[str, Any], kind: ChangeKind, days: set[date]) -> None:
    """Let the pupils of these days hear of the lesson, their guardians, and its school's staff.

    Whoever stands in on one of the days is told also of what is theirs no longer, or not yet.
    """
    values = [lesson["school_class_id"], lesson["section_id"], sorted(days)]
    (found,) = await work.connection.execute_query_dict(_CONCERNED, values)
    announce(work, {**lesson, **found}, kind)


def announce(work: Work, lesson: Mapping[str, Any], kind: ChangeKind) -> None:
    """Let its `students` and `substitutes` hear of the lesson."""
    change = Change(
        topics.school(lesson["organization_id"]),
        ChangeArea.LESSONS,
        kind,
        lesson["id"],
        students=lesson["students"],
        also_told=lesson["substitutes"],
    )
    work.announce(change)


def _audit(work: Work, lesson: Mapping[str, Any], kind: ChangeKind, **values: Any) -> None:
    school = lesson["organization_id"]
    work.audit(f"lesson.{kind.lower()}", Lesson, lesson["id"], organization_id=school, **values)
