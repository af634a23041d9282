"""Which way the operations of the first clients take: one planned statement each."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    DocumentNode,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    OperationType,
    parse,
    print_ast,
    validate,
)

from tests.diary import Client, Diary, contract
from tests.factories import a_person, a_school, gid
from tests.journal.story import a_story
from tests.rules.declared import GRAPHQL
from tests.sessions import signed_in

pytestmark = pytest.mark.usefixtures("database")

# Whether a row exists does not matter for the way that an answer takes.
_VALUES = {"ID": gid("Student", 1), "Int": 3, "String": "а", "Date": "2026-03-04"}


def _queries() -> Mapping[str, OperationDefinitionNode]:
    """The contract's queries, as far as the schema has their fields."""
    documents = [parse(path.read_text()) for path in (Path(__file__).parent / "contract").iterdir()]
    return {
        each.name.value: each
        for document in documents
        for each in document.definitions
        if isinstance(each, OperationDefinitionNode)
        and each.name
        and each.operation is OperationType.QUERY
        and not validate(GRAPHQL, DocumentNode(definitions=(each,)))
    }


_QUERIES = _queries()


@pytest.fixture(scope="module")
async def people(diary: Diary) -> Mapping[str, Client]:
    """Return a parent, a teacher, somebody without a role, and nobody."""
    klass = await (await a_school()).class_("7А")
    section, pupil, parent = await klass.section("Алгебра"), await klass.pupil(), await a_person()
    await pupil.guardian(parent)
    return {
        "parent": await signed_in(diary, parent),
        "teacher": await signed_in(diary, section.teacher),
        "without role": await signed_in(diary, await a_person()),
        "nobody": diary.nobody,
    }


def _variables(operation: OperationDefinitionNode) -> dict[str, Any]:
    """A value for every variable that has to have one."""
    kinds = {
        each.variable.name.value: each.type.type
        for each in operation.variable_definitions or ()
        if isinstance(each.type, NonNullTypeNode)
    }
    return {
        name: _VALUES[kind.name.value]
        for name, kind in kinds.items()
        if isinstance(kind, NamedTypeNode)
    }


def test_the_contract_has_queries() -> None:
    assert {"DiaryWeek", "ParentDashboard", "ClassJournal", "Inbox", "Viewer"} <= set(_QUERIES)


@pytest.mark.parametrize("who", ["parent", "teacher", "without role", "nobody"])
@pytest.mark.parametrize("name", _QUERIES)
async def test_a_query_of_the_contract_is_planned_as_one_statement_at_most(
    people: Mapping[str, Client], name: str, who: str
) -> None:
    operation = _QUERIES[name]
    plan = await people[who].plan(print_ast(operation), **_variables(operation))
    assert (plan["planned"], plan["statements"]) in {(True, 1), (True, 0)}


@pytest.mark.parametrize(
    "operation", ["RecordMark", "CorrectMark", "RecordAttendance", "AssignHomework"]
)
async def test_the_rows_of_a_payload_are_planned(diary: Diary, operation: str) -> None:
    story = await a_story(diary)
    lesson = {"lessonId": gid("Lesson", story.lesson.id)}
    pupil = {"studentId": gid("Student", story.pupil.id)}
    mark = await story.lesson.mark(story.pupil, 3)
    given: Mapping[str, Mapping[str, Any]] = {
        "RecordMark": {**lesson, **pupil, "value": 5},
        "CorrectMark": {
            "markId": gid("Mark", mark.id),
            "version": 1,
            "value": 4,
            "reason": "Описка",
        },
        "RecordAttendance": {**lesson, "entries": [{**pupil, "code": "LATE"}]},
        "AssignHomework": {**lesson, "text": "№ 1", "dueOn": str(story.school.today)},
    }
    plan = await story.client.plan(contract(operation), input=given[operation])
    assert plan["planned"] is True


async def test_all_root_fields_together_are_one_statement_and_so_one_snapshot(
    people: Mapping[str, Client],
) -> None:
    document = """query ($id: ID!) {
        viewer { id children { fullName } } again: viewer { roles { role } }
        municipalities { name } student(id: $id) { fullName } schoolClass(id: $id) { name }
        classJournal(classId: $id, subjectId: $id, termId: $id) { rows { name } }
        node(id: $id) { id } nodes(ids: [$id]) { id }
    }"""
    plan = await people["teacher"].plan(document, id=gid("Student", 1))
    assert (plan["planned"], plan["statements"]) == (True, 1)


async def test_what_is_refused_to_one_is_not_refused_to_another_who_asks_later(
    people: Mapping[str, Client],
) -> None:
    """The id names nothing that has the field, so no role decides what the statement reads."""
    document = """query ($id: ID!) {
        node(id: $id) { id ... on Viewer { children { snils } } }
    }"""
    told = {}
    for who in ("teacher", "parent"):
        answer = await people[who].send(document, id=gid("Subject", 10**9))
        told[who] = [error["path"] for error in answer.body.get("errors", ())]
    assert told == {"teacher": [["node", "children", "snils"]], "parent": []}
