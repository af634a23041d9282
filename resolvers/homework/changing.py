"""Changing homework that was given, and taking it back."""

from collections.abc import Mapping
from typing import Any

from strawberry import UNSET

from access import scopes, writing
from errors import Current, UserError
from models import ChangeArea, ChangeKind, Homework
from resolvers import limits, locks
from resolvers.homework import given, load
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.declaration.ids import encode
from schema.homework import (
    ChangeHomeworkInput,
    ChangeHomeworkPayload,
    RemoveHomeworkInput,
    RemoveHomeworkPayload,
)
from subscriptions import topics
from subscriptions.log import Change

_TOLD = (
    *("text", "due_on", "due_lesson_id", "expected_minutes"),
    *("is_mandatory", "takes_answers", "takes_late_answers"),
)
"""What the audit says of homework."""
_DUE = ("due_on", "due_lesson_id")
_MAY_BE_NULL = ("expected_minutes",)

_HELD = Reading(
    writing.CHANGED_HOMEWORK,
    "Homework",
    frozenset(writing.CHANGED_HOMEWORK.by),
    f"""
    SELECT held.*, lesson.date, class.organization_id, class.grade_level,
           due.id AS new_lesson_id, due.date AS new_lesson_on,
           ARRAY(SELECT student_id FROM student_homework WHERE homework_id = held.id) AS students,
           {locks.columns("lesson.section_id", "class.organization_id", day="lesson.date")}
    FROM (SELECT {{row}}.* FROM {{rows}} WHERE {{reached}} FOR NO KEY UPDATE OF {{row}}) held
    JOIN lesson ON lesson.id = held.lesson_id
    JOIN school_class class ON class.id = lesson.school_class_id
    LEFT JOIN LATERAL ({given.DUE_LESSON}) due ON TRUE
    """,  # noqa: S608 — a constant
    given={"due_lesson": "bigint", **locks.GIVEN},
    seen=scopes.HOMEWORK,
)


@mutation(ChangeHomeworkPayload, allow=_HELD.via)
async def change_homework(work: Work, input: ChangeHomeworkInput) -> Mapping[str, Any]:  # noqa: A002
    """Change homework; its former version stays in the audit."""
    told = _given(input)
    all_of((*given.problems(told), limits.optional_reason(input.reason, "reason")))
    former = await _held(work, input, told.get("due_lesson_id"))
    others = {name: value for name, value in told.items() if name not in _DUE}
    changes = {**others, **_due(told, former)}
    if "text" in changes:
        changes["text"] = changes["text"].strip()
    homework = {**former, **changes}
    all_of((given.answers(homework),))
    warnings = await load.warnings(work, homework, former["grade_level"], former["students"])
    _write(work, former, ChangeKind.CHANGED, changes, input.reason)
    return {"homework": former["id"], "warnings": warnings}


@mutation(RemoveHomeworkPayload, allow=_HELD.via)
async def remove_homework(work: Work, input: RemoveHomeworkInput) -> Mapping[str, Any]:  # noqa: A002
    """Take homework back; it leaves the journal and the diary."""
    all_of((limits.optional_reason(input.reason, "reason"),))
    former = await _held(work, input, None)
    _write(work, former, ChangeKind.REMOVED, {"removed_at": work.viewer.now}, input.reason)
    return {"homework_id": encode("Homework", former["id"])}


def _given(change: ChangeHomeworkInput) -> dict[str, Any]:
    """What is to be changed, as the client gave it; raises UserError where that is nothing."""
    values = {name: getattr(change, name) for name in _TOLD}
    told = {
        name: value
        for name, value in values.items()
        if value is not UNSET and (value is not None or name in _MAY_BE_NULL)
    }
    if not told:
        raise UserError("REQUIRED", "Say what is to be changed.")
    return told


def _due(told: Mapping[str, Any], former: Mapping[str, Any]) -> Mapping[str, Any]:
    """By when it is to be done from now on, where that is to be changed."""
    day, named = told.get("due_on"), told.get("due_lesson_id")
    if day is None and named is None:
        return {}
    found = {"due_lesson_id": former["new_lesson_id"], "due_lesson_on": former["new_lesson_on"]}
    return given.due(day, named, {**former, **found})


async def _held(
    work: Work, told: ChangeHomeworkInput | RemoveHomeworkInput, named: str | None
) -> Mapping[str, Any]:
    """The homework, held until the commit; raises UserError, CONFLICT and LOCKED among others."""
    named_lesson = {"due_lesson": given.due_lesson(named)}
    former = await work.read(
        _HELD, told.homework_id, "homeworkId", **named_lesson, **locks.given(work)
    )
    locks.keep(work, former, told.reason, "homeworkId")
    there = Current(former["text"], former["version"])
    if there.version != told.version:
        message = f"The homework was changed meanwhile; its version is {there.version}."
        raise UserError("CONFLICT", message, "version", current=there)
    return former


def _write(
    work: Work,
    former: Mapping[str, Any],
    kind: ChangeKind,
    changes: Mapping[str, Any],
    reason: str | None,
) -> None:
    """Write what is changed as the next version, the deed, and whom it concerns."""
    work.writes.change(Homework, former["id"], **changes, version=former["version"] + 1)
    before = {name: former[name] for name in _TOLD}
    is_gone = kind is ChangeKind.REMOVED
    work.audit(
        f"homework.{kind.lower()}",
        Homework,
        former["id"],
        before=before,
        after=locks.with_reason(None if is_gone else {**before, **changes}, reason),
        organization_id=former["organization_id"],
    )
    topic, students = topics.school(former["organization_id"]), former["students"]
    work.announce(Change(topic, ChangeArea.HOMEWORK, kind, former["id"], students=students))
