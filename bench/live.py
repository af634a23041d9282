"""How long a committed mark takes to those who listen, by the database's own moment of commit."""

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import orjson

from bench import load
from bench.figures import Line, percentile, spread, times
from bench.machine import Machine, fetch
from bench.marks import requests
from bench.sides import service, sign_in
from bench.sockets import Subscriber
from schema.declaration.ids import decode, encode
from tests.diary import contract
from tests.servers import RedisServer

_MANY, _QUICK_MANY = 200, 20
_MARKS, _MARKS_FOR_MANY = 20, 3
_PATIENCE_SECONDS = 60.0
_OPENING_SECONDS = 1.5
_SETTLING_SECONDS = 20.0
# The commit's own record; PostgreSQL notes the moment before it waits for the disk.
_COMMITTED = """
SELECT row_id, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8
FROM change_entry WHERE row_id = ANY ($1)
"""


@dataclass
class _Site:
    """A running service, what is sent to it, and what its listeners' waits were."""

    workers: int
    url: str
    database: str
    messages: Iterator[bytes]
    token: str
    waits: dict[int, list[float]] = field(default_factory=dict)


def measure(machine: Machine) -> Iterator[Line]:
    """One worker by itself and two over Redis, each with one listener and with many, in turns."""
    rounds, many = (1, _QUICK_MANY) if machine.quick else (2, _MANY)
    with ExitStack() as stack:
        redis = stack.enter_context(RedisServer())
        sites = [
            _site(stack, machine, workers=1),
            _site(stack, machine, workers=2, REDIS_URL=redis.url, WEB_CONCURRENCY="2"),
        ]
        for _ in range(rounds):
            for site in sites:
                for subscribers, marks in ((1, _MARKS), (many, _MARKS_FOR_MANY)):
                    waits = asyncio.run(_waits(site, subscribers, marks))
                    site.waits.setdefault(subscribers, []).extend(waits)
    yield from _lines(sites)


def _site(stack: ExitStack, machine: Machine, *, workers: int, **environ: str) -> _Site:
    database = stack.enter_context(machine.filled())
    url = stack.enter_context(service(database, **environ)).url
    messages = itertools.cycle(requests(database, url))
    return _Site(workers, url, database, messages, sign_in(url, "deputy.one"))


def _lines(sites: Sequence[_Site]) -> Iterator[Line]:
    first = percentile(sites[0].waits[1], 0.5)
    for site in sites:
        bus = "one worker" if site.workers == 1 else f"{site.workers} workers over Redis"
        for subscribers, waits in site.waits.items():
            who = f"{subscribers} subscriber{'s' * (subscribers > 1)}"
            share = times(percentile(waits, 0.5) / first)
            yield Line(
                f"commit to receipt, {who}, {bus}",
                spread(waits),
                share,
                "of the p50 of 1 subscriber, one worker",
            )


async def _waits(site: _Site, count: int, marks: int) -> list[float]:
    """From the commit of each mark to its receipt by each subscriber, in seconds."""
    document = contract("MarkChanges")
    subscribers = [await Subscriber.open(site.url, site.token, document) for _ in range(count)]
    try:
        await _all_listen(site, subscribers)
        recorded = [await _recorded(site, subscribers) for _ in range(marks)]
    finally:
        for each in subscribers:
            each.close()
    committed = await asyncio.to_thread(fetch, site.database, _COMMITTED, recorded)
    return [
        each.heard()[encode("Mark", number)] - moment
        for number, moment in committed
        for each in subscribers
    ]


async def _all_listen(site: _Site, subscribers: Sequence[Subscriber]) -> None:
    """Record marks until everybody has heard the last of them, and so all before it."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        await asyncio.sleep(_OPENING_SECONDS)
        while not await _everybody_hears(site, subscribers):
            pass


async def _everybody_hears(site: _Site, subscribers: Sequence[Subscriber]) -> bool:
    """Whether nobody missed a mark, as those do whose subscription had not begun yet."""
    try:
        async with asyncio.timeout(_SETTLING_SECONDS):
            await _recorded(site, subscribers)
    except TimeoutError:
        return False
    return True


async def _recorded(site: _Site, subscribers: Sequence[Subscriber]) -> int:
    """Record a mark and return its number when everybody has heard of it."""
    answer = orjson.loads(await load.answer(site.url, next(site.messages)))
    identifier = answer["data"]["recordMark"]["mark"]["id"]
    async with asyncio.timeout(_PATIENCE_SECONDS):
        for each in subscribers:
            await each.news.wait()  # nobody's is read before it has come to everybody
        for each in subscribers:
            while identifier not in each.heard():
                await each.news.wait()
    number = decode("Mark", identifier)
    if number is None:
        raise RuntimeError("recordMark answered with an id that is no mark's.")
    return number
