"""The durable log of changes: written with the change, read by everybody who listens."""

from collections.abc import Sequence

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection

from models import ChangeArea
from subscriptions.entry import Entry

# The topic's row is held until the commit: numbers become visible in their own order, without a
# hole, so that "greater than the last one" never skips an entry of a slower transaction.
_APPEND = """
WITH counted AS (
    INSERT INTO change_topic (topic, last_seq) VALUES ($1, 1)
    ON CONFLICT (topic) DO UPDATE SET last_seq = change_topic.last_seq + 1
    RETURNING last_seq
)
INSERT INTO change_entry (topic, seq, area, kind, row_id, student_id, at)
SELECT $1, last_seq, $2, $3, $4, $5, now() FROM counted
RETURNING seq
"""
_AFTER = """
SELECT topic, seq, area, kind, row_id, student_id, at FROM change_entry
WHERE topic = $1 AND seq > $2 ORDER BY seq LIMIT $3
"""
_LAST = "SELECT last_seq FROM change_topic WHERE topic = $1"


async def append(
    connection: BaseDBAsyncClient,
    topic: str,
    area: ChangeArea,
    kind: str,
    *,
    row_id: int,
    student_id: int | None,
) -> int:
    """Write an entry inside the change's own transaction and return its number in the topic.

    Write it last, and topics in one order: whoever else writes to the topic waits for the commit.
    """
    rows = await connection.execute_query_dict(
        _APPEND, [topic, area.value, kind, row_id, student_id]
    )
    return int(rows[0]["seq"])


class ChangeLog:
    """The log as listeners read it."""

    async def after(self, topic: str, seq: int, limit: int) -> Sequence[Entry]:
        """The entries of a topic behind a number, in order, `limit` at the most."""
        rows = await get_connection("default").execute_query_dict(_AFTER, [topic, seq, limit])
        return [Entry(**row) for row in rows]

    async def last_seq(self, topic: str) -> int:
        """The number of the topic's last committed entry; 0 where there is none."""
        rows = await get_connection("default").execute_query_dict(_LAST, [topic])
        return int(rows[0]["last_seq"]) if rows else 0
