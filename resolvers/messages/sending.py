"""Sending a message: to people, to groups, as an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from access import mail, rules
from errors import UserError
from files import StoredFile
from models import ChangeArea, ChangeKind, Message, MessageAttachment, MessageReceipt
from resolvers import attaching, limits
from resolvers.messages import pace, recipients
from resolvers.messages.recipients import Addressed
from resolvers.messages.telling import tell
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.messages.sending import SendMessageInput, SendMessagePayload

LONGEST_SUBJECT = 300
LONGEST_BODY = 65_535

ANSWERED = Reading(
    mail.MESSAGES,
    "Message",
    rules.SELF,
    "SELECT {row}.id, {row}.subject, {row}.thread_id FROM {rows} WHERE {reached}",
)


@dataclass(frozen=True)
class Letter:
    """What is to be sent, apart from to whom."""

    subject: str
    body: str
    is_urgent: bool
    requests_receipt: bool
    answered: Mapping[str, Any] | None = None
    files: Sequence[StoredFile] = ()


@mutation(SendMessagePayload, allow=rules.SELF)
async def send_message(work: Work, input: SendMessageInput) -> Mapping[str, Any]:  # noqa: A002
    """Send a message to people and groups whom one may write to, or as an answer.

    One person sends so much by the hour and by the day, by what they are to the school, and then
    waits.
    """
    addressed = Addressed(input.recipient_ids, input.group_ids)
    is_answer = input.in_reply_to_id is not None
    all_of(
        (
            addressed.check(),
            nobody(addressed, is_answer=is_answer),
            *checked(input.subject, input.body, is_answer=is_answer),
            urgency(work, is_urgent=input.is_urgent),
        )
    )
    answered = await answered_message(work, input.in_reply_to_id)
    files = await attaching.found(work, input.attachment_ids)
    letter = Letter(
        input.subject, input.body, input.is_urgent, input.request_receipt, answered, files
    )
    return {"message": await send(work, letter, addressed, to_all=input.reply_to_all)}


async def answered_message(work: Work, given: str | None) -> Mapping[str, Any] | None:
    """The message that is answered: one's own, or one that one was sent."""
    return None if given is None else await work.read(ANSWERED, given, "inReplyToId")


def nobody(addressed: Addressed, *, is_answer: bool) -> UserError | None:
    """A message goes to somebody; an answer goes to whom it answers by itself."""
    if addressed.is_empty and not is_answer:
        return UserError("REQUIRED", "Name at least one recipient.", "recipientIds")
    return None


def checked(subject: str, body: str, *, is_answer: bool) -> tuple[UserError | None, ...]:
    """A message has a subject and a text; an answer may leave the subject as it was."""
    check = limits.text if is_answer else limits.required_text
    return (
        check(subject, LONGEST_SUBJECT, "subject"),
        limits.required_text(body, LONGEST_BODY, "body"),
    )


def urgency(work: Work, *, is_urgent: bool) -> UserError | None:
    """Only the management of some school breaks into quiet hours."""
    if is_urgent and not work.viewer.relations & rules.MANAGEMENT:
        return UserError("FORBIDDEN", "Only a school's management sends urgently.", "isUrgent")
    return None


async def send(work: Work, letter: Letter, addressed: Addressed, *, to_all: bool) -> int:
    """Write the message and a receipt for each recipient; the message's number."""
    await work.hold_viewer()
    await pace.keep(work)
    answered = letter.answered or {}
    people = await recipients.found(
        work, Addressed(addressed.named, addressed.groups, answered.get("id"), to_all)
    )
    message = await work.next_id(Message)
    work.writes.make(
        Message,
        id=message,
        sender_id=work.viewer.person_id,
        subject=letter.subject.strip() or answered["subject"],
        body=letter.body.strip(),
        sent_at=work.viewer.now,
        in_reply_to_id=answered.get("id"),
        opening_id=answered.get("thread_id"),
        is_urgent=letter.is_urgent,
        requests_receipt=letter.requests_receipt,
    )
    for person in people:
        work.writes.make(MessageReceipt, message_id=message, recipient_id=person)
    attaching.attach(work, MessageAttachment, letter.files, message_id=message)
    work.audit("message.sent", Message, message, after={"recipients": len(people)})
    tell(work, ChangeArea.MESSAGES, ChangeKind.SENT, message, people)
    return message
