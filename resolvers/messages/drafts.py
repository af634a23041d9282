"""Keeping messages that are being written, and sending them."""

from collections.abc import Mapping
from typing import Any

import orjson

from access import mail, rules
from errors import UserError
from models import MessageDraft, MessageDraftRecipient
from resolvers import limits
from resolvers.messages import recipients, sending
from resolvers.messages.recipients import Addressed
from resolvers.messages.sending import Letter
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.declaration.ids import encode
from schema.messages.drafts import (
    DiscardMessageDraftInput,
    DiscardMessageDraftPayload,
    SaveMessageDraftInput,
    SaveMessageDraftPayload,
    SendMessageDraftInput,
)
from schema.messages.sending import SendMessagePayload

_MOST = 200
_HELD = Reading(
    mail.DRAFTS,
    "MessageDraft",
    rules.SELF,
    """
    SELECT {row}.*, array(
        SELECT named.person_id FROM message_draft_recipient named
        WHERE named.draft_id = {row}.id ORDER BY named.id
    ) AS named
    FROM {rows} WHERE {reached} FOR UPDATE OF {row}
    """,
)
_COUNT = "SELECT count(*) AS drafts FROM message_draft WHERE owner_id = $1"
_UNNAME = "DELETE FROM message_draft_recipient WHERE draft_id = $1"
_DISCARD = "DELETE FROM message_draft WHERE id = $1"


@mutation(SaveMessageDraftPayload, allow=rules.SELF)
async def save_message_draft(work: Work, input: SaveMessageDraftInput) -> Mapping[str, Any]:  # noqa: A002
    """Keep a message that is being written, in place of what was kept of it; 200 at the most."""
    all_of(
        (
            Addressed(input.recipient_ids, input.group_ids).check(),
            limits.text(input.subject, sending.LONGEST_SUBJECT, "subject"),
            limits.text(input.body, sending.LONGEST_BODY, "body"),
        )
    )
    answered = await sending.answered_message(work, input.in_reply_to_id)
    named = await recipients.named(work, input.recipient_ids)
    values: dict[str, Any] = {
        "subject": input.subject,
        "body": input.body,
        "groups": [str(each) for each in input.group_ids],
        "in_reply_to_id": answered and answered["id"],
        "reply_to_all": input.reply_to_all,
        "is_urgent": input.is_urgent,
        "requests_receipt": input.request_receipt,
        "changed_at": work.viewer.now,
    }
    draft = await _kept(work, input, values)
    for person in named:
        work.writes.make(MessageDraftRecipient, draft_id=draft, person_id=person)
    work.audit("message.draft_saved", MessageDraft, draft)
    return {"draft": draft}


@mutation(DiscardMessageDraftPayload, allow=rules.SELF)
async def discard_message_draft(
    work: Work,
    input: DiscardMessageDraftInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Throw a draft away."""
    draft = await _held(work, input.draft_id, input.version)
    await _discard(work, draft["id"])
    work.audit("message.draft_discarded", MessageDraft, draft["id"])
    return {"draft_id": input.draft_id}


@mutation(SendMessagePayload, allow=rules.SELF)
async def send_message_draft(
    work: Work,
    input: SendMessageDraftInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Send a draft by the rules of `sendMessage`; then it is no draft any more."""
    draft = await _held(work, input.draft_id, input.version)
    named = [encode("Correspondent", person) for person in draft["named"]]
    addressed = Addressed(named, orjson.loads(draft["groups"]))
    answers = draft["in_reply_to_id"]
    is_answer = answers is not None
    all_of(
        (
            sending.nobody(addressed, is_answer=is_answer),
            *sending.checked(draft["subject"], draft["body"], is_answer=is_answer),
            sending.urgency(work, is_urgent=draft["is_urgent"]),
        )
    )
    given = encode("Message", answers) if is_answer else None
    answered = await sending.answered_message(work, given)
    letter = Letter(
        draft["subject"], draft["body"], draft["is_urgent"], draft["requests_receipt"], answered
    )
    message = await sending.send(work, letter, addressed, to_all=draft["reply_to_all"])
    await _discard(work, draft["id"])
    return {"message": message}


async def _held(work: Work, given: str, version: int | None) -> Mapping[str, Any]:
    """The draft, held until the commit; raises CONFLICT where it is not of that version."""
    draft = await work.read(_HELD, given, "draftId")
    if draft["version"] != version:
        now = draft["version"]
        raise UserError(
            "CONFLICT", f"The draft was changed meanwhile; its version is {now}.", "version"
        )
    return draft


async def _kept(work: Work, given: SaveMessageDraftInput, values: Mapping[str, Any]) -> int:
    """The number of the draft, a new one or the one that is changed."""
    if given.draft_id is None:
        me = work.viewer.person_id
        await work.hold_viewer()
        (count,) = await work.connection.execute_query_dict(_COUNT, [me])
        if count["drafts"] >= _MOST:
            raise UserError("TOO_LONG", f"At most {_MOST} drafts; discard some.")
        draft = await work.next_id(MessageDraft)
        work.writes.make(MessageDraft, id=draft, owner_id=me, version=1, **values)
        return draft
    former = await _held(work, given.draft_id, given.version)
    await work.connection.execute_query(_UNNAME, [former["id"]])
    work.writes.change(MessageDraft, former["id"], version=former["version"] + 1, **values)
    return int(former["id"])


async def _discard(work: Work, draft: int) -> None:
    for statement in (_UNNAME, _DISCARD):
        await work.connection.execute_query(statement, [draft])
