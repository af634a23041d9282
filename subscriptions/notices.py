"""What everybody hears of the service itself."""

from collections.abc import Mapping
from typing import Any

import strawberry

from access import rules, scopes
from models import ChangeArea, ChangeKind
from schema.changes import NoticeChange
from schema.context import Context
from schema.declaration.ids import encode
from subscriptions import topics
from subscriptions.entry import Entry
from subscriptions.hearing import Audience, heard


def _told(entry: Entry) -> Mapping[str, Any]:
    return {
        "kind": ChangeKind(entry.kind),
        "notice_id": encode("ServiceNotice", entry.row_id),
        "notice": None if entry.kind == ChangeKind.ENDED else entry.row_id,
    }


def _wants(_: Entry) -> bool:
    return True


@heard(NoticeChange, allow=rules.ANYONE, reach={ChangeArea.NOTICES: scopes.NOTICES}, told=_told)
async def notice_changes(_: Context) -> Audience:
    """Notices about the service that are published or ended; for whoever is not signed in too."""
    return Audience(frozenset({topics.EVENTS}), _wants)


@strawberry.type
class NoticesSubscription:
    """Hearing of notices."""

    notice_changes = notice_changes
