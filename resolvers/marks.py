"""Marks as rows: where one may be given, and what is written when it is given or changed."""

from collections.abc import Mapping
from typing import Any

from access import scopes, writing
from models import ChangeArea, Mark, MarkChangeKind, MarkRevision
from resolvers import locks
from resolvers.reading import Reading
from resolvers.work import Work
from subscriptions import topics
from subscriptions.log import Change

TOLD = ("value", "sign", "weight", "comment")
"""What a revision and the audit say of a mark."""

_OF_PLACE = ("id", "lesson_id", "student_id", "assignment_id", "work_type_id", "version")

# The school's own code comes before what others of its work types are abbreviated to.
PLACE = Reading(
    writing.MARKED_LESSONS,
    "Lesson",
    frozenset(writing.MARKED_LESSONS.by),
    f"""
    SELECT {{row}}.id AS lesson_id, {{row}}.date, {{row}}.cancelled_at,
           class.grade_level, class.organization_id,
           {locks.columns("{row}.section_id", "class.organization_id", day="{row}.date")},
           coalesce(task.work_type_id, work_type.id) AS work_type_id,
           coalesce(task.weight, work_type.weight) AS weight,
           task.id AS assignment_id, task.due_on,
           EXISTS (
               SELECT FROM diary_entry entry
               WHERE entry.lesson_id = {{row}}.id AND entry.student_id = {{student}}
           ) AS is_enrolled,
           nextval('mark_id_seq') AS mark_id
    FROM {{rows}}
    JOIN school_class class ON class.id = {{row}}.school_class_id
    LEFT JOIN assignment task
      ON task.id = {{task}} AND task.section_id = {{row}}.section_id AND task.removed_at IS NULL
    LEFT JOIN LATERAL (
        SELECT id, weight FROM work_type
        WHERE id = task.work_type_id OR task.id IS NULL
          AND organization_id = class.organization_id AND {{work_type}} IN (code, abbreviation)
        ORDER BY code = {{work_type}} DESC, id LIMIT 1
    ) work_type ON TRUE
    WHERE {{reached}}
    """,  # noqa: S608 — as `locks.columns`
    given={"student": "bigint", "work_type": "text", "task": "bigint", **locks.GIVEN},
    seen=scopes.LESSONS,
)
HELD = Reading(
    writing.CHANGED_MARKS,
    "Mark",
    frozenset(writing.CHANGED_MARKS.by),
    f"""
    SELECT {{row}}.id, {{row}}.student_id, {{row}}.value, {{row}}.sign, {{row}}.weight,
           {{row}}.comment, {{row}}.version, {{row}}.recorded_at::date AS recorded_on,
           lesson.date, class.grade_level, class.organization_id,
           {locks.columns("lesson.section_id", "class.organization_id", day="lesson.date")}
    FROM {{rows}}
    JOIN lesson ON lesson.id = {{row}}.lesson_id
    JOIN school_class class ON class.id = lesson.school_class_id
    WHERE {{reached}}
    FOR NO KEY UPDATE OF {{row}}
    """,  # noqa: S608 — as above
    given=locks.GIVEN,
    seen=scopes.MARKS,
)


def record(work: Work, mark: Mapping[str, Any], reason: str | None = None) -> None:
    """Write a new mark; why, where that had to be said."""
    columns = {name: mark[name] for name in (*_OF_PLACE, *TOLD)}
    work.writes.make(Mark, **columns, recorded_at=work.viewer.now)
    reason = reason and reason.strip()
    _trace(work, mark, MarkChangeKind.RECORDED, before=None, reason=reason)


def change(
    work: Work, former: Mapping[str, Any], kind: MarkChangeKind, reason: str, **given: Any
) -> None:
    """Write what the mark is given, as its next version."""
    given["version"] = former["version"] + 1
    work.writes.change(Mark, former["id"], **given)
    before = {name: former[name] for name in TOLD}
    _trace(work, {**former, **given}, kind, before=before, reason=reason.strip())


def _trace(
    work: Work,
    mark: Mapping[str, Any],
    kind: MarkChangeKind,
    *,
    before: Mapping[str, Any] | None,
    reason: str | None,
) -> None:
    """Write history, audit and log of what is done to the mark."""
    after = {name: mark[name] for name in TOLD}
    work.writes.make(
        MarkRevision,
        mark_id=mark["id"],
        version=mark["version"],
        kind=kind,
        reason=reason,
        by_id=work.viewer.person_id,
        at=work.viewer.now,
        **after,
    )
    school = mark["organization_id"]
    work.audit(
        f"mark.{kind.lower()}",
        Mark,
        mark["id"],
        before=before,
        after=after,
        organization_id=school,
    )
    topic = topics.school(school)
    work.announce(Change(topic, ChangeArea.MARKS, kind, mark["id"], mark["student_id"]))
