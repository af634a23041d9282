"""Forgetting changes that are older than any client may come back from."""

from tortoise.connection import get_connection

from models.alone import Alone
from recurring import Recurring, Saying

_PERIOD_SECONDS = 600.0
_AT_ONCE = 500
# Any number will do that no other lock of ours has.

# One look into the index for each topic: where the oldest entry stays, nothing is to be done.
OLD_TOPICS = """
SELECT topic.topic FROM change_topic topic
CROSS JOIN LATERAL (
    SELECT at FROM change_entry entry WHERE entry.topic = topic.topic ORDER BY seq LIMIT 1
) oldest
WHERE oldest.at < now() - make_interval(days => $1)
ORDER BY topic.topic
"""
# From the beginning on and without a hole, whatever the clock said: up to the first entry that is
# young. Writers of the topic hold its row in change_topic, which is not touched.
PRUNE = """
WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock($4) AS is_ours),
gone AS (
    DELETE FROM change_entry entry USING turn
    WHERE turn.is_ours AND entry.topic = $1 AND entry.seq <= (
        SELECT max(seq) FROM (
            SELECT seq, max(at) OVER (ORDER BY seq) AS latest
            FROM (SELECT seq, at FROM change_entry WHERE topic = $1 ORDER BY seq LIMIT $3) oldest
        ) reached
        WHERE latest < now() - make_interval(days => $2)
    )
    RETURNING 1
)
SELECT count(*) AS entries FROM gone
"""


class Pruning:
    """Deletes what is older than `kept_days`, in small pieces, one process at a time.

    The last number of a topic stays, so that an old cursor is known as such when all entries are
    gone.
    """

    def __init__(self, kept_days: int) -> None:
        self._kept_days = kept_days
        saying = Saying("changes.pruned", "entries", "changes.not_pruned")
        self.running = Recurring(self.prune, saying, seconds=_PERIOD_SECONDS).running

    async def prune(self) -> int:
        """Delete what is old; how many entries that were. Another process may be doing the rest."""
        connection = get_connection("default")
        topics = await connection.execute_query_dict(OLD_TOPICS, [self._kept_days])
        return sum([await self._prune_topic(row["topic"]) for row in topics])

    async def _prune_topic(self, topic: str) -> int:
        total, last = 0, _AT_ONCE
        while last == _AT_ONCE:
            (row,) = await get_connection("default").execute_query_dict(
                PRUNE, [topic, self._kept_days, _AT_ONCE, Alone.PRUNING]
            )
            last = row["entries"]
            total += last
        return total
