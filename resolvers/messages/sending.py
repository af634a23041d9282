"""Sending a message to people whom one may write to."""

from collections.abc import Mapping, Sequence
from typing import Any

from access import rules, scopes
from access.rows import reached
from errors import UserError
from models import ChangeArea, Message, MessageReceipt
from resolvers import limits
from resolvers.messages.telling import tell
from resolvers.mutation import mutation
from resolvers.work import Work, all_of
from schema.declaration.ids import decode
from schema.mailing import SendMessageInput, SendMessagePayload

_LONGEST_SUBJECT = 300
_LONGEST_BODY = 65_535
_MOST_NAMED = 100


@mutation(SendMessagePayload, allow=rules.SELF, locks=False)
async def send_message(work: Work, input: SendMessageInput) -> Mapping[str, Any]:  # noqa: A002
    """Send a message to people whom one may write to."""
    all_of(
        (
            _named(input.recipient_ids),
            limits.required_text(input.subject, _LONGEST_SUBJECT, "subject"),
            limits.required_text(input.body, _LONGEST_BODY, "body"),
        )
    )
    recipients = await _recipients(work, input.recipient_ids)
    message = await work.next_id(Message)
    work.writes.make(
        Message,
        id=message,
        sender_id=work.viewer.person_id,
        subject=input.subject.strip(),
        body=input.body.strip(),
        sent_at=work.viewer.now,
    )
    for person in recipients:
        work.writes.make(MessageReceipt, message_id=message, recipient_id=person)
    work.audit("message.sent", Message, message, after={"recipients": len(recipients)})
    tell(work, ChangeArea.MESSAGES, "SENT", message, recipients)
    return {"message": message}


def _named(given: Sequence[str]) -> UserError | None:
    if not given:
        return UserError("REQUIRED", "Name at least one recipient.", "recipientIds")
    if len(given) > _MOST_NAMED:
        return UserError("TOO_LONG", f"At most {_MOST_NAMED} recipients by name.", "recipientIds")
    return None


async def _recipients(work: Work, given: Sequence[str]) -> list[int]:
    """The people of these ids, each once; raises NOT_FOUND for each who may not be written to."""
    numbers = [decode("Correspondent", each) for each in given]
    wanted = list({number for number in numbers if number is not None})
    query = reached(scopes.CORRESPONDENTS, work.viewer).using_db(work.connection)
    allowed = {row["id"] for row in await query.filter(id__in=wanted).values("id")}
    all_of(
        UserError("NOT_FOUND", "There is nobody of this id to write to.", "recipientIds", str(at))
        for at, number in enumerate(numbers)
        if number not in allowed
    )
    return sorted(allowed)
