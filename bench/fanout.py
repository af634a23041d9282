"""What one event costs that many hear: by the processor, and until everybody has heard it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from bench import load, process, sessions
from bench.figures import Line, percentile, spread, times
from bench.machine import Machine, fetch
from bench.sides import Server, ready, service, sign_in
from bench.sockets import Subscriber
from schema.declaration.ids import decode, encode
from tests.diary import contract

_SOCKETS, _QUICK_SOCKETS = 2_000, 200
_EVENTS, _QUICK_EVENTS = 10, 3
_ROUNDS = 2
_AT_ONCE = 50
_PATIENCE_SECONDS = 60.0
_SETTLING_SECONDS = 3.0
_LOOK_SECONDS = 0.02
# The school with most people, and whoever belongs to it; the bench gives accounts to all of them.
_SCHOOL = """
SELECT organization_id FROM membership GROUP BY organization_id ORDER BY count(*) DESC LIMIT 1
"""
_PEOPLE = "SELECT DISTINCT person_id FROM membership WHERE organization_id = $1 LIMIT $2"
_COMMITTED = """
SELECT row_id, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8
FROM change_entry WHERE area = 'EVENTS' AND row_id = ANY ($1)
"""
_FRAME = orjson.dumps(
    {
        "id": "1",
        "type": "next",
        "payload": {
            "data": {
                "eventChanges": {
                    "cursor": "WyI3NzhjMzUyZDIyMjkiLHsiZXZlbnRzIjoxfV0=",
                    "kind": "PUBLISHED",
                    "eventId": "%s",
                    "event": {
                        "id": "U2Nob29sRXZlbnQ6MTIz",
                        "title": "Родительское собрание",
                        "startsAt": "2026-11-25T10:00:00+00:00",
                        "place": "Актовый зал",
                    },
                }
            }
        },
    }
).decode()


@dataclass
class _Side:
    """A running server with sockets, so many events a round, and what those have cost and taken."""

    running: Server
    postmaster: int
    events: int
    deliveries: int = 0
    alone: float = 0.0
    """The server's processor time for as many events that nobody hears."""
    server: float = 0.0
    database: float = 0.0
    waits: list[float] = field(default_factory=list)

    @property
    def microseconds(self) -> float:
        """The server's processor time for one delivery, without that for making the event."""
        return (self.server - self.alone) / self.deliveries * 1e6

    def spent(self) -> tuple[float, float]:
        """The processor time that the server and PostgreSQL have used so far."""
        return process.cpu_seconds(self.running.pid), process.cpu_seconds(self.postmaster)

    def __str__(self) -> str:
        """The cost of a delivery, the server's and PostgreSQL's, and how long it took to come."""
        made, database = (each / self.deliveries * 1e6 for each in (self.alone, self.database))
        costs = f"{self.microseconds:.1f} (and {made:.1f} to make the event) + {database:.1f}"
        return f"CPU {costs} µs, {spread(self.waits)}"


def measure(machine: Machine) -> Iterator[Line]:
    """A school's event to whoever belongs to it, beside ready bytes to as many sockets."""
    count, events = (_QUICK_SOCKETS, _QUICK_EVENTS) if machine.quick else (_SOCKETS, _EVENTS)
    with ExitStack() as stack:
        database = stack.enter_context(machine.small())
        tokens = _tokens(database, count)
        ours, limit = (
            _Side(stack.enter_context(serve(database)), machine.postmaster, events)
            for serve in (service, ready)
        )
        for _ in range(_ROUNDS):
            asyncio.run(_ready(limit, count))
            asyncio.run(_ours(ours, database, tokens))
        memory = process.memory(ours.running.pid)
    what = f"one event to {len(tokens):,} sockets, one worker"
    ratio = times(ours.microseconds / limit.microseconds)
    yield Line(f"{what}, a delivery", str(ours), ratio, f"of ready bytes: {limit}")
    late = percentile(ours.waits, 0.99)
    yield Line(f"{what}, until 99 % have it", f"{late * 1000:.0f} ms", times(late), "of 1 s")
    yield Line(f"{what}, memory of the worker", str(memory))


def _tokens(database: str, count: int) -> list[str]:
    """Access tokens of so many who belong to one school, each by a session of their own."""
    ((school,),) = fetch(database, _SCHOOL)
    people = [row["person_id"] for row in fetch(database, _PEOPLE, school, count)]
    return list(sessions.tokens(database, people).values())


Publish = Callable[[], Awaitable[str]]
"""Makes an event and gives its id."""


async def _ours(side: _Side, database: str, tokens: Sequence[str]) -> None:
    """One round of the service's own events; how long they took is from their commits on."""
    token = await asyncio.to_thread(sign_in, side.running.url, "head.one")
    ((school,),) = await asyncio.to_thread(fetch, database, _SCHOOL)
    message = load.request(contract("PublishEvent"), {"input": _event(school)}, token)

    async def publish() -> str:
        answer = orjson.loads(await load.answer(side.running.url, message))
        identifier: str = answer["data"]["publishEvent"]["event"]["id"]
        return identifier

    await _unheard(side, publish)
    async with _listening(side.running.url, tokens) as subscribers:
        published = await _round(side, subscribers, publish)
        numbers = [decode("SchoolEvent", each) for each in published]
        committed = await asyncio.to_thread(fetch, database, _COMMITTED, numbers)
        moments = {encode("SchoolEvent", number): moment for number, moment in committed}
        _take(side, subscribers, moments)


def _event(school: int) -> dict[str, Any]:
    return {
        "title": "Родительское собрание",
        "startsAt": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
        "place": "Актовый зал",
        "audience": {"schoolId": encode("Organization", school)},
    }


async def _ready(side: _Side, count: int) -> None:
    """One round of ready bytes; how long they took is from before they were posted on."""
    moments: dict[str, float] = {}

    async def publish() -> str:
        identifier = f"event {len(moments)}"
        moments[identifier] = time.time()
        body = _FRAME.replace("%s", identifier)
        await load.answer(side.running.url, load.posted(body.encode()))
        return identifier

    await _unheard(side, publish)
    async with _listening(side.running.url, ["nobody"] * count) as subscribers:
        published = await _round(side, subscribers, publish)
        _take(side, subscribers, {each: moments[each] for each in published})


@asynccontextmanager
async def _listening(url: str, tokens: Sequence[str]) -> AsyncIterator[list[Subscriber]]:
    document, found = contract("EventChanges"), list[Subscriber]()
    for start in range(0, len(tokens), _AT_ONCE):
        some = tokens[start : start + _AT_ONCE]
        opening = (Subscriber.open(url, token, document) for token in some)
        found += await asyncio.gather(*opening)
    try:
        yield found
    finally:
        for each in found:
            each.close()


async def _round(side: _Side, subscribers: Sequence[Subscriber], publish: Publish) -> list[str]:
    """Make events, each when all have heard the one before; only when all listen it counts."""
    while not await _all_hear(subscribers, await publish(), _SETTLING_SECONDS):
        pass
    server, database = side.spent()
    published = []
    for _ in range(side.events):
        published.append(await publish())
        if not await _all_hear(subscribers, published[-1], _PATIENCE_SECONDS):
            raise RuntimeError("An event was not heard by everybody.")
    by_server, by_database = side.spent()
    side.server += by_server - server
    side.database += by_database - database
    return published


async def _unheard(side: _Side, publish: Publish) -> None:
    """Make as many events while nobody listens; the first is not counted."""
    await publish()
    server, _ = side.spent()
    for _ in range(side.events):
        await publish()
    side.alone += side.spent()[0] - server


async def _all_hear(subscribers: Sequence[Subscriber], identifier: str, seconds: float) -> bool:
    """Whether everybody has heard it before the time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        await asyncio.sleep(_LOOK_SECONDS)
        if all(identifier in each.heard() for each in subscribers):
            return True
    return False


def _take(side: _Side, subscribers: Sequence[Subscriber], moments: Mapping[str, float]) -> None:
    """Count what came; raises RuntimeError where something came twice."""
    for each in subscribers:
        heard = each.heard()
        if each.count != len(heard):
            raise RuntimeError("An event was heard twice.")
        side.waits += [heard[name] - moment for name, moment in moments.items()]
        side.deliveries += len(moments)
