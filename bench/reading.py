"""How fast the service answers queries, beside one hand-written statement for each of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from bench import load
from bench.figures import Line
from bench.machine import Machine
from bench.relay import relay
from bench.sides import compared, fetch, limit, round_trips, service, sign_in
from schema.declaration.ids import encode
from tests.diary import contract

_COUNTED = 9
_TINY = "query Tiny { viewer { id login } }"

# The fullest week of the first child of parent.one.
_WEEK = """
SELECT entry.student_id, date_trunc('week', entry.date)::date AS monday
FROM account
JOIN guardianship ON guardianship.guardian_id = account.person_id
JOIN diary_entry entry ON entry.student_id = guardianship.student_id
WHERE account.login = 'parent.one' AND entry.date <= CURRENT_DATE
GROUP BY entry.student_id, monday
ORDER BY count(*) DESC, monday DESC, entry.student_id LIMIT 1
"""
# The page with the most marks among those that teacher.math has.
_PAGE = """
SELECT page.school_class_id, page.subject_id, page.term_id
FROM account
JOIN teaching_assignment assignment ON assignment.teacher_id = account.person_id
JOIN journal_page page ON page.section_id = assignment.section_id
JOIN lesson ON lesson.section_id = page.section_id
 AND lesson.date BETWEEN page.starts_on AND page.ends_on
JOIN mark ON mark.lesson_id = lesson.id
WHERE account.login = 'teacher.math' AND assignment.valid_until IS NULL
GROUP BY page.school_class_id, page.subject_id, page.term_id
ORDER BY count(*) DESC, page.term_id, page.school_class_id, page.subject_id LIMIT 1
"""


@dataclass(frozen=True)
class _Query:
    """A query, and by whom it is asked."""

    name: str
    document: str
    login: str
    variables: Mapping[str, Any]


def measure(machine: Machine) -> Iterator[Line]:
    """Every query at 1 and 16 connections, one worker, and its round trips to the database."""
    with machine.filled() as database:
        queries = list(_queries(database))
        with service(database) as ours, limit(database) as limits:
            for query in queries:
                yield from _compared(query, (ours, limits), quick=machine.quick)
        yield from _round_trips(database, queries)


def _queries(database: str) -> Iterator[_Query]:
    ((student, monday),) = fetch(database, _WEEK)
    week = {
        "studentId": encode("Student", student),
        "from": str(monday),
        "to": str(monday + timedelta(6)),
    }
    ((class_id, subject, term),) = fetch(database, _PAGE)
    page = {
        "classId": encode("SchoolClass", class_id),
        "subjectId": encode("Subject", subject),
        "termId": encode("Term", term),
    }
    yield _Query("DiaryWeek", contract("DiaryWeek"), "parent.one", week)
    yield _Query("ParentDashboard", contract("ParentDashboard"), "parent.one", {})
    yield _Query("ClassJournal", contract("ClassJournal"), "teacher.math", page)
    yield _Query("{ viewer { id login } }", _TINY, "parent.one", {})


def _compared(query: _Query, urls: tuple[str, str], *, quick: bool) -> Iterator[Line]:
    message = _message(query, urls[0])
    expected = tuple(load.ask(url, message) for url in urls)
    answers = [orjson.loads(answer) for answer in expected]
    if answers[0] != answers[1] or "errors" in answers[0]:
        raise RuntimeError(f"{query.name}: the limit does not answer what the service answers.")
    checks = (expected[0].__eq__, expected[1].__eq__)
    what = f"{query.name} ({len(expected[0]) / 1000:.1f} kB)"
    yield from compared(what, urls, [message], checks, quick=quick)


def _round_trips(database: str, queries: list[_Query]) -> Iterator[Line]:
    """Counted on a service of its own, which a relay stands behind."""
    with relay(database) as counting, service(counting.url) as url:
        for query in queries:
            messages = [_message(query, url)] * _COUNTED
            yield round_trips(query.name, counting, url, messages)


def _message(query: _Query, url: str) -> bytes:
    return load.request(query.document, dict(query.variables), sign_in(url, query.login))
