"""What a person hears of their mail."""

from collections.abc import Mapping
from typing import Any

import strawberry

from access import rules, scopes
from models import ChangeArea
from schema.changes import MessageArrival
from schema.context import Context
from subscriptions import mailbox
from subscriptions.entry import Entry
from subscriptions.hearing import Audience, heard


def _told(entry: Entry) -> Mapping[str, Any]:
    return {"message": entry.row_id}


@heard(
    MessageArrival,
    allow=rules.SIGNED_IN,
    reach={ChangeArea.MESSAGES: scopes.MESSAGES},
    told=_told,
)
async def message_received(context: Context) -> Audience:
    """Messages as they come into one's inbox, each after its commit."""
    return mailbox.audience_of(context.viewer)


@strawberry.type
class MessagesSubscription:
    """Hearing of mail."""

    message_received = message_received
