"""How fast the service answers queries, beside one hand-written statement for each of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from bench import load
from bench.contest import Side, contest, memory
from bench.figures import Line
from bench.machine import Machine, fetch
from bench.relay import relay
from bench.sides import GENERIC, Server, generic, limit, round_trips, service, sign_in, two_workers
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
# The pages that teacher.math has, with their pupils, lessons and marks.
_PAGES = """
SELECT page.school_class_id, page.subject_id, page.term_id, filled.lessons, filled.marks,
       (SELECT count(*) FROM journal_row line
        WHERE line.school_class_id = page.school_class_id AND line.subject_id = page.subject_id
          AND line.term_id = page.term_id) AS pupils
FROM account
JOIN teaching_assignment assignment ON assignment.teacher_id = account.person_id
JOIN journal_page page ON page.section_id = assignment.section_id
CROSS JOIN LATERAL (
    SELECT count(DISTINCT lesson.id) AS lessons, count(mark.id) AS marks
    FROM lesson
    LEFT JOIN mark ON mark.lesson_id = lesson.id
    WHERE lesson.section_id = page.section_id
      AND lesson.date BETWEEN page.starts_on AND page.ends_on
) filled
WHERE account.login = 'teacher.math' AND assignment.valid_until IS NULL AND filled.marks > 0
ORDER BY page.term_id, page.school_class_id, page.subject_id
"""
_USUAL_PUPILS, _USUAL_LESSONS = 30, 20
_INBOX = 20
# Nobody in the data set has a whole page of mail, so parent.one is sent what others were sent.
_MAIL = """
INSERT INTO message_receipt (message_id, recipient_id, read_at)
SELECT message.id, account.person_id, CASE message.id % 3 WHEN 0 THEN message.sent_at END
FROM account
CROSS JOIN message
WHERE account.login = 'parent.one'
ORDER BY message.id DESC LIMIT 100
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Query:
    """A query, and by whom it is asked."""

    name: str
    document: str
    login: str
    variables: Mapping[str, Any]


def measure(machine: Machine) -> Iterator[Line]:
    """Every query beside the limit and the generic resolvers; its round trips to the database."""
    with machine.filled() as database:
        fetch(database, _MAIL)
        asked = list(queries(database))
        with service(database) as ours, limit(database) as limits, generic(database) as slow:
            for query in asked:
                sides = _sides(query, ours, limits, slow)
                yield from contest(machine, query.name, 1, sides)
            yield from memory("all of these", sides[:2])
        with two_workers(database) as (ours, limits):
            for query in asked:
                yield from contest(machine, query.name, 2, _sides(query, ours, limits))
        yield from _round_trips(database, asked)


def queries(database: str) -> Iterator[Query]:
    """The queries that are measured; the diary's week is the first."""
    ((student, monday),) = fetch(database, _WEEK)
    week = {
        "studentId": encode("Student", student),
        "from": str(monday),
        "to": str(monday + timedelta(6)),
    }
    yield Query("DiaryWeek", contract("DiaryWeek"), "parent.one", week)
    yield Query("ParentDashboard", contract("ParentDashboard"), "parent.one", {})
    for page in _pages(database):
        of = {
            "classId": encode("SchoolClass", page["school_class_id"]),
            "subjectId": encode("Subject", page["subject_id"]),
            "termId": encode("Term", page["term_id"]),
        }
        name = f"ClassJournal {page['pupils']} × {page['lessons']}"
        yield Query(name, contract("ClassJournal"), "teacher.math", of)
    yield Query("Inbox", contract("Inbox"), "parent.one", {"first": _INBOX})
    yield Query("{ viewer { id login } }", _TINY, "parent.one", {})


def _pages(database: str) -> Sequence[Mapping[str, Any]]:
    """The page that is most like one of 30 pupils and 20 lessons, and the one with most marks."""
    pages = fetch(database, _PAGES)

    def distance(page: Mapping[str, Any]) -> int:
        pupils: int = abs(page["pupils"] - _USUAL_PUPILS)
        lessons: int = abs(page["lessons"] - _USUAL_LESSONS)
        return pupils + lessons

    return [min(pages, key=distance), max(pages, key=lambda page: page["marks"])]


def _sides(query: Query, ours: Server, limits: Server, slow: Server | None = None) -> list[Side]:
    """The sides; raises RuntimeError unless they answer alike, the service byte by byte."""
    asked = message(query, ours)
    answer, other = (load.ask(each.url, asked) for each in (ours, limits))
    if orjson.loads(answer) != orjson.loads(other) or b'"errors"' in answer:
        raise RuntimeError(f"{query.name}: the limit does not answer what the service answers.")
    found = [
        Side("the service", ours, [asked], answer),
        Side("the limit", limits, [asked], other),
    ]
    if slow is not None:
        asked = message(query, ours, GENERIC)
        if load.ask(slow.url, asked) != answer:
            raise RuntimeError(f"{query.name}: the generic resolvers answer something else.")
        found.append(Side("the generic resolvers", slow, [asked], answer, is_slow=True))
    return found


def _round_trips(database: str, asked: Sequence[Query]) -> Iterator[Line]:
    """Counted on a service of its own, which a relay stands behind."""
    with relay(database) as counting, service(counting.url) as server:
        for query in asked:
            messages = [message(query, server)] * _COUNTED
            yield round_trips(query.name, counting, server.url, messages)


def message(query: Query, server: Server, extensions: dict[str, Any] | None = None) -> bytes:
    """The request of a query, by somebody who signs in for it."""
    token = sign_in(server.url, query.login)
    return load.request(query.document, dict(query.variables), token, extensions)
