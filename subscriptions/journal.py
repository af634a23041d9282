"""What families and staff hear of the journal."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import strawberry

from access import absences, scopes
from access.scope import Scope
from models import ChangeArea, ChangeKind, MarkChangeKind
from schema.changes import (
    AbsenceAlertChange,
    AbsenceNoteChange,
    AssignmentChange,
    AttendanceChange,
    DebtChange,
    HomeworkAnswerChange,
    HomeworkChange,
    LessonChange,
)
from schema.context import Context
from schema.declaration.ids import encode
from schema.marking import MarkChange
from subscriptions.entry import Entry
from subscriptions.hearing import Audience, heard
from subscriptions.pupils import HEARERS, audience_of

_Students = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(
        description="Of which pupils, 100 at most; of all that the caller sees unless told."
    ),
]

_GONE = {ChangeKind.REMOVED, ChangeKind.SETTLED}


def _telling(
    field: str,
    label: str,
    kinds: type[ChangeKind | MarkChangeKind] = ChangeKind,
    *,
    stays: bool = False,
) -> Callable[[Entry], Mapping[str, Any]]:
    """What is told of an entry of an area whose row is shown in the field, if it is still there.

    One that `stays` says itself that it was taken back.
    """

    def told(entry: Entry) -> Mapping[str, Any]:
        return {
            "kind": kinds(entry.kind),
            f"{field}_id": encode(label, entry.row_id),
            field: None if entry.kind in _GONE and not stays else entry.row_id,
        }

    return told


def _of_pupils(
    name: str,
    payload: type,
    reach: tuple[ChangeArea, Scope],
    told: Callable[[Entry], Mapping[str, Any]],
    description: str,
) -> Any:
    """The subscription to one area, for whoever hears of pupils; `reach` is of the area's rows."""

    async def audience(context: Context, student_ids: _Students = None) -> Audience:
        return await audience_of(context.viewer, student_ids)

    audience.__name__, audience.__doc__ = name, description
    return heard(payload, allow=HEARERS, reach=dict([reach]), told=told)(audience)


@strawberry.type
class JournalSubscription:
    """Hearing of the journal."""

    mark_changes = _of_pupils(
        "mark_changes",
        MarkChange,
        (ChangeArea.MARKS, scopes.MARKS),
        _telling("mark", "Mark", MarkChangeKind),
        "Marks as they are given, changed and taken back, each after its commit.",
    )
    attendance_changes = _of_pupils(
        "attendance_changes",
        AttendanceChange,
        (ChangeArea.ATTENDANCE, scopes.ATTENDANCE),
        _telling("attendance", "Attendance"),
        "Attendance as it is written down and corrected, each after its commit.",
    )
    absence_alert_changes = _of_pupils(
        "absence_alert_changes",
        AbsenceAlertChange,
        (ChangeArea.ABSENCE_ALERTS, absences.ABSENCE_ALERTS),
        _telling("alert", "AbsenceAlert"),
        "That a pupil misses too much of a term, once a term, after its commit.",
    )
    absence_note_changes = _of_pupils(
        "absence_note_changes",
        AbsenceNoteChange,
        (ChangeArea.ABSENCES, absences.ABSENCE_NOTES),
        _telling("note", "AbsenceNote", stays=True),
        "Notes about absence as they are written and decided on, each after its commit.",
    )
    homework_changes = _of_pupils(
        "homework_changes",
        HomeworkChange,
        (ChangeArea.HOMEWORK, scopes.HOMEWORK),
        _telling("homework", "Homework"),
        "Homework as it is given and changed, each after its commit.",
    )
    homework_answer_changes = _of_pupils(
        "homework_answer_changes",
        HomeworkAnswerChange,
        (ChangeArea.ANSWERS, scopes.HOMEWORK_ANSWERS),
        _telling("answer", "HomeworkAnswer"),
        "What pupils have done of homework, and what teachers say of it, each after its commit.",
    )
    assignment_changes = _of_pupils(
        "assignment_changes",
        AssignmentChange,
        (ChangeArea.WORKS, scopes.ASSIGNMENTS),
        _telling("assignment", "Assignment"),
        "Works as they are set, moved, changed and taken back, each after its commit.",
    )
    debt_changes = _of_pupils(
        "debt_changes",
        DebtChange,
        (ChangeArea.DEBTS, scopes.DEBTS),
        _telling("debt", "Debt"),
        "What pupils owe («точка»), from when until when, each after its commit.",
    )
    lesson_changes = _of_pupils(
        "lesson_changes",
        LessonChange,
        (ChangeArea.LESSONS, scopes.LESSONS),
        _telling("lesson", "Lesson"),
        "Lessons that will be otherwise than they were planned, each after its commit.",
    )
