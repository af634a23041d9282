"""The durable log of changes: written with the change, read by everybody who listens."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection

from models import ChangeArea
from models.writes import Writes, as_json, statement
from subscriptions.entry import Ends, Entry

# The topic's row is held until the commit: numbers become visible in their own order, without a
# hole, so that "greater than the last one" never skips an entry of a slower transaction. It is
# taken when every other row has been written, and topics in one order.
_APPEND = """
given AS (SELECT * FROM json_populate_recordset(NULL::change_entry, ${place})),
grown AS (SELECT topic, count(*) AS entries FROM given WHERE {done} GROUP BY topic ORDER BY topic),
counted AS (
    INSERT INTO change_topic (topic, last_seq) SELECT topic, entries FROM grown
    ON CONFLICT (topic) DO UPDATE SET last_seq = change_topic.last_seq + excluded.last_seq
    RETURNING topic, last_seq
),
logged AS (
    INSERT INTO change_entry (
        topic, seq, area, kind, row_id, student_id, students, people, organizations, also_told, at
    )
    SELECT topic, last_seq - entries + seq, area, kind, row_id, student_id, students, people,
           organizations, also_told, now()
    FROM given JOIN grown USING (topic) JOIN counted USING (topic)
)
SELECT topic, last_seq FROM counted
"""
AFTER = """
SELECT topic, seq, area, kind, row_id, student_id, students, people, organizations, also_told, at
FROM change_entry
WHERE topic = $1 AND seq > $2 ORDER BY seq LIMIT $3
"""
# What a row holds is restored with it. The rest differs in another server, in a database that a
# dump was restored into, and where a copy of the server has gone its own way (its timeline).
ENDS = """
WITH log AS MATERIALIZED (
    SELECT substr(md5(concat_ws(
        ' ', mine.value, here.oid, server.system_identifier,
        substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)
    )), 1, 12) AS epoch
    FROM change_epoch mine
    JOIN pg_database here ON here.datname = current_database()
    CROSS JOIN pg_control_system() server
)
SELECT log.epoch, topic.topic, topic.last_seq
FROM log LEFT JOIN change_topic topic ON topic.topic = ANY($1)
"""


_CONCERNED = ("students", "people", "organizations", "also_told")


@dataclass(frozen=True)
class Change:
    """A change of one row that listeners of the topic are to hear of; ids only.

    The pupil or pupils, `people` and `organizations` narrow whom it may concern; None is everybody
    who hears the topic. Staff hear of all pupils. Those of `also_told` hear of it whether or not
    they reach the row.
    """

    topic: str
    area: ChangeArea
    kind: str
    row_id: int
    student_id: int | None = None
    people: Sequence[int] | None = None
    organizations: Sequence[int] | None = None
    students: Sequence[int] | None = None
    also_told: Sequence[int] | None = None


async def append(
    connection: BaseDBAsyncClient, changes: Sequence[Change], writes: Writes | None = None
) -> Mapping[str, int]:
    """Write rows and behind them entries, by one statement; the last number in each topic.

    Inside a transaction do it last: whoever else writes to the topic waits for the commit.
    """
    writes = writes or Writes()
    counts: dict[str, int] = {}
    entries = []
    for change in changes:
        counts[change.topic] = place = counts.get(change.topic, 0) + 1
        # Within the statement, a number is the entry's place among those of its topic.
        entries.append({**vars(change), "seq": place})
    rows = await connection.execute_query_dict(
        statement(writes.shape, _APPEND), [*writes.parameters, as_json(entries)]
    )
    return {row["topic"]: row["last_seq"] for row in rows}


class ChangeLog:
    """The log as listeners read it."""

    async def after(self, topic: str, seq: int, limit: int) -> Sequence[Entry]:
        """The entries of a topic behind a number, in order, `limit` at the most."""
        rows = await get_connection("default").execute_query_dict(AFTER, [topic, seq, limit])
        return [_entry(row) for row in rows]

    async def ends(self, topics: Collection[str]) -> Ends:
        """How far these topics have come, as of one moment."""
        rows = await get_connection("default").execute_query_dict(ENDS, [[*topics]])
        found = {row["topic"]: row["last_seq"] for row in rows if row["topic"] is not None}
        return Ends(rows[0]["epoch"], found)


def _entry(row: Mapping[str, Any]) -> Entry:
    concerned = {name: _set(row[name]) for name in _CONCERNED}
    return Entry(**{**row, **concerned, "area": ChangeArea(row["area"])})


def _set(numbers: Sequence[int] | None) -> frozenset[int] | None:
    return None if numbers is None else frozenset(numbers)
