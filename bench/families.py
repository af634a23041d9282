"""Marks at a steady rate, each heard by the parents of its own pupil: how soon, and all of them."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import httpx
import orjson

from bench import load, sessions
from bench.figures import Line, percentile, spread, times
from bench.machine import Machine, fetch
from bench.sides import service, sign_in
from bench.sockets import Subscriber
from schema.declaration.ids import decode, encode
from tests.diary import contract

_PARENTS, _QUICK_PARENTS = 500, 50
_SECONDS, _QUICK_SECONDS = 20, 4
_RATE = 50
_PATIENCE_SECONDS = 30.0
_ASKED_SECONDS = 0.5
# What came before all are served would be told late, since it is told behind the cursor.
_OPENING_SECONDS = 3.0
# A parent each of a pupil of their own, and lessons of that pupil's last weeks to give marks at.
_FAMILIES = """
SELECT DISTINCT ON (student_id) guardian_id, student_id FROM guardianship
JOIN enrollment USING (student_id)
JOIN school_class class ON class.id = enrollment.school_class_id AND class.grade_level > 1
JOIN account deputy ON deputy.login = 'deputy.one'
JOIN staff_post post
  ON post.person_id = deputy.person_id AND post.organization_id = enrollment.organization_id
WHERE guardianship.valid_until IS NULL AND enrollment.valid_until IS NULL
ORDER BY student_id, guardian_id LIMIT $1
"""
_PLACES = """
SELECT family.student_id, place.lesson_id FROM unnest($1::bigint[]) AS family (student_id)
CROSS JOIN LATERAL (
    SELECT lesson.id AS lesson_id FROM diary_entry entry JOIN lesson ON lesson.id = entry.lesson_id
    WHERE entry.student_id = family.student_id AND lesson.date <= CURRENT_DATE
    ORDER BY lesson.date DESC, lesson.id LIMIT $2
) AS place ORDER BY random()
"""
_COMMITTED = """
SELECT row_id, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8
FROM change_entry WHERE area = 'MARKS' AND row_id = ANY ($1)
"""


class _Mark(NamedTuple):
    """A mark that was recorded, and whose."""

    number: int
    student: int


@dataclass(frozen=True)
class _Site:
    """A running service, who records marks there, and who hears of which pupil."""

    url: str
    deputy: str
    parents: Mapping[int, str]
    """The token of a parent of each pupil."""


def measure(machine: Machine) -> Iterator[Line]:
    """One worker; every parent over a socket of their own."""
    many, seconds = (_QUICK_PARENTS, _QUICK_SECONDS) if machine.quick else (_PARENTS, _SECONDS)
    with machine.small() as database, service(database) as server:
        site = _site(database, server.url, many)
        places = fetch(database, _PLACES, list(site.parents), 1 + _RATE * seconds // many)
        waits = asyncio.run(_waits(site, database, places[: _RATE * seconds]))
    late = percentile(waits, 0.99)
    yield Line(
        f"{len(places[: _RATE * seconds]):,} marks, {_RATE} a second, each to its own of "
        f"{len(site.parents):,} parents",
        spread(waits),
        times(late / _ASKED_SECONDS),
        "of 500 ms, the p99",
    )


def _site(database: str, url: str, many: int) -> _Site:
    families = fetch(database, _FAMILIES, many)
    tokens = sessions.tokens(database, [row["guardian_id"] for row in families])
    parents = {row["student_id"]: tokens[row["guardian_id"]] for row in families}
    return _Site(url, sign_in(url, "deputy.one"), parents)


async def _waits(site: _Site, database: str, places: Sequence[tuple[int, int]]) -> list[float]:
    """From the commit of each mark to its receipt; raises RuntimeError unless all came once."""
    message = load.request("{ changesCursor }", {}, site.deputy)
    after = orjson.loads(await load.answer(site.url, message))["data"]["changesCursor"]
    subscribers = {
        student: await Subscriber.open(
            site.url,
            token,
            contract("MarkChanges"),
            {"studentIds": [encode("Student", student)], "after": after},
        )
        for student, token in site.parents.items()
    }
    try:
        await asyncio.sleep(_OPENING_SECONDS)
        recorded = await _recorded(site, places)
        await _settled(subscribers, recorded)
        numbers = [mark.number for mark in recorded]
        committed = dict(await asyncio.to_thread(fetch, database, _COMMITTED, numbers))
        return [
            subscribers[mark.student].heard()[encode("Mark", mark.number)] - committed[mark.number]
            for mark in recorded
        ]
    finally:
        for each in subscribers.values():
            each.close()


async def _recorded(site: _Site, places: Sequence[tuple[int, int]]) -> list[_Mark]:
    """Record a mark at each place, one every fiftieth of a second whatever the others do."""
    loop = asyncio.get_running_loop()
    began, tasks = loop.time(), []
    headers = {"Authorization": f"Bearer {site.deputy}"}
    async with httpx.AsyncClient(base_url=site.url, headers=headers) as client:
        for number, (student, lesson) in enumerate(places):
            await asyncio.sleep(began + number / _RATE - loop.time())
            tasks.append(asyncio.create_task(_record(client, student, lesson)))
        return await asyncio.gather(*tasks)


async def _record(client: httpx.AsyncClient, student: int, lesson: int) -> _Mark:
    given = {
        "lessonId": encode("Lesson", lesson),
        "studentId": encode("Student", student),
        "value": 5,
    }
    asked = {"query": contract("RecordMark"), "variables": {"input": given}}
    answer = (await client.post("/graphql", json=asked)).json()
    number = decode("Mark", answer["data"]["recordMark"]["mark"]["id"])
    if number is None:
        raise RuntimeError("recordMark answered with an id that is no mark's.")
    return _Mark(number, student)


async def _settled(subscribers: Mapping[int, Subscriber], recorded: Sequence[_Mark]) -> None:
    """Wait until all have heard their own; raises RuntimeError for what came twice or astray."""
    own: dict[int, set[str]] = defaultdict(set)
    for mark in recorded:
        own[mark.student].add(encode("Mark", mark.number))
    async with asyncio.timeout(_PATIENCE_SECONDS):
        for student, each in subscribers.items():
            while own[student] - each.heard().keys():
                await each.news.wait()
    for student, each in subscribers.items():
        if each.heard().keys() != own[student] or each.count != len(own[student]):
            raise RuntimeError("Somebody heard a mark twice, or one that is not their child's.")
