"""What families and staff hear of marks for terms and years."""

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry

from access import scopes
from models import ChangeArea, ChangeKind
from schema.changes import FinalMarkChange
from schema.context import Context
from schema.declaration.ids import encode
from subscriptions.entry import Entry
from subscriptions.hearing import Audience, heard
from subscriptions.pupils import HEARERS, audience_of


def _told(entry: Entry) -> Mapping[str, Any]:
    return {
        "kind": ChangeKind(entry.kind),
        "period_mark_id": encode("PeriodMark", entry.row_id),
        "period_mark": None if entry.kind == ChangeKind.REMOVED else entry.row_id,
    }


@heard(
    FinalMarkChange,
    allow=HEARERS,
    reach={ChangeArea.FINAL_MARKS: scopes.PERIOD_MARKS},
    told=_told,
)
async def final_mark_changes(
    context: Context,
    student_ids: Annotated[
        list[strawberry.ID] | None,
        strawberry.argument(
            description="Of which pupils, 100 at most; of all that the caller sees unless told."
        ),
    ] = None,
) -> Audience:
    """Marks for terms and years as given, changed and taken back, each after its commit."""
    return await audience_of(context.viewer, student_ids)


@strawberry.type
class PeriodMarkSubscription:
    """Hearing of marks for terms and years."""

    final_mark_changes = final_mark_changes
