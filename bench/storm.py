"""Everybody comes back at once: how soon all are served, and what others wait meanwhile."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import Manager, get_context
from threading import Event
from typing import NamedTuple

from bench import load, process, sessions
from bench.figures import Line, percentile, spread, times
from bench.machine import Machine, fetch
from bench.sides import Server, service
from bench.sockets import Subscriber
from subscriptions import cursor, topics
from subscriptions.log import ENDS
from tests.diary import contract
from tests.servers import RedisServer

_MANY, _QUICK_MANY = 2_000, 200
_ALONE = 50
_PATIENCE_SECONDS = 120.0
_PROBE = "query Probe { viewer { login } }"
_PROBE_SECONDS = 3.0
_TICK_SECONDS = 0.02
_SOON_SECONDS = 10.0
# Parents with a child at school who has a mark.
_PARENTS = """
SELECT DISTINCT ON (guardian_id) guardian_id, mark.id, mark.student_id, enrollment.organization_id
FROM guardianship
JOIN enrollment ON enrollment.student_id = guardianship.student_id
JOIN LATERAL (
    SELECT id, student_id FROM mark
    WHERE mark.student_id = guardianship.student_id AND removed_at IS NULL LIMIT 1
) mark ON true
WHERE guardianship.valid_until IS NULL
ORDER BY guardian_id LIMIT $1
"""
_ENTRIES = """
INSERT INTO change_entry (topic, seq, area, kind, row_id, student_id, at)
SELECT topic, seq, 'MARKS', 'CORRECTED', row_id, student_id, now()
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[])
     given (topic, seq, row_id, student_id)
"""
_TOPICS = """
INSERT INTO change_topic (topic, last_seq) SELECT * FROM unnest($1::text[], $2::bigint[])
ON CONFLICT (topic) DO UPDATE SET last_seq = excluded.last_seq
"""


class _Parent(NamedTuple):
    person: int
    mark: int
    student: int
    school: int


@dataclass(frozen=True)
class _Storm:
    """A running service, and who comes back to it: their tokens, and the cursor they left with."""

    url: str
    tokens: Sequence[str]
    after: str


def measure(machine: Machine) -> Iterator[Line]:
    """Two workers over Redis: parents one by one, then all at once, each with a change missed."""
    many = _QUICK_MANY if machine.quick else _MANY
    with machine.filled() as database, RedisServer() as redis:
        environ = {"WEB_CONCURRENCY": "2", "REDIS_URL": redis.url}
        with service(database, **environ) as server:
            storm = _prepared(database, server.url, many)
            asyncio.run(_one_by_one(storm))
            alone = asyncio.run(_one_by_one(storm))
            at_rest = _probed(storm)
            before = _spent(machine, server)
            waits, meanwhile = asyncio.run(_all_at_once(storm))
            workers, postgresql = (
                after - each for after, each in zip(_spent(machine, server), before, strict=True)
            )
    count, cores = len(storm.tokens), os.cpu_count() or 1
    yield Line(
        f"{count:,} clients back at once, served",
        f"all in {max(waits):.1f} s, {count / max(waits):,.0f} a second",
        times(count / max(waits) * percentile(alone, 0.5)),
        "of the rate of one after another",
    )
    yield Line(
        "the processor's time for it",
        f"{workers:.1f} s of the workers, {postgresql:.1f} s of PostgreSQL",
        times((workers + postgresql) / (cores * _SOON_SECONDS)),
        f"of what {cores} cores have in {_SOON_SECONDS:.0f} s",
    )
    yield Line(
        "a query meanwhile",
        spread(meanwhile),
        times(percentile(meanwhile, 0.5) / percentile(at_rest, 0.5)),
        "of the p50 at rest",
    )


def _spent(machine: Machine, server: Server) -> tuple[float, float]:
    """The processor time that the workers and PostgreSQL have used so far."""
    return process.cpu_seconds(server.pid), process.cpu_seconds(machine.postmaster)


def _prepared(database: str, url: str, many: int) -> _Storm:
    """Give so many parents a session, and let each have missed a change of a mark."""
    parents = [_Parent(*row) for row in fetch(database, _PARENTS, many)]
    tokens = [*sessions.tokens(database, [each.person for each in parents]).values()]
    names = sorted({topics.school(each.school) for each in parents})
    before = fetch(database, ENDS, names)
    positions = {row["topic"]: row["last_seq"] for row in before if row["topic"] is not None}
    _change(database, parents, Counter(positions))
    cursor.use(before[0]["epoch"])
    return _Storm(url, tokens, cursor.encode({name: positions.get(name, 0) for name in names}))


def _change(database: str, parents: Sequence[_Parent], ends: Counter[str]) -> None:
    """Note a change for each parent's child in the log, behind its ends."""
    entries = []
    for each in parents:
        topic = topics.school(each.school)
        ends[topic] += 1
        entries.append((topic, ends[topic], each.mark, each.student))
    fetch(database, _ENTRIES, *map(list, zip(*entries, strict=True)))
    fetch(database, _TOPICS, list(ends), list(ends.values()))


async def _one_by_one(storm: _Storm) -> list[float]:
    return [await _served(storm, token) for token in storm.tokens[:_ALONE]]


async def _all_at_once(storm: _Storm) -> tuple[list[float], list[float]]:
    """How long each waited, and what others did who asked something meanwhile.

    The others are a process of their own: two thousand clients would keep them waiting here.
    """
    message = load.request(_PROBE, {}, storm.tokens[0])
    with Manager() as manager, ProcessPoolExecutor(1, get_context("spawn")) as pool:
        over = manager.Event()
        probing = pool.submit(_probes, storm.url, message, over)
        try:
            await asyncio.sleep(_PROBE_SECONDS)
            waits = await asyncio.gather(*(_served(storm, token) for token in storm.tokens))
        finally:
            over.set()
        return waits, await asyncio.wrap_future(probing)


async def _served(storm: _Storm, token: str) -> float:
    """The seconds from the connection until what was missed has come."""
    began = time.perf_counter()
    async with asyncio.timeout(_PATIENCE_SECONDS):
        given = {"after": storm.after}
        one = await Subscriber.open(storm.url, token, contract("MarkChanges"), given)
        try:
            while not one.heard():
                await one.news.wait()
        finally:
            one.close()
    return time.perf_counter() - began


def _probes(url: str, message: bytes, over: Event) -> list[float]:
    """The seconds of a request at each tick, until it is over."""
    waits: list[float] = []
    while not over.wait(_TICK_SECONDS):
        began = time.perf_counter()
        load.ask(url, message)
        waits.append(time.perf_counter() - began)
    return waits


def _is_good(body: bytes) -> bool:
    return b'"errors"' not in body


def _probed(storm: _Storm) -> Sequence[float]:
    message = load.request(_PROBE, {}, storm.tokens[0])
    found = load.press(storm.url, [message], connections=1, seconds=_PROBE_SECONDS, check=_is_good)
    return found.latencies
