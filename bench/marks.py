"""How fast marks are recorded, beside a hand-written transaction that writes the same rows."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from bench import load
from bench.contest import Side, contest
from bench.figures import Line
from bench.machine import Machine, fetch
from bench.relay import relay
from bench.sides import GENERIC, generic, limit, round_trips, service, sign_in, two_workers
from schema.declaration.ids import encode
from tests.diary import contract

_REQUESTS = 500
_COUNTED = 20

# Pupils at past lessons of teacher.math; the first grade is taught without marks.
_PLACES = """
SELECT lesson.id AS lesson_id, entry.student_id
FROM account
JOIN teaching_assignment assignment
  ON assignment.teacher_id = account.person_id AND assignment.valid_until IS NULL
JOIN lesson ON lesson.section_id = assignment.section_id AND lesson.date <= CURRENT_DATE
JOIN school_class class ON class.id = lesson.school_class_id AND class.grade_level > 1
JOIN diary_entry entry ON entry.lesson_id = lesson.id
WHERE account.login = 'teacher.math'
ORDER BY lesson.date DESC, lesson.id, entry.student_id LIMIT $1
"""
_WRITTEN = """
SELECT (SELECT count(*) FROM mark), (SELECT count(*) FROM mark_revision),
       (SELECT count(*) FROM audit_entry WHERE action = 'mark.recorded'),
       (SELECT count(*) FROM change_entry)
"""
# What differs from one mark to the next: its number and its moment.
_OWN = re.compile(rb'"(id|recordedAt)" ?: ?"[^"]*"')


def measure(machine: Machine) -> Iterator[Line]:
    """Marks a second, beside the limit and the generic resolvers, and the round trips of each."""
    with machine.filled() as database:
        with service(database) as ours, limit(database) as limits, generic(database) as slow:
            messages = requests(database, ours.url)
            _refuse_unlike(database, [each.url for each in (ours, limits)], messages[0])
            generics = requests(database, ours.url, extensions=GENERIC)
            sides = [
                Side("the service", ours, messages, _is_recorded),
                Side("the limit", limits, messages, _is_recorded),
                Side("the generic resolvers", slow, generics, _is_recorded, is_slow=True),
            ]
            yield from contest(machine, "recordMark", 1, sides)
        with two_workers(database) as pair:
            sides = [
                Side(name, server, messages, _is_recorded)
                for name, server in zip(("the service", "the limit"), pair, strict=True)
            ]
            yield from contest(machine, "recordMark", 2, sides)
        yield _round_trips(database)


def requests(
    database: str, url: str, count: int = _REQUESTS, extensions: dict[str, Any] | None = None
) -> list[bytes]:
    """Requests of teacher.math, each for a mark of its own."""
    token = sign_in(url, "teacher.math")
    return [
        load.request(
            contract("RecordMark"),
            {
                "input": {
                    "lessonId": encode("Lesson", lesson),
                    "studentId": encode("Student", student),
                    "value": 2 + number % 4,
                }
            },
            token,
            extensions,
        )
        for number, (lesson, student) in enumerate(fetch(database, _PLACES, count))
    ]


def _is_recorded(body: bytes) -> bool:
    return b'"version":1' in body.replace(b" ", b"") and b'"errors"' not in body


def _refuse_unlike(database: str, urls: Sequence[str], message: bytes) -> None:
    """Raise RuntimeError unless both answer alike and write as many rows of every kind."""
    answers = []
    for url in urls:
        (before,) = fetch(database, _WRITTEN)
        answers.append(orjson.loads(_OWN.sub(b'"id":0', load.ask(url, message))))
        (after,) = fetch(database, _WRITTEN)
        if [now - then for now, then in zip(after, before, strict=True)] != [1, 1, 1, 1]:
            raise RuntimeError("recordMark did not write a mark, its history, audit and log.")
    if answers[0] != answers[1]:
        raise RuntimeError("recordMark: the limit does not answer what the service answers.")


def _round_trips(database: str) -> Line:
    with relay(database) as counting, service(counting.url) as server:
        messages = requests(database, server.url, _COUNTED)
        return round_trips("recordMark", counting, server.url, messages)
