"""Everything that a person may hear, in one stream: what a parent's dashboard needs alone."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any

import strawberry

from access import absences, mail, rules, scopes
from access.scope import Scope
from access.viewer import Viewer
from models import ChangeArea, ChangeKind
from schema.changes import Change
from schema.context import Context
from schema.declaration.ids import encode
from subscriptions import events, mailbox, pupils
from subscriptions.entry import Entry
from subscriptions.hearing import Audience, heard, together

# The field of `Change` that shows an area's row, its type, and the scope in which it is reached.
_SHOWN: Mapping[ChangeArea, tuple[str, str, Scope]] = {
    ChangeArea.MARKS: ("mark", "Mark", scopes.MARKS),
    ChangeArea.ATTENDANCE: ("attendance", "Attendance", scopes.ATTENDANCE),
    ChangeArea.ABSENCE_ALERTS: ("absence_alert", "AbsenceAlert", absences.ABSENCE_ALERTS),
    ChangeArea.ABSENCES: ("absence_note", "AbsenceNote", absences.ABSENCE_NOTES),
    ChangeArea.HOMEWORK: ("homework", "Homework", scopes.HOMEWORK),
    ChangeArea.ANSWERS: ("homework_answer", "HomeworkAnswer", scopes.HOMEWORK_ANSWERS),
    ChangeArea.WORKS: ("assignment", "Assignment", scopes.ASSIGNMENTS),
    ChangeArea.DEBTS: ("debt", "Debt", scopes.DEBTS),
    ChangeArea.LESSONS: ("lesson", "Lesson", scopes.LESSONS),
    ChangeArea.FINAL_MARKS: ("period_mark", "PeriodMark", scopes.PERIOD_MARKS),
    ChangeArea.MESSAGES: ("message", "Message", mail.MESSAGES),
    ChangeArea.RECEIPTS: ("message", "Message", mail.MESSAGES),
    ChangeArea.EVENTS: ("event", "SchoolEvent", scopes.EVENTS),
}
_GONE = {ChangeKind.REMOVED, ChangeKind.SETTLED, ChangeKind.CANCELLED}
# A lesson that was cancelled stays in the diary, and a note that was taken back among the others:
# they say so.
_STAYING = {ChangeArea.LESSONS, ChangeArea.ABSENCES}
REACH: Mapping[ChangeArea, Scope | None] = {area: scope for area, (*_, scope) in _SHOWN.items()}


def told(entry: Entry) -> Mapping[str, Any]:
    """What `Change` says of an entry."""
    kind = ChangeKind(entry.kind)
    field, label, _ = _SHOWN[entry.area]
    is_gone = kind in _GONE and entry.area not in _STAYING
    shown = {} if is_gone else {field: entry.row_id}
    return {"area": entry.area, "kind": kind, "node_id": encode(label, entry.row_id), **shown}


async def audience_of(viewer: Viewer, student_ids: Collection[str] | None) -> Audience:
    """Whoever listens to all that concerns them: journals, mail, events."""
    parts = [mailbox.audience_of(viewer), await events.audience_of(viewer)]
    if viewer.relations & pupils.HEARERS:
        parts.append(await pupils.audience_of(viewer, student_ids))
    return together(parts)


@heard(Change, allow=rules.SIGNED_IN, reach=REACH, told=told)
async def dashboard_changes(
    context: Context,
    student_ids: Annotated[
        list[strawberry.ID] | None,
        strawberry.argument(
            description="Whose journals, 100 pupils at most; all that the caller sees unless told."
        ),
    ] = None,
) -> Audience:
    """All that the caller may hear, in one stream: journals, mail, events."""
    return await audience_of(context.viewer, student_ids)


@strawberry.type
class DashboardSubscription:
    """Hearing of everything."""

    dashboard_changes = dashboard_changes
