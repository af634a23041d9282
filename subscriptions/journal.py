"""What families and staff hear of the journal."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import strawberry

from access import absences, scopes
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


@heard(
    MarkChange,
    allow=HEARERS,
    reach={ChangeArea.MARKS: scopes.MARKS},
    told=_telling("mark", "Mark", MarkChangeKind),
)
async def mark_changes(context: Context, student_ids: _Students = None) -> Audience:
    """Marks as they are given, changed and taken back, each after its commit."""
    return await audience_of(context.viewer, student_ids)


@heard(
    AttendanceChange,
    allow=HEARERS,
    reach={ChangeArea.ATTENDANCE: scopes.ATTENDANCE},
    told=_telling("attendance", "Attendance"),
)
async def attendance_changes(context: Context, student_ids: _Students = None) -> Audience:
    """Attendance as it is written down and corrected, each after its commit."""
    return await audience_of(context.viewer, student_ids)


@heard(
    AbsenceAlertChange,
    allow=HEARERS,
    reach={ChangeArea.ABSENCE_ALERTS: absences.ABSENCE_ALERTS},
    told=_telling("alert", "AbsenceAlert"),
)
async def absence_alert_changes(context: Context, student_ids: _Students = None) -> Audience:
    """That a pupil misses too much of a term, once a term, after its commit."""
    return await audience_of(context.viewer, student_ids)


@heard(
    AbsenceNoteChange,
    allow=HEARERS,
    reach={ChangeArea.ABSENCES: absences.ABSENCE_NOTES},
    told=_telling("note", "AbsenceNote", stays=True),
)
async def absence_note_changes(context: Context, student_ids: _Students = None) -> Audience:
    """Notes about absence as they are written and decided on, each after its commit."""
    return await audience_of(context.viewer, student_ids)


@heard(
    HomeworkChange,
    allow=HEARERS,
    reach={ChangeArea.HOMEWORK: scopes.HOMEWORK},
    told=_telling("homework", "Homework"),
)
async def homework_changes(context: Context, student_ids: _Students = None) -> Audience:
    """Homework as it is given and changed, each after its commit."""
    return await audience_of(context.viewer, student_ids)


@heard(
    HomeworkAnswerChange,
    allow=HEARERS,
    reach={ChangeArea.ANSWERS: scopes.HOMEWORK_ANSWERS},
    told=_telling("answer", "HomeworkAnswer"),
)
async def homework_answer_changes(context: Context, student_ids: _Students = None) -> Audience:
    """What pupils have done of homework, and what teachers say of it, each after its commit."""
    return await audience_of(context.viewer, student_ids)


@heard(
    AssignmentChange,
    allow=HEARERS,
    reach={ChangeArea.WORKS: scopes.ASSIGNMENTS},
    told=_telling("assignment", "Assignment"),
)
async def assignment_changes(context: Context, student_ids: _Students = None) -> Audience:
    """Works as they are set, moved, changed and taken back, each after its commit."""
    return await audience_of(context.viewer, student_ids)


@heard(
    DebtChange,
    allow=HEARERS,
    reach={ChangeArea.DEBTS: scopes.DEBTS},
    told=_telling("debt", "Debt"),
)
async def debt_changes(context: Context, student_ids: _Students = None) -> Audience:
    """What pupils owe («точка»), from when until when, each after its commit."""
    return await audience_of(context.viewer, student_ids)


@heard(
    LessonChange,
    allow=HEARERS,
    reach={ChangeArea.LESSONS: scopes.LESSONS},
    told=_telling("lesson", "Lesson"),
)
async def lesson_changes(context: Context, student_ids: _Students = None) -> Audience:
    """Lessons that will be otherwise than they were planned, each after its commit."""
    return await audience_of(context.viewer, student_ids)


@strawberry.type
class JournalSubscription:
    """Hearing of the journal."""

    mark_changes = mark_changes
    attendance_changes = attendance_changes
    absence_alert_changes = absence_alert_changes
    absence_note_changes = absence_note_changes
    homework_changes = homework_changes
    homework_answer_changes = homework_answer_changes
    assignment_changes = assignment_changes
    debt_changes = debt_changes
    lesson_changes = lesson_changes
