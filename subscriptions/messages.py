"""What a person hears of their mail."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import strawberry

from access import mail, rules
from models import ChangeArea, ChangeKind
from schema.changes import (
    MessageArrival,
    MessageReceiptChange,
    MessageReportChange,
    UnreadCountChange,
)
from schema.context import Context
from schema.declaration.ids import encode
from subscriptions import mailbox
from subscriptions.entry import Entry
from subscriptions.hearing import Audience, heard


def _told(entry: Entry) -> Mapping[str, Any]:
    return {"message": entry.row_id}


def _told_of_count(entry: Entry) -> Mapping[str, Any]:
    kind = ChangeKind(entry.kind)
    return {
        "kind": kind,
        "message_id": encode("Message", entry.row_id),
        "message": None if kind is ChangeKind.DELETED else entry.row_id,
    }


@heard(
    MessageArrival,
    allow=rules.SIGNED_IN,
    reach={ChangeArea.MESSAGES: mail.MESSAGES},
    told=_told,
)
async def message_received(context: Context) -> Audience:
    """Messages as they come into one's inbox, each after its commit."""
    return mailbox.audience_of(context.viewer)


@heard(
    MessageReceiptChange,
    allow=rules.SIGNED_IN,
    reach={ChangeArea.RECEIPTS: mail.SENT_MESSAGES},
    told=_told,
)
async def message_receipts(context: Context) -> Audience:
    """Messages that one sent and asked receipts for, as they are read."""
    own = mailbox.audience_of(context.viewer)
    return replace(own, wants=lambda entry: entry.kind == ChangeKind.READ and own.wants(entry))


@heard(
    UnreadCountChange,
    allow=rules.SIGNED_IN,
    # A message that was deleted is no longer reached, and its going is heard all the same.
    reach={ChangeArea.MESSAGES: mail.MESSAGES, ChangeArea.RECEIPTS: None},
    told=_told_of_count,
    only_latest=True,
)
async def unread_count_changes(context: Context) -> Audience:
    """Whatever changes how many messages one has not read.

    A client that is not ready for the next is told the latest only, in which the count is.
    """
    return mailbox.audience_of(context.viewer)


def _told_of_report(entry: Entry) -> Mapping[str, Any]:
    return {
        "kind": ChangeKind(entry.kind),
        "report_id": encode("MessageReport", entry.row_id),
        "report": entry.row_id,
    }


@heard(
    MessageReportChange,
    allow=rules.SIGNED_IN,
    reach={ChangeArea.REPORTS: mail.REPORTS},
    told=_told_of_report,
)
async def message_report_changes(context: Context) -> Audience:
    """Reports of messages and what comes of them, for who handles them and for who reported."""
    return mailbox.audience_of(context.viewer)


@strawberry.type
class MessagesSubscription:
    """Hearing of mail."""

    message_received = message_received
    message_receipts = message_receipts
    unread_count_changes = unread_count_changes
    message_report_changes = message_report_changes
