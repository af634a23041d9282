"""What families and staff hear of the journal."""

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry

from access import scopes
from models import ChangeArea, MarkChangeKind
from schema.context import Context
from schema.declaration.ids import encode
from schema.marking import MarkChange
from subscriptions.entry import Entry
from subscriptions.hearing import Audience, heard
from subscriptions.pupils import HEARERS, audience_of


def _told(entry: Entry) -> Mapping[str, Any]:
    return {
        "kind": MarkChangeKind(entry.kind),
        "mark_id": encode("Mark", entry.row_id),
        "mark": None if entry.kind == MarkChangeKind.REMOVED else entry.row_id,
    }


@heard(MarkChange, allow=HEARERS, reach={ChangeArea.MARKS: scopes.MARKS}, told=_told)
async def mark_changes(
    context: Context,
    student_ids: Annotated[
        list[strawberry.ID] | None,
        strawberry.argument(
            description="Whose marks, 100 pupils at most; all that the caller sees unless told."
        ),
    ] = None,
) -> Audience:
    """Marks as they are given, changed and taken back, each after its commit."""
    return await audience_of(context.viewer, student_ids)


@strawberry.type
class JournalSubscription:
    """Hearing of the journal."""

    mark_changes = mark_changes
