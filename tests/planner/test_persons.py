"""A plan is for roles and never for a person: no value of anybody's is part of it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse

from access.roles import Role, relations_of
from access.viewer import Viewer
from planner.parameters import Run
from planner.planner import Planner, Query, Request
from tests.diary import Diary, contract
from tests.factories import a_person, a_school, gid
from tests.rules.declared import GRAPHQL
from tests.sessions import signed_in

# Planning reads what Tortoise knows of the tables.
pytestmark = pytest.mark.usefixtures("database")

# Numbers and words that nothing else in a statement can be.
_ONE, _OTHER = 900000001, 900000002
_DOCUMENTS = {name: contract(name) for name in ("DiaryWeek", "ParentDashboard", "StudentCard")} | {
    "ClassJournal": contract("ClassJournal"),
    "Inbox": contract("Inbox"),
    "Recipients": contract("Recipients"),
    "node": "query ($id: ID!) { node(id: $id) { ... on Student { fullName phone } } }",
}


def _query(document: str) -> Query:
    parsed = parse(document)
    operation = parsed.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return Planner(GRAPHQL, most_objects=50_000).query(parsed, operation)


def _variables(number: int) -> Mapping[str, Any]:
    """The variables of all documents, as somebody would send them whose ids have this number."""
    return {
        **{name: gid("Student", number) for name in ("studentId", "id")},
        "classId": gid("SchoolClass", number),
        "subjectId": gid("Subject", number),
        "termId": gid("Term", number),
        "search": f"Тайна{number}",
        "from": f"2026-03-{number % 10:02}",
        "to": f"2026-03-{number % 10:02}",
        "first": number % 10,
    }


def _bound(request: Request, number: int, role: Role) -> list[Any]:
    """What is sent beside the statement for a person whose ids have this number."""
    midnight = datetime(2026, 3, 4, tzinfo=UTC)
    viewer = Viewer(number, number, number, frozenset({role}), date(2026, 3, 4), midnight)
    return request.plan.parameters.bound(Run(viewer, request.variables))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", _DOCUMENTS)
def test_two_persons_with_one_role_share_a_plan_that_names_neither(name: str, role: Role) -> None:
    query, relations = _query(_DOCUMENTS[name]), relations_of(frozenset({role}))
    one, other = (query.request(_variables(each), relations) for each in (_ONE, _OTHER))
    assert one.plan is other.plan
    for word in (*map(str, (_ONE, _OTHER)), "Тайна", "2026-03-0", gid("Student", _ONE)):
        assert word not in one.plan.sql
    # The control: whoever asks is told to the statement as a value.
    assert _ONE in _bound(one, _ONE, role)
    assert _OTHER in _bound(other, _OTHER, role)
    assert _ONE not in _bound(other, _OTHER, role)


def test_what_is_written_in_a_document_is_no_part_of_its_statement() -> None:
    klass, subject, term = (gid(each, _ONE) for each in ("SchoolClass", "Subject", "Term"))
    query = _query(
        f"""{{
            student(id: "{gid("Student", _ONE)}") {{ diary(from: "2026-03-01", to: "2026-03-01") {{
                date
            }} }}
            classJournal(classId: "{klass}", subjectId: "{subject}", termId: "{term}") {{
                rows {{ name }}
            }}
            viewer {{ messageRecipients(search: "Тайна'") {{ nodes {{ fullName }} }} }}
        }}"""
    )
    request = query.request({}, relations_of(frozenset(Role)))
    for word in (str(_ONE), "Тайна", "2026-03-01"):
        assert word not in request.plan.sql
    bound = _bound(request, _ONE, Role.HEAD)
    assert all(each in bound for each in (_ONE, "Тайна'", date(2026, 3, 1)))


async def test_one_document_tells_everybody_of_themselves(diary: Diary) -> None:
    klass = await (await a_school()).class_("7А")
    clients, children = [], []
    for _ in range(2):
        pupil, parent = await klass.pupil(), await a_person()
        await pupil.guardian(parent)
        clients.append(await signed_in(diary, parent))
        children.append({"children": [{"id": gid("Student", pupil.id)}]})
    for place in (0, 1, 0, 1, 1, 0):
        answer = await clients[place].send("{ viewer { children { id } } }")
        assert answer.data == {"viewer": children[place]}


def test_ids_of_types_that_are_not_make_no_plans() -> None:
    query = _query("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }")
    for number in range(100):
        ids = [gid(f"Nothing{number}x{place}", 1) for place in range(3)]
        query.request({"ids": ids}, relations_of(frozenset()))
    assert len(query.plans) == 1
