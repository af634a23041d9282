"""Whoever tries out ids finds nothing, and has to wait soon; nobody else has."""

from collections.abc import AsyncIterator

import httpx
import pytest

from access.lookups import MUST_WAIT, Lookups
from tests.diary import Client, Diary
from tests.factories import PASSWORD, a_school, gid
from tests.programs import serving

_BY_ID = "query ($id: ID!) { student(id: $id) { id } }"
_MANY = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"


@pytest.fixture(scope="module")
async def wary(database: str) -> AsyncIterator[Diary]:
    """Return a service that lets nobody miss more than ten times."""
    with serving(DATABASE_URL=database, MAX_LOOKUPS_OF_NOTHING="10") as program:
        async with httpx.AsyncClient(timeout=20) as http:
            yield Diary(program.url, http)


async def _ask(client: Client, document: str, planner: bool, **variables: object) -> dict:  # type: ignore[type-arg]
    body = {"query": document, "variables": variables, "extensions": {"planner": planner}}
    answer = await client.http.post(f"{client.url}/graphql", json=body, headers=client.headers)
    found: dict[str, object] = answer.json()
    return found


@pytest.mark.parametrize("planner", [True, False])
async def test_ids_are_not_tried_out(wary: Diary, planner: bool) -> None:
    klass = await (await a_school()).class_("7А")
    pupil, foreign = await klass.pupil(), await klass.pupil()
    client, other = await wary.as_(pupil), await wary.as_(foreign)
    for number in range(10):
        given = gid("Student", foreign.id if number % 2 else 2**40 + number)
        assert (await _ask(client, _BY_ID, planner, id=given))["data"] == {"student": None}
    for given in (gid("Student", foreign.id), gid("Student", pupil.id)):
        refused = await _ask(client, _BY_ID, planner, id=given)
        assert refused["errors"][0]["extensions"] == {"code": "TOO_MANY_REQUESTS"}
        assert "data" not in refused
    login = (await client.send("{ viewer { login } }")).data["viewer"]["login"]
    again = wary.nobody
    again.token = (await again.do("SignIn", login=login, password=PASSWORD))["session"][
        "accessToken"
    ]
    refused = await _ask(again, _BY_ID, planner, id=given)
    assert refused["errors"][0]["extensions"] == {"code": "TOO_MANY_REQUESTS"}
    own = gid("Student", foreign.id)
    assert (await _ask(other, _BY_ID, planner, id=own))["data"] == {"student": {"id": own}}


async def test_a_list_of_ids_is_counted_id_by_id(wary: Diary) -> None:
    client = await wary.as_(await (await a_school()).teacher())
    ids = [gid("Student", 2**40 + number) for number in range(10)]
    assert (await client.send(_MANY, ids=ids)).data == {"nodes": [None] * 10}
    assert (await client.send(_MANY, ids=ids[:1])).codes == ["TOO_MANY_REQUESTS"]


async def test_a_mutation_is_no_way_around_it(wary: Diary) -> None:
    client = await wary.as_(await (await a_school()).teacher())
    for number in range(10):
        given = {"lessonId": gid("Lesson", 2**40 + number), "studentId": gid("Student", 1)}
        payload = await client.do("RecordMark", **given, value=5)
        assert [each["code"] for each in payload["userErrors"]] == ["NOT_FOUND"]
    payload = await client.do("RecordMark", **given, value=5)
    [told] = payload["userErrors"]
    assert told == {"code": "TOO_MANY_ATTEMPTS", "message": MUST_WAIT, "field": None}
    [error] = (await client.send(_MANY, ids=[given["lessonId"]])).body["errors"]
    assert error["message"] == MUST_WAIT


def test_the_count_begins_anew_and_nobody_is_counted_for_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [0.0]
    monkeypatch.setattr("access.lookups.time.monotonic", lambda: clock[0])
    lookups = Lookups(3)
    lookups.miss(1, 2)
    lookups.miss(None, 9)
    assert not lookups.are_over(1)
    lookups.miss(1)
    assert [lookups.are_over(each) for each in (1, 2, None)] == [True, False, False]
    clock[0] = 600.0
    assert not lookups.are_over(1)
