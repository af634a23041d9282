"""What a document may look like: each limit, its clear error, and its variable."""

import httpx
import pytest
from graphql import get_introspection_query, parse

from api.limits import Limits
from api.shape import excess
from tests.diary import Diary
from tests.factories import a_school
from tests.programs import serving
from tests.test_protocol import answered, error_of, subscribe


def _aliases(count: int) -> str:
    return f"{{ {' '.join(f'a{n}: __typename' for n in range(count))} }}"


def _directives(count: int) -> str:
    return f"{{ {' '.join(f'__typename @skip(if: false) {_OTHER}' for _ in range(count))} }}"


_OTHER = "... { __typename }"
_FIELDS = "fragment Fields on __Type { fields { description } }"


def _deep(levels: int) -> str:
    """`levels` fields within each other, by way of fragments that also stand at the top."""
    chain = "recentMarks(first: 0) { student { " * ((levels - 3) // 2)
    ends = "} } " * ((levels - 3) // 2)
    return (
        "{ viewer { children { ...Marks } } } "
        f"fragment Marks on Student {{ {chain} id {ends} }}"
    )


@pytest.mark.parametrize(
    ("document", "more", "message"),
    [
        (_aliases(100), _aliases(101), "The document has more than 100 aliases."),
        (_directives(50), _directives(51), "The document has more than 50 directives."),
        (_deep(25), _deep(27), "The document has more than 25 levels of fields."),
    ],
)
async def test_one_more_is_refused_over_http_and_over_sockets(
    diary: Diary, document: str, more: str, message: str
) -> None:
    parent = await diary.as_(await (await (await a_school()).class_("7А")).pupil())
    assert "errors" not in (await parent.send(document)).body
    refused = await parent.send(more)
    assert (set(refused.body), refused.codes) == ({"errors"}, ["BAD_USER_INPUT"])
    assert refused.body["errors"][0]["message"] == message
    [told] = await answered(diary.url, subscribe(more), count=1)
    assert error_of(told)[::2] == ("error", "BAD_USER_INPUT")
    assert told["payload"][0]["message"] == message


def test_a_limit_is_a_variable(database: str) -> None:
    with serving(DATABASE_URL=database, MAX_ALIASES="2") as program:
        told = [
            httpx.post(f"{program.url}/graphql", json={"query": _aliases(count)}).json()
            for count in (2, 3)
        ]
    assert "errors" not in told[0]
    assert told[1]["errors"][0]["message"] == "The document has more than 2 aliases."


def test_fragments_within_fragments_are_looked_at_a_few_times_and_no_more() -> None:
    """Each of many fragments spreads all that follow: there are 2**400 ways to the last one."""
    count = 400
    spreads = [
        f"fragment F{n} on Query {{ ...F{n + 1} ... on Query {{ ...F{n + 1} }} }}"
        for n in range(count)
    ]
    document = f"{{ ...F0 }} {' '.join(spreads)} fragment F{count} on Query {{ __typename }}"
    assert excess(parse(document), Limits(aliases=0, directives=0, depth=1)) is None
    nested = document.replace("__typename", "a { b { c } }")
    assert (
        excess(parse(nested), Limits(depth=2)) == "The document has more than 2 levels of fields."
    )


async def test_introspection_in_circles_is_refused(diary: Diary) -> None:
    circle = "{ __schema { types " + "{ fields { type " * 4 + "{ name }" + " } }" * 4 + " } }"
    answer = await diary.nobody.send(circle)
    assert (set(answer.body), answer.codes) == ({"errors"}, ["BAD_USER_INPUT"])
    assert answer.body["errors"][0]["message"] == "Maximum introspection depth exceeded"
    broad = "{ __schema { types { name fields { name type { name } } } } }"
    assert len(str((await diary.nobody.send(broad)).body)) < 200_000


@pytest.mark.parametrize(
    "document",
    [
        f"{{ {' '.join(f'a{n}: __schema {{ types {{ description }} }}' for n in range(90))} }}",
        f"{{ __schema {{ {' '.join(f'a{n}: types {{ description }}' for n in range(90))} }} }}",
        '{ a: __type(name: "Mutation") { name } b: __type(name: "Query") { name } }',
        "{ __schema { types { fields { type { fields { description } } } } } }",
        f"{{ __schema {{ types {{ ... {{ possibleTypes {{ ...Fields }} }} }} }} }} {_FIELDS}",
        "{ __schema { types { fields { args { type { inputFields { description } } } } } } }",
    ],
)
async def test_introspection_is_as_broad_as_its_standard_query(diary: Diary, document: str) -> None:
    message = (
        "The schema is asked for without aliases, and with no lists within lists but those of the "
        "standard query."
    )
    answer = await diary.nobody.send(document)
    assert (set(answer.body), answer.codes) == ({"errors"}, ["BAD_USER_INPUT"])
    assert answer.body["errors"][0]["message"] == message
    [told] = await answered(diary.url, subscribe(document), count=1)
    assert told["payload"][0]["message"] == message


async def test_the_standard_introspection_is_answered(diary: Diary) -> None:
    standard = get_introspection_query(input_value_deprecation=True, specified_by_url=True)
    assert set((await diary.nobody.send(standard)).data["__schema"]) > {"types", "directives"}
