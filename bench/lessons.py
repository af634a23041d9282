"""Marks of a whole lesson, by one mutation and by one for each: until all families know."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from bench import load, sessions
from bench.figures import Line, percentile, spread, times
from bench.machine import Machine, fetch
from bench.sides import service, sign_in
from bench.sockets import Subscriber
from schema.declaration.ids import encode
from tests.diary import contract

_ROUNDS, _QUICK_ROUNDS = 20, 3
_PATIENCE_SECONDS = 30.0
# What came before all are served would be told late, since it is told behind the cursor.
_OPENING_SECONDS = 2.0
# A class's lesson of the last days, for which the deputy head need not say why, with 30 pupils at
# the most and a guardian of each.
_LESSON = """
SELECT lesson.id FROM lesson
JOIN school_class class ON class.id = lesson.school_class_id
JOIN account deputy ON deputy.login = 'deputy.one'
JOIN staff_post post
  ON post.person_id = deputy.person_id AND post.organization_id = class.organization_id
JOIN diary_entry entry ON entry.lesson_id = lesson.id
WHERE class.grade_level > 1 AND lesson.date BETWEEN CURRENT_DATE - 6 AND CURRENT_DATE
GROUP BY lesson.id ORDER BY abs(count(*) - 30), lesson.id LIMIT 1
"""
_FAMILIES = """
SELECT DISTINCT ON (student_id) student_id, guardian_id
FROM diary_entry JOIN guardianship USING (student_id)
WHERE lesson_id = $1 AND guardianship.valid_until IS NULL
ORDER BY student_id, guardian_id LIMIT 30
"""
_WHOLE = """mutation ($input: RecordLessonInput!) {
    recordLesson(input: $input) { marks { id } userErrors { code } } }"""


@dataclass(frozen=True)
class _Class:
    """A running service, a lesson there, who writes it down, and a parent's token of each pupil."""

    url: str
    deputy: str
    lesson: int
    parents: Mapping[int, str]


@dataclass(frozen=True)
class _Timed:
    """How long it took the teacher to be answered, and until the last family knew."""

    answered: float
    heard: float


def measure(machine: Machine) -> Iterator[Line]:
    """One worker; every parent over a socket of their own."""
    rounds = _QUICK_ROUNDS if machine.quick else _ROUNDS
    with machine.small() as database, service(database) as server:
        place = _class(database, server.url)
        whole, single = asyncio.run(_measured(place, rounds))
    count = len(place.parents)
    for what, name in (("answered", "the teacher is answered"), ("heard", "all parents know")):
        one, many = ([getattr(each, what) for each in side] for side in (whole, single))
        share = percentile(many, 0.5) / percentile(one, 0.5)
        yield Line(
            f"recordLesson of {count} marks until {name}",
            spread(one),
            times(share),
            f"as fast as {count} recordMark",
        )
        yield Line(f"{count} recordMark, one after the other, until {name}", spread(many))


def _class(database: str, url: str) -> _Class:
    ((lesson,),) = fetch(database, _LESSON)
    families = fetch(database, _FAMILIES, lesson)
    tokens = sessions.tokens(database, [row["guardian_id"] for row in families])
    parents = {row["student_id"]: tokens[row["guardian_id"]] for row in families}
    return _Class(url, sign_in(url, "deputy.one"), lesson, parents)


async def _measured(place: _Class, rounds: int) -> tuple[Sequence[_Timed], Sequence[_Timed]]:
    """Both ways in turns, so that whatever else the machine does disturbs both."""
    headers = {"Authorization": f"Bearer {place.deputy}"}
    async with (
        _listening(place) as subscribers,
        httpx.AsyncClient(base_url=place.url, headers=headers) as client,
    ):
        whole, single = [], []
        for _ in range(rounds):
            whole.append(await _timed(subscribers, _whole(client, place)))
            single.append(await _timed(subscribers, _each(client, place)))
    return whole, single


@asynccontextmanager
async def _listening(place: _Class) -> AsyncIterator[Sequence[Subscriber]]:
    message = load.request("{ changesCursor }", {}, place.deputy)
    after = orjson.loads(await load.answer(place.url, message))["data"]["changesCursor"]
    subscribers = [
        await Subscriber.open(
            place.url,
            token,
            contract("MarkChanges"),
            {"studentIds": [encode("Student", student)], "after": after},
        )
        for student, token in place.parents.items()
    ]
    try:
        await asyncio.sleep(_OPENING_SECONDS)
        yield subscribers
    finally:
        for each in subscribers:
            each.close()


async def _timed(subscribers: Sequence[Subscriber], writing: Any) -> _Timed:
    """Write, and wait until everybody has heard one more; RuntimeError for what was refused."""
    before = [len(each.heard()) for each in subscribers]
    began = time.time()
    await writing
    answered = time.time()
    async with asyncio.timeout(_PATIENCE_SECONDS):
        for each, count in zip(subscribers, before, strict=True):
            while len(each.heard()) == count:
                await each.news.wait()
    heard = max(max(each.heard().values()) for each in subscribers)
    return _Timed(answered - began, heard - began)


async def _whole(client: httpx.AsyncClient, place: _Class) -> None:
    entries = [
        {"studentId": encode("Student", student), "marks": [{"value": 5}]}
        for student in place.parents
    ]
    given = {"lessonId": encode("Lesson", place.lesson), "entries": entries}
    await _sent(client, _WHOLE, given)


async def _each(client: httpx.AsyncClient, place: _Class) -> None:
    lesson = encode("Lesson", place.lesson)
    for student in place.parents:
        given = {"lessonId": lesson, "studentId": encode("Student", student), "value": 5}
        await _sent(client, contract("RecordMark"), given)


async def _sent(client: httpx.AsyncClient, document: str, given: Mapping[str, Any]) -> None:
    asked = {"query": document, "variables": {"input": given}}
    answer = (await client.post("/graphql", json=asked)).json()
    (payload,) = answer["data"].values()
    if payload["userErrors"]:
        raise RuntimeError(f"A mark was refused: {payload['userErrors']}")
