"""Limits of a document: tokens, depth, objects, and work that grows no faster than the text."""

import sys
from collections.abc import AsyncIterator
from contextlib import contextmanager
from typing import Any, cast

import httpx
import pytest

from access.throttle import Throttle
from access.tokens import TokenSigner
from api.limits import DEFAULTS
from api.operation import COST_LIMIT
from api.schema import make_schema
from planner.document import VALUES_OF_AN_OBJECT
from schema.context import Context, Services
from tests.diary import Answer, Client, Diary, contract
from tests.factories import a_school
from tests.programs import serving
from tests.sessions import signed_in

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(scope="module")
async def diary(database: str) -> AsyncIterator[Diary]:
    """A service that lets documents be as wide and deep as it takes to touch much."""
    with serving(DATABASE_URL=database, MAX_ALIASES="2000", MAX_DEPTH="100") as program:
        async with httpx.AsyncClient(timeout=20) as http:
            yield Diary(program.url, http)


@pytest.fixture(scope="module")
async def parent(diary: Diary) -> Client:
    """A guardian of one pupil who has one mark."""
    klass = await (await a_school()).class_("7А")
    pupil = await klass.pupil()
    await (await (await klass.section("Алгебра")).lesson()).mark(pupil, 5)
    return await signed_in(diary, await pupil.guardian())


@pytest.fixture(scope="module")
async def pupil(diary: Diary) -> Client:
    return await signed_in(diary, await (await (await a_school()).class_("7А")).pupil())


def _too_costly(answer: Answer, limit: int = COST_LIMIT) -> int:
    """How many objects the refused document was counted to touch."""
    [error] = answer.body["errors"]
    assert (set(answer.body), error["extensions"]) == ({"errors"}, {"code": "BAD_USER_INPUT"})
    cost = int(error["message"].split()[4])
    assert error["message"] == f"The document may touch {cost} objects; {limit} is the limit."
    return cost


def _doubled(levels: int) -> str:
    """Fragments that spread the next one twice each: 2**levels paths, but few fields."""
    spreads = "".join(
        f" fragment F{level} on Student {{ id ...F{level + 1} ...F{level + 1} }}"
        for level in range(levels)
    )
    return (
        f"{{ viewer {{ children {{ ...F0 }} }} }}{spreads}"
        f" fragment F{levels} on Student {{ fullName }}"
    )


def _branching(levels: int, first: int, leaf: str = "id") -> str:
    """Fragments that ask for the next one under two names each: 2**levels different paths."""
    page = f"recentMarks(first: {first})"
    branches = "".join(
        f" fragment F{level} on Student {{"
        + "".join(f" {name}: {page} {{ student {{ ...F{level + 1} }} }}" for name in "ab")
        + " }"
        for level in range(levels)
    )
    return (
        f"{{ viewer {{ children {{ ...F0 }} }} }}{branches}"
        f" fragment F{levels} on Student {{ {leaf} }}"
    )


async def test_fragments_spread_twice_are_answered_once(parent: Client) -> None:
    [child] = (await parent.send(_doubled(18))).data["viewer"]["children"]
    assert set(child) == {"id", "fullName"}


@contextmanager
def _counting() -> Any:
    """Count calls of Python functions, which is the work of a document without its clock."""
    calls = [0]

    def count(_frame: object, event: str, _argument: object) -> None:
        calls[0] += event == "call"

    former = sys.getprofile()
    sys.setprofile(count)
    try:
        yield calls
    finally:
        sys.setprofile(former)


async def _work(document: str, client: Client) -> int:
    schema = make_schema(introspection=False)
    nobody_is_told = cast("Any", None)
    services = Services(TokenSigner("s" * 32), Throttle("s"), nobody_is_told, nobody_is_told)
    context = Context(services, "request-0001", "", "", client.headers["Authorization"])
    with _counting() as calls:
        result = await schema.execute(document, context_value=context)
    assert result.errors is None or result.data is not None
    return int(calls[0])


async def test_work_grows_with_the_text_and_not_with_the_paths(
    parent: Client, pupil: Client
) -> None:
    for client in (parent, pupil):
        await _work(_doubled(2), client)
        half, whole = [await _work(_doubled(levels), client) for levels in (9, 18)]
        assert whole < 2.5 * half


@pytest.mark.parametrize("first", [0, 1, 50])
async def test_branching_fragments_are_counted_before_they_are_walked(
    parent: Client, first: int
) -> None:
    # A level is two pages of `first` marks (one at least), each with its pupil.
    cost = 0
    for _ in range(18):
        cost = 2 * max(first, 1) * (1 + 1 + cost)
    # The viewer, and three children as expected.
    assert _too_costly(await parent.send(_branching(18, first))) == 1 + 3 * (1 + cost)


async def test_refusals_are_told_by_the_hundred_at_the_most(pupil: Client) -> None:
    answer = await pupil.send(_branching(9, 0, "snils"))
    assert answer.codes == ["FORBIDDEN"] * 100
    assert len(str(answer.body)) < 200_000
    few = await pupil.send(_branching(2, 0, "snils"))
    assert few.refused == [
        ("FORBIDDEN", f"viewer.children.{one}.student.{two}.student.snils")
        for one in "ab"
        for two in "ab"
    ]


@pytest.mark.parametrize(("is_signed_in", "limit"), [(True, COST_LIMIT), (False, COST_LIMIT // 50)])
async def test_an_alias_flood_is_refused(
    diary: Diary, parent: Client, *, is_signed_in: bool, limit: int
) -> None:
    # 20 municipalities of 10 settlements of 2 institutions are expected.
    tree, objects = "municipalities { settlements { schools { id } } }", 20 * (1 + 10 * (1 + 2))
    client, most = parent if is_signed_in else diary.nobody, limit // objects

    def flood(many: int) -> str:
        return "{" + " ".join(f"a{place}: {tree}" for place in range(many)) + "}"

    assert "errors" not in (await client.send(flood(most))).body
    too_much = flood(most + 1)
    async with client.socket() as socket:
        await socket.subscribe(too_much)
        over_socket = Answer({"errors": (await socket.receive())["payload"]}, 200)
    for answer in (await client.send(too_much), await client.send_unplanned(too_much), over_socket):
        assert _too_costly(answer, limit) == (most + 1) * objects


@pytest.mark.parametrize(
    ("tree", "values"),
    [
        # A key counts once for each begun sixteen characters, and once for each of its objects.
        ("settlements {{ {key}: id }}", [(16, 20 * 10), (3_200, 20 * 10 * 200)]),
        ("{key}: settlements {{ id }}", [(16, 20 * 10), (16_000, 20 * (10 + 999))]),
    ],
)
async def test_a_long_key_counts_as_several_values(
    diary: Diary, tree: str, values: list[tuple[int, int]]
) -> None:
    most = COST_LIMIT // 50 * VALUES_OF_AN_OBJECT
    (short, few), (long, many) = values
    assert few <= most < many
    taken, refused = [
        f"{{ municipalities {{ {tree.format(key='k' * length)} }} }}" for length in (short, long)
    ]
    assert "errors" not in (await diary.nobody.send(taken)).body
    told = f"The document may touch {many} values; {most} is the limit."
    for answer in (await diary.nobody.send(refused), await diary.nobody.send_unplanned(refused)):
        assert [each["message"] for each in answer.body["errors"]] == [told]


async def test_who_signs_in_sees_the_tree_of_the_region(diary: Diary) -> None:
    answer = await diary.nobody.ask("SignInDirectory")
    assert (answer.codes, set(answer.data)) == ([], {"municipalities"})
    unplanned = await diary.nobody.send_unplanned(contract("SignInDirectory"))
    assert unplanned.body == answer.body


async def test_a_cycle_of_lists_is_refused(parent: Client) -> None:
    document = "{ viewer { children { %s id %s } } }"
    page = "recentMarks(first: 50) { student { "
    assert _too_costly(await parent.send(document % (page * 3, "} } " * 3))) == 1 + 3 * (
        1 + 50 * (2 + 50 * (2 + 50 * 2))
    )
    assert "errors" not in (await parent.send(document % (page * 1, "} } "))).body


@pytest.mark.parametrize(
    ("variables", "declared"),
    [({"n": 50}, "$n: Int!"), ({}, "$n: Int! = 50")],
)
async def test_a_page_is_counted_by_its_variable(
    parent: Client, variables: dict[str, int], declared: str
) -> None:
    page = "recentMarks(first: $n) { student { "
    document = f"query ({declared}) {{ viewer {{ children {{ {page * 3} id {'} } ' * 3} }} }} }}"
    cost = 1 + 3 * (1 + 50 * (2 + 50 * (2 + 50 * 2)))
    assert _too_costly(await parent.send(document, **variables)) == cost
    small = await parent.send(document, n=1)
    assert small.data["viewer"]["children"][0]["recentMarks"][0]["student"]["recentMarks"]


async def test_what_is_left_out_is_not_counted(parent: Client) -> None:
    page = "recentMarks(first: 50) { student { "
    inner = f"{page * 3} id {'} } ' * 3}"
    document = (
        "query ($all: Boolean!) { viewer { children { id "
        f"... on Student @include(if: $all) {{ {inner} }} }} }} }}"
    )
    assert _too_costly(await parent.send(document, all=True)) > COST_LIMIT
    [child] = (await parent.send(document, all=False)).data["viewer"]["children"]
    assert set(child) == {"id"}


async def test_a_document_has_a_limit_of_tokens(diary: Diary) -> None:
    def document(tokens: int) -> str:
        named = " ".join(f"a{place}: __typename" for place in range(tokens // 3 - 1))
        return "{" + named + " __typename" * (tokens - 2 - 3 * (tokens // 3 - 1)) + "}"

    assert (await diary.nobody.send(document(DEFAULTS.tokens))).data["a664"] == "Query"
    answer = await diary.nobody.send(document(DEFAULTS.tokens + 1))
    assert (set(answer.body), answer.codes) == ({"errors"}, ["BAD_USER_INPUT"])
    assert answer.body["errors"][0]["message"] == (
        "Syntax Error: Document contains more than 2000 tokens. Parsing aborted."
    )


async def test_one_operation_of_many_is_counted_and_it_is_the_one_that_runs(
    diary: Diary, parent: Client
) -> None:
    page = "recentMarks(first: 50) { student { "
    costly = f"query Costly {{ viewer {{ children {{ {page * 3} id {'} } ' * 3} }} }} }}"
    document = f"{costly} query Cheap {{ __typename }}"
    for name in ("Cheap", "Costly"):
        body = {"query": document, "operationName": name}
        given = await diary.http.post(f"{diary.url}/graphql", json=body, headers=parent.headers)
        answer = Answer(given.json(), given.status_code)
        if name == "Cheap":
            assert answer.data == {"__typename": "Query"}
        else:
            assert _too_costly(answer) > COST_LIMIT


def _wide(many: int) -> str:
    return " ".join(f"l{place}: fullName" for place in range(many))


async def test_values_are_counted_too(parent: Client) -> None:
    # Three children are expected, each with fifty marks, and a pupil for each mark.
    def document(pages: int) -> str:
        page = "recentMarks(first: 50) { student { ...W } }"
        asked = " ".join(f"a{place}: {page}" for place in range(pages))
        wide = f"fragment W on Student {{ {_wide(600)} }}"
        return f"{{ viewer {{ children {{ {asked} }} }} }} {wide}"

    assert "errors" not in (await parent.send(document(2))).body
    [error] = (await parent.send(document(3))).body["errors"]
    assert error["message"] == "The document may touch 270000 values; 200000 is the limit."


async def test_what_python_has_to_resolve_may_be_less(parent: Client) -> None:
    page = f"viewer {{ children {{ recentMarks(first: 50) {{ student {{ {_wide(500)} }} }} }} }}"
    assert "errors" not in (await parent.send(f"{{ {page} }}")).body
    # A wrong argument is told by the generic resolvers.
    [error] = (await parent.send(f'{{ {page} node(id: "?") {{ id }} }}')).body["errors"]
    assert error["message"] == (
        "The document asks for so much that none of its arguments may be wrong."
    )
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_what_is_looked_for_is_short(parent: Client) -> None:
    document = "query ($s: String!) { viewer { messageRecipients(search: $s) { totalCount } } }"
    answer = await parent.send(document, s="%_" * 60_000)
    assert (answer.codes, answer.partial["viewer"]) == (["BAD_USER_INPUT"], None)
    assert "errors" not in (await parent.send(document, s="%_" * 100)).body


async def test_what_is_looked_through_is_counted(parent: Client) -> None:
    pages = " ".join(f'a{n}: messageRecipients(search: "0") {{ totalCount }}' for n in range(40))
    answer = await parent.send(f"{{ viewer {{ {pages} }} }}")
    assert _too_costly(answer) == 1 + 40 * (20 + 1500)
