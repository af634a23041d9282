"""Internal mail."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from models import (
    Message,
    MessageAttachment,
    MessageDraft,
    MessageDraftRecipient,
    MessageFolder,
    MessageReceipt,
    MessageReport,
)
from tests.factories.directory import SchoolMade
from tests.factories.made import Made, serial
from tests.factories.people import PersonMade


@dataclass
class MessageMade(Made[Message]):
    """A message with its receipts, in the order of the recipients."""

    receipts: list[MessageReceipt]


async def a_report(
    message: MessageMade, reporter: PersonMade, school: SchoolMade, **columns: Any
) -> MessageReport:
    """A report of the message to that school, of which nothing has come."""
    invented: dict[str, Any] = {"reason": f"Грубость {serial()}", "reported_at": datetime.now(UTC)}
    return await MessageReport.create(
        message=message.row,
        reporter=reporter.row,
        organization=school.row,
        **invented | columns,
    )


async def an_attachment(message: MessageMade, name: str) -> MessageAttachment:
    """A file that goes with the message."""
    return await MessageAttachment.create(
        message=message.row,
        file_id=serial(),
        name=name,
        size_bytes=2_048,
        media_type="application/pdf",
    )


async def a_folder(owner: PersonMade, name: str) -> MessageFolder:
    """A folder of this person's for mail."""
    return await MessageFolder.create(owner=owner.row, name=name)


async def a_draft(owner: PersonMade, *recipients: PersonMade) -> MessageDraft:
    """A draft that could be sent to these people."""
    row = await MessageDraft.create(
        owner=owner.row,
        subject=f"Черновик {serial()}",
        body="Здравствуйте!",
        groups=[],
        reply_to_all=False,
        is_urgent=False,
        requests_receipt=False,
        version=1,
        changed_at=datetime.now(UTC),
    )
    for who in recipients:
        await MessageDraftRecipient.create(draft=row, person=who.row)
    return row


async def a_message(sender: PersonMade, *recipients: PersonMade, **columns: Any) -> MessageMade:
    """A message sent now to these people, unread by all of them."""
    invented: dict[str, Any] = {
        "subject": f"Сообщение {serial()}",
        "body": "Здравствуйте!",
        "sent_at": datetime.now(UTC),
    }
    row = await Message.create(sender=sender.row, **invented | columns)
    receipts = [await MessageReceipt.create(message=row, recipient=who.row) for who in recipients]
    return MessageMade(row, receipts)
