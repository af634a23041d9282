"""Whom a letter is due to now: those who want one, at their time, outside of quiet hours."""

from collections.abc import Sequence
from dataclasses import dataclass

from tortoise.connection import get_connection

from models.alone import Alone

# As many letters as the outbox takes while they are delivered.
_AT_ONCE = 400
# Any number will do that no other lock of ours has.

# Clock times are the region's, as the connection's zone is. Hours may go past midnight.
_QUIET = """
CASE WHEN {0}.quiet_from < {0}.quiet_until
     THEN LOCALTIME >= {0}.quiet_from AND LOCALTIME < {0}.quiet_until
     ELSE LOCALTIME >= {0}.quiet_from OR LOCALTIME < {0}.quiet_until END
"""
# The latest moment at which a daily or a weekly letter was due.
_LATEST = """
date_trunc('{0}', LOCALTIMESTAMP) + settings.digest_at - CASE
    WHEN date_trunc('{0}', LOCALTIMESTAMP) + settings.digest_at > LOCALTIMESTAMP
    THEN interval '1 {0}' ELSE interval '0' END
"""
_UNREAD = """
receipt.recipient_id = {0} AND receipt.read_at IS NULL
AND receipt.archived_at IS NULL AND receipt.deleted_at IS NULL
"""

# One process at a time, and what it takes is taken: `digested_at` moves on for everybody whose
# time has come, also where there is nothing new, so that each is looked at once a period. Urgent
# messages wait for no time and no quiet hours.
_TAKE = f"""
WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock({Alone.DIGESTS:d}) AS is_ours),
scheduled AS (
    SELECT settings.id FROM mail_settings settings
    WHERE CASE settings.frequency
            WHEN 'HOURLY' THEN settings.digested_at <= now() - interval '1 hour'
            WHEN 'DAILY' THEN settings.digested_at::timestamp < {_LATEST.format("day")}
            WHEN 'WEEKLY' THEN settings.digested_at::timestamp < {_LATEST.format("week")}
            ELSE false END
      AND ({_QUIET.format("settings")}) IS NOT TRUE
      AND NOT EXISTS (
          SELECT FROM membership belongs
          JOIN school_policy policy ON policy.organization_id = belongs.organization_id
          WHERE belongs.person_id = settings.person_id AND {_QUIET.format("policy")}
      )
    ORDER BY settings.digested_at LIMIT {_AT_ONCE}
),
urgent AS (
    SELECT settings.id FROM message
    JOIN message_receipt receipt ON receipt.message_id = message.id
    JOIN mail_settings settings ON settings.person_id = receipt.recipient_id
    WHERE message.is_urgent AND message.sent_at > now() - interval '1 day'
      AND message.sent_at > settings.digested_at AND settings.frequency <> 'NEVER'
      AND {_UNREAD.format("settings.person_id")}
    LIMIT {_AT_ONCE}
),
taken AS (
    SELECT settings.id, settings.person_id, settings.digested_at FROM mail_settings settings, turn
    WHERE turn.is_ours AND settings.id IN (SELECT id FROM scheduled UNION SELECT id FROM urgent)
),
moved AS (
    UPDATE mail_settings settings SET digested_at = now() FROM taken WHERE settings.id = taken.id
)
SELECT person.email, unread.messages, unread.urgent, unread.from_staff, unread.from_guardians
FROM (
    SELECT taken.person_id,
           count(*) AS messages,
           count(*) FILTER (WHERE message.is_urgent) AS urgent,
           count(*) FILTER (WHERE sender.is_staff) AS from_staff,
           count(*) FILTER (WHERE sender.is_guardian AND NOT sender.is_staff) AS from_guardians,
           bool_or(message.sent_at > taken.digested_at) AS has_new
    FROM taken
    JOIN message_receipt receipt ON {_UNREAD.format("taken.person_id")}
    JOIN message ON message.id = receipt.message_id
    CROSS JOIN LATERAL (
        SELECT bool_or(role NOT IN ('STUDENT', 'GUARDIAN')) AS is_staff,
               bool_or(role = 'GUARDIAN') AS is_guardian
        FROM membership WHERE membership.person_id = message.sender_id
    ) sender
    GROUP BY taken.person_id
) unread
JOIN person ON person.id = unread.person_id AND person.email IS NOT NULL
JOIN account ON account.person_id = person.id AND account.blocked_at IS NULL
WHERE unread.has_new
"""  # noqa: S608 — the texts above


@dataclass(frozen=True)
class Digest:
    """What somebody has not read, in numbers: of all, how many are urgent and who sent them."""

    email: str
    messages: int
    urgent: int
    from_staff: int
    from_guardians: int


async def take() -> Sequence[Digest]:
    """Digests that are due now, which are then taken; some of them, where there are very many."""
    rows = await get_connection("default").execute_query_dict(_TAKE)
    return [Digest(**row) for row in rows]
