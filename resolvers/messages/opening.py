"""Saying that one has read a message."""

from collections.abc import Mapping
from typing import Any

from access import mail, rules
from models import ChangeArea, ChangeKind, MessageReceipt
from resolvers.messages.telling import tell
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work
from schema.messages.sending import MarkMessageReadInput, MarkMessageReadPayload

# Held, so that of two devices on which it is opened at once one is the first.
_RECEIVED = Reading(
    mail.MESSAGES,
    "Message",
    rules.SELF,
    """
    SELECT receipt.id, receipt.read_at, {row}.id AS message_id,
           CASE WHEN {row}.requests_receipt THEN {row}.sender_id END AS told_id
    FROM {rows} JOIN message_receipt receipt
        ON receipt.message_id = {row}.id AND receipt.recipient_id = {me}
    WHERE {reached} FOR NO KEY UPDATE OF receipt
    """,
    given={"me": "bigint"},
)


@mutation(MarkMessageReadPayload, allow=_RECEIVED.via)
async def mark_message_read(work: Work, input: MarkMessageReadInput) -> Mapping[str, Any]:  # noqa: A002
    """Say that one has read a message that one was sent; the first time stays."""
    me = work.viewer.person_id
    receipt = await work.read(_RECEIVED, input.message_id, "messageId", me=me)
    if receipt["read_at"] is None:
        work.writes.change(MessageReceipt, receipt["id"], read_at=work.viewer.now)
        work.audit("message.read", MessageReceipt, receipt["id"])
        told = [person for person in (me, receipt["told_id"]) if person is not None]
        tell(work, ChangeArea.RECEIPTS, ChangeKind.READ, receipt["message_id"], told)
    return {"receipt": receipt["id"]}
