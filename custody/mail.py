"""Mail goes when it has been kept for long enough: reports, drafts, and threads as a whole."""

from dataclasses import dataclass
from datetime import UTC, datetime

from tortoise.connection import get_connection

from models import AuditEntry
from models.alone import Alone
from recurring import Recurring, Saying

_PERIOD_SECONDS = 3_600.0
# Any number will do that no other lock of ours has.
_AT_ONCE = 500
# A thread may have gone to a whole school.
_THREADS_AT_ONCE = 50

_OLD = "now() - make_interval(days => $1)"
# Each piece is a transaction of one statement. One process does it at a time; the others find that
# there is nothing to do. What somebody works on just now waits for the next time.
_TURN = (
    f"turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock({Alone.MAIL_RETENTION:d}) AS is_ours)"
)

REPORTS = f"""
WITH {_TURN},
old AS (
    SELECT report.id FROM message_report report, turn
    WHERE turn.is_ours AND report.resolved_at < {_OLD}
    LIMIT $2 FOR UPDATE OF report SKIP LOCKED
),
gone AS (DELETE FROM message_report USING old WHERE message_report.id = old.id RETURNING 1)
SELECT count(*) AS taken, count(*) AS gone FROM gone
"""  # noqa: S608 — the texts above
DRAFTS = f"""
WITH {_TURN},
old AS (
    SELECT draft.id FROM message_draft draft, turn
    WHERE turn.is_ours AND draft.changed_at < {_OLD}
    LIMIT $2 FOR UPDATE OF draft SKIP LOCKED
),
named AS (DELETE FROM message_draft_recipient named USING old WHERE named.draft_id = old.id),
gone AS (DELETE FROM message_draft USING old WHERE message_draft.id = old.id RETURNING 1)
SELECT count(*) AS taken, count(*) AS gone FROM gone
"""  # noqa: S608 — the texts above
# Whoever answers holds the message with which the thread begins.
THREADS = f"""
WITH {_TURN},
old AS (
    SELECT opening.id FROM message opening, turn
    WHERE turn.is_ours AND opening.opening_id IS NULL AND opening.sent_at < {_OLD}
      AND NOT EXISTS (
          SELECT FROM message later WHERE later.thread_id = opening.id AND later.sent_at >= {_OLD}
      )
      AND NOT EXISTS (
          SELECT FROM message_report report JOIN message ON message.id = report.message_id
          WHERE message.thread_id = opening.id
      )
      AND NOT EXISTS (
          SELECT FROM message_draft draft JOIN message ON message.id = draft.in_reply_to_id
          WHERE message.thread_id = opening.id
      )
    LIMIT $2 FOR UPDATE OF opening SKIP LOCKED
),
held AS (
    DELETE FROM message_receipt receipt USING message, old
    WHERE receipt.message_id = message.id AND message.thread_id = old.id
),
attached AS (
    DELETE FROM message_attachment attachment USING message, old
    WHERE attachment.message_id = message.id AND message.thread_id = old.id
),
gone AS (DELETE FROM message USING old WHERE message.thread_id = old.id RETURNING 1)
SELECT (SELECT count(*) FROM old) AS taken, count(*) AS gone FROM gone
"""  # noqa: S608 — the texts above


@dataclass(frozen=True)
class KeptDays:
    """For how many days what is kept, from when a thread, a draft or a report was last touched."""

    messages: int
    drafts: int
    reports: int


class MailRetention:
    """Deletes mail that is older; the audit trail tells how much, and nothing of it."""

    def __init__(self, kept: KeptDays) -> None:
        # A message stays for as long as a report of it, or a draft that answers it.
        self._rules = (
            ("reports", REPORTS, kept.reports, _AT_ONCE),
            ("drafts", DRAFTS, kept.drafts, _AT_ONCE),
            ("messages", THREADS, kept.messages, _THREADS_AT_ONCE),
        )
        saying = Saying("mail.forgotten", "rows", "mail.not_forgotten")
        self.running = Recurring(self.forget, saying, seconds=_PERIOD_SECONDS).running

    async def forget(self) -> int:
        """Delete what is old; how many rows that were. Another process may be doing the rest."""
        counts = {
            name: await _forget(statement, days, at_once)
            for name, statement, days, at_once in self._rules
        }
        if any(counts.values()):
            await AuditEntry.create(
                at=datetime.now(UTC),
                roles=[],
                action="retention.applied",
                entity="Message",
                after=counts,
                request_id="",
                address="",
            )
        return sum(counts.values())


async def _forget(statement: str, days: int, at_once: int) -> int:
    total, taken = 0, at_once
    while taken == at_once:
        (row,) = await get_connection("default").execute_query_dict(statement, [days, at_once])
        taken, total = row["taken"], total + row["gone"]
    return total
