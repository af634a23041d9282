"""What everybody should have heard, by the log itself, and how it differs from what they did."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import asyncpg

from models import ChangeArea
from schema.declaration.ids import encode
from subscriptions import topics
from tests.chaos.cast import FIELDS
from tests.chaos.listening import Listener
from tests.chaos.writing import Ledger

# PostgreSQL notes the moment of a commit where `track_commit_timestamp` is on.
_LOG = """
SELECT topic, area, row_id, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 AS moment
FROM change_entry ORDER BY topic, seq
"""
_LABELS = {
    ChangeArea.MARKS: "Mark",
    ChangeArea.MESSAGES: "Message",
    ChangeArea.EVENTS: "SchoolEvent",
}
Lanes = Mapping[str, Sequence[str]]
"""The ids that are heard in each topic, in order."""


@dataclass(frozen=True)
class Line:
    """An entry of the log."""

    topic: str
    area: ChangeArea
    node: str
    moment: float


async def the_log(database: str) -> list[Line]:
    """All of it, topic by topic in order."""
    connection = await asyncpg.connect(database)
    try:
        rows = await connection.fetch(_LOG)
    finally:
        await connection.close()
    return [_line(row) for row in rows]


def _line(row: Mapping[str, object]) -> Line:
    area = ChangeArea(str(row["area"]))
    node = encode(_LABELS[area], int(str(row["row_id"])))
    return Line(str(row["topic"]), area, node, float(str(row["moment"])))


def expected(listener: Listener, lines: Sequence[Line], ledger: Ledger) -> Lanes:
    """What the listener may hear of what was acknowledged."""
    lanes = defaultdict(list)
    for line in _of(listener, lines):
        if listener.part.person_id in ledger.hearers.get(line.node, ()):
            lanes[line.topic].append(line.node)
    return lanes


def heard(listener: Listener, lines: Sequence[Line]) -> Lanes:
    """What the listener has heard; under no topic what is not in the log."""
    topic_of = {line.node: line.topic for line in _of(listener, lines)}
    lanes = defaultdict(list)
    for node, _ in listener.heard:
        lanes[topic_of.get(node, "")].append(node)
    return lanes


def _of(listener: Listener, lines: Sequence[Line]) -> Iterator[Line]:
    """The entries that the subscription is about; a letter stands in several topics."""
    areas, mailbox = FIELDS[listener.part.field], topics.person(listener.part.person_id)
    for line in lines:
        if line.area in areas and (line.area is not ChangeArea.MESSAGES or line.topic == mailbox):
            yield line


def faults_found(
    listeners: Sequence[Listener], lines: Sequence[Line], ledger: Ledger
) -> Iterator[str]:
    """A sentence for each thing that is not as it should be."""
    logged = {line.node for line in lines}
    if logged != ledger.hearers.keys():
        yield f"acknowledged and logged are not the same: {logged ^ ledger.hearers.keys()}"
    for place, listener in enumerate(listeners):
        yield from listener.refusals
        wanted, found = expected(listener, lines, ledger), heard(listener, lines)
        if wanted != found:
            name = f"listener {place} ({listener.part.field})"
            yield f"{name}: {'; '.join(_differences(wanted, found))}"


def _differences(wanted: Lanes, found: Lanes) -> Iterator[str]:
    for topic in sorted({*wanted, *found}):
        right, wrong = wanted.get(topic, ()), found.get(topic, ())
        if right != wrong:
            counts = {
                "missing": len({*right} - {*wrong}),
                "foreign": len({*wrong} - {*right}),
                "doubled": len(wrong) - len({*wrong}),
            }
            told = [f"{count} {name}" for name, count in counts.items() if count]
            yield f"{topic or 'no topic'}: {', '.join(told) or 'out of order'}"


def waits(listeners: Sequence[Listener], lines: Sequence[Line]) -> list[float]:
    """From each commit to each of its receipts, in seconds."""
    moments = {line.node: line.moment for line in lines}
    receipts = chain.from_iterable(listener.heard for listener in listeners)
    return [moment - moments[node] for node, moment in receipts if node in moments]
