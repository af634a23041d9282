"""Ids that are of something else, or are none: refused or not found, and never a failure."""

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

import pytest

from tests.access.cast import Cast, Who
from tests.diary import Answer, contract
from tests.factories import gid

_LARGEST = 2**63 - 1


def _of(text: str) -> str:
    return b64encode(text.encode()).decode()


# What cannot be an id, of whatever type.
_NO_IDS = {
    "empty": "",
    "garbage": "garbage",
    "a number": "17",
    "no number": _of("Student:one"),
    "no type": _of("17"),
    "zero": gid("Student", 0),
    "negative": gid("Student", -1),
    "too large": gid("Student", _LARGEST + 1),
    "huge": gid("Student", 10**1000),
    "padded with zeros": _of("Student:01"),
    "padded with a space": _of("Student: 1"),
    "signed": _of("Student:+1"),
    "in other digits": _of("Student:१"),
    "with a fraction": _of("Student:1.0"),
    "with an underscore": _of("Student:1_0"),
    "with a NUL": _of("Student:1\x00"),
    "a NUL": "\x00",
    "no text": "/////w==",
    "a lone surrogate": "\ud800",
    "10 kB long": "x" * 10_000,
    "10 kB of an id": _of("Student:" + "1" * 10_000),
    "an injection": _of("Student:1 OR 1=1"),
}

_HERE = "the id that is tried"


@dataclass(frozen=True)
class Place:
    """Where a client names a row: the row's type, the document, and what is sent with it.

    Values such as `@Lesson` become the ids of rows of the caller's own.
    """

    label: str
    document: str
    variables: dict[str, Any]


_STUDENT = "query ($id: ID!) { student(id: $id) { id } }"
_CLASS = "query ($id: ID!) { schoolClass(id: $id) { id } }"
_JOURNAL = """query ($class: ID!, $subject: ID!, $term: ID!) {
    classJournal(classId: $class, subjectId: $subject, termId: $term) { term { id } }
}"""
_OURS = {"class": "@SchoolClass", "subject": "@Subject", "term": "@Term"}
_AT_LESSON = {"lessonId": "@Lesson", "studentId": "@Student", "value": 5}
_OF_MARK = {"markId": _HERE, "version": 1, "reason": "Описка"}
_HOMEWORK = {"lessonId": _HERE, "text": "№ 1", "dueOn": "2100-01-01"}
_LATE = {"studentId": "@Student", "code": "LATE"}

QUERIES = {
    "student": Place("Student", _STUDENT, {"id": _HERE}),
    "schoolClass": Place("SchoolClass", _CLASS, {"id": _HERE}),
    "classJournal, class": Place("SchoolClass", _JOURNAL, {**_OURS, "class": _HERE}),
    "classJournal, subject": Place("Subject", _JOURNAL, {**_OURS, "subject": _HERE}),
    "classJournal, term": Place("Term", _JOURNAL, {**_OURS, "term": _HERE}),
}


def _mutation(label: str, operation: str, given: dict[str, Any]) -> Place:
    return Place(label, contract(operation), {"input": given})


MUTATIONS = {
    "recordMark, lesson": _mutation("Lesson", "RecordMark", {**_AT_LESSON, "lessonId": _HERE}),
    "recordMark, student": _mutation("Student", "RecordMark", {**_AT_LESSON, "studentId": _HERE}),
    "correctMark": _mutation("Mark", "CorrectMark", {**_OF_MARK, "value": 5}),
    "removeMark": _mutation("Mark", "RemoveMark", _OF_MARK),
    "assignHomework": _mutation("Lesson", "AssignHomework", _HOMEWORK),
    "recordAttendance, lesson": _mutation(
        "Lesson", "RecordAttendance", {"lessonId": _HERE, "entries": [_LATE]}
    ),
    "recordAttendance, student": _mutation(
        "Student",
        "RecordAttendance",
        {"lessonId": "@Lesson", "entries": [{**_LATE, "studentId": _HERE}]},
    ),
}


@pytest.mark.parametrize("place", (QUERIES | MUTATIONS).values(), ids=QUERIES | MUTATIONS)
async def test_what_is_no_id_is_bad_input(cast: Cast, place: Place) -> None:
    answers = {name: await _try(cast, place, given) for name, given in _NO_IDS.items()}
    assert {name: answer.codes for name, answer in answers.items()} == {
        name: ["BAD_USER_INPUT"] for name in _NO_IDS
    }


@pytest.mark.parametrize("place", QUERIES.values(), ids=QUERIES)
async def test_an_id_without_a_row_finds_nothing(cast: Cast, place: Place) -> None:
    for given in _no_rows(place):
        (found,) = (await _try(cast, place, given)).data.values()
        assert found is None


@pytest.mark.parametrize("place", MUTATIONS.values(), ids=MUTATIONS)
async def test_an_id_without_a_row_is_not_found(cast: Cast, place: Place) -> None:
    for given in _no_rows(place):
        (payload,) = (await _try(cast, place, given)).data.values()
        assert [error["code"] for error in payload["userErrors"]] == ["NOT_FOUND"]


@pytest.mark.parametrize("place", QUERIES.values(), ids=QUERIES)
async def test_the_right_id_finds_the_row(cast: Cast, place: Place) -> None:
    """The control: what was tried above is all that was wrong."""
    (found,) = (await _try(cast, place, f"@{place.label}")).data.values()
    assert found is not None


def _no_rows(place: Place) -> list[str]:
    """Ids that are of another type, of no type, and of no row."""
    return [gid("Settlement", 1), gid("Headmaster", 1), gid(place.label, _LARGEST)]


async def _try(cast: Cast, place: Place, given: str) -> Answer:
    client = await cast.client(Who.TEACHER)
    variables = _filled(place.variables, {_HERE: given}, cast)
    # Escaped by hand: a lone surrogate has no bytes of its own.
    body = json.dumps({"query": place.document, "variables": variables})
    headers = {**client.headers, "Content-Type": "application/json"}
    answer = await client.http.post(f"{client.url}/graphql", content=body, headers=headers)
    return Answer(answer.json(), answer.status_code)


def _filled(value: Any, places: dict[str, str], cast: Cast) -> Any:
    """The value with ids in their places."""
    if isinstance(value, dict):
        return {name: _filled(each, places, cast) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, places, cast) for each in value]
    found = places.get(value, value)
    return _own(cast)[found] if isinstance(found, str) and found.startswith("@") else found


def _own(cast: Cast) -> dict[str, str]:
    """The ids of the rows of the teacher's own."""
    world = cast.world
    numbers = {
        "Lesson": world.lessons["algebra"].id,
        "Student": world.pupil.id,
        "SchoolClass": world.klass.id,
        "Subject": world.algebra.subject.id,
        "Term": world.klass.term.id,
    }
    return {f"@{label}": gid(label, number) for label, number in numbers.items()}
