"""Connections from end to end: each page is asked for with the cursor that the former one gave."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.properties.asking import ask_both
from tests.properties.documents import Request
from tests.properties.people import Person
from tests.properties.world import World

_DOCUMENT = """query ($first: Int, $after: String, $last: Int, $before: String) {
    viewer { page: %s(%sfirst: $first, after: $after, last: $last, before: $before) {
        totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { cursor node { id } }
    } }
}"""
_CONNECTIONS = {"inbox": "", "messageRecipients": 'search: "", '}


def _person(world: World, login: str) -> Person:
    return next(each for each in world.people if each.login == login)


async def _page(world: World, person: Person, name: str, **window: Any) -> Any:
    request = Request(person, _DOCUMENT % (name, _CONNECTIONS[name]), window, None)
    planned, _ = await ask_both(world, request)
    return planned.body["data"]["viewer"]["page"]


async def _forward(world: World, person: Person, name: str, size: int) -> AsyncIterator[Any]:
    page: Any = {"pageInfo": {"hasNextPage": True, "endCursor": None}}
    while page["pageInfo"]["hasNextPage"]:
        after = page["pageInfo"]["endCursor"]
        page = await _page(world, person, name, first=size, after=after)
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        yield page


async def _backward(world: World, person: Person, name: str, size: int) -> AsyncIterator[Any]:
    page: Any = {"pageInfo": {"hasPreviousPage": True, "startCursor": None}}
    while page["pageInfo"]["hasPreviousPage"]:
        before = page["pageInfo"]["startCursor"]
        page = await _page(world, person, name, last=size, before=before)
        assert page["pageInfo"]["hasNextPage"] is (before is not None)
        yield page


@pytest.mark.parametrize("size", [7, 100])
@pytest.mark.parametrize("name", _CONNECTIONS)
@pytest.mark.parametrize("login", ["parent.one", "deputy.one", "student.one", "support"])
async def test_pages_from_either_end_make_the_whole_list(
    world: World, login: str, name: str, size: int
) -> None:
    person = _person(world, login)
    there = [page async for page in _forward(world, person, name, size)]
    back = [page async for page in _backward(world, person, name, size)]
    edges = [edge for page in there for edge in page["edges"]]
    assert edges == [edge for page in reversed(back) for edge in page["edges"]]
    assert {page["totalCount"] for page in (*there, *back)} == {str(len(edges))}
    assert len({edge["cursor"] for edge in edges}) == len(edges)


async def test_some_of_these_lists_have_several_pages(world: World) -> None:
    for login, name in (("parent.one", "inbox"), ("deputy.one", "messageRecipients")):
        page = await _page(world, _person(world, login), name, first=3)
        assert page["pageInfo"]["hasNextPage"] is True
