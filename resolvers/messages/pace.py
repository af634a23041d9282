"""How much one person sends: messages and recipients by the hour and by the day."""

from collections.abc import Sequence
from typing import NamedTuple

from access import rules
from access.roles import Relations
from errors import UserError
from resolvers.work import Work


class Bound(NamedTuple):
    """Whoever has sent so many messages, or to so many people, within so many hours waits."""

    hours: int
    messages: int
    recipients: int


# The message that reaches a number of recipients may go beyond it: one to a whole school goes out
# at any school's size, and many of them do not.
OF_FAMILIES: Sequence[Bound] = (Bound(1, 30, 150), Bound(24, 100, 500))
OF_STAFF: Sequence[Bound] = (Bound(1, 120, 3_000), Bound(24, 500, 10_000))
OF_MANAGEMENT: Sequence[Bound] = (Bound(1, 300, 20_000), Bound(24, 1_500, 60_000))

_MANAGEMENT: Relations = rules.MANAGEMENT | rules.MUNICIPALITY | rules.REGION
_STAFF: Relations = (
    rules.TEACHES | rules.SUBSTITUTES | rules.HOMEROOM | rules.LIBRARIAN | rules.PSYCHOLOGIST
)

# Of rows and not of a counter: they hold in every worker and after every restart, and what its
# sender deletes is counted too. From the newest back, the message that fills a bound is the one
# whose age lets the next go.
_WAIT = """
WITH each AS (
    SELECT message.id, message.sent_at, (
        SELECT count(*) FROM message_receipt WHERE message_receipt.message_id = message.id
    ) AS recipients
    FROM message
    WHERE message.sender_id = $1 AND message.sent_at > now() - interval '1 day'
),
sent AS (
    SELECT sent_at, count(*) OVER back AS messages, sum(recipients) OVER back AS recipients
    FROM each WINDOW back AS (ORDER BY sent_at DESC, id DESC)
)
SELECT ceil(extract(epoch FROM
    max(sent.sent_at + make_interval(hours => bound.hours)) - now()
))::int AS seconds
FROM sent
JOIN unnest($2::int[], $3::int[], $4::int[]) AS bound (hours, messages, recipients)
    ON sent.messages >= bound.messages OR sent.recipients >= bound.recipients
WHERE sent.sent_at > now() - make_interval(hours => bound.hours)
"""


async def keep(work: Work) -> None:
    """Raise TOO_MANY_ATTEMPTS where the viewer has sent too much; the viewer is held by then."""
    values = [work.viewer.person_id, *map(list, zip(*_bounds(work), strict=True))]
    (row,) = await work.connection.execute_query_dict(_WAIT, values)
    if row["seconds"] is not None:
        raise UserError(
            "TOO_MANY_ATTEMPTS", f"You have sent very much: try again in {row['seconds']} seconds."
        )


def _bounds(work: Work) -> Sequence[Bound]:
    relations = work.viewer.relations
    if relations & _MANAGEMENT:
        return OF_MANAGEMENT
    return OF_STAFF if relations & _STAFF else OF_FAMILIES
