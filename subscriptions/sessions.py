"""What a person hears of their own devices."""

from collections.abc import Mapping
from typing import Any

import strawberry

from access import rules
from models import ChangeArea, ChangeKind
from schema.changes import SessionChange
from schema.context import Context
from schema.declaration.ids import encode
from subscriptions import mailbox
from subscriptions.entry import Entry
from subscriptions.hearing import Audience, heard


def _told(entry: Entry) -> Mapping[str, Any]:
    return {"kind": ChangeKind(entry.kind), "session_id": encode("Session", entry.row_id)}


# An ended session is nobody's row any more: whose it was, the entry says.
@heard(SessionChange, allow=rules.SIGNED_IN, reach={ChangeArea.SESSIONS: None}, told=_told)
async def session_changes(context: Context) -> Audience:
    """One's own sessions as they end: by signing out, by an administrator, by a stolen token."""
    return mailbox.audience_of(context.viewer)


@strawberry.type
class SessionsSubscription:
    """Hearing of one's own devices."""

    session_changes = session_changes
