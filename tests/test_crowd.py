"""How many sockets and streams a session may have, and that a place is free again after it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest

from tests.diary import Client, Diary
from tests.factories import a_school
from tests.programs import serving
from tests.test_protocol import (
    ACK,
    HEARING,
    closed,
    complete,
    error_of,
    heard,
    opened,
    subscribe,
    tell,
)
from tests.test_protocol import next_ as told_next

_SEEN = {"data": {"__typename": "Query"}}


@pytest.fixture(scope="module")
async def narrow(database: str) -> AsyncIterator[Diary]:
    """Return a service with little room."""
    room = {"MAX_SOCKETS_PER_SESSION": "2", "MAX_SUBSCRIPTIONS_PER_SESSION": "3"}
    with serving(DATABASE_URL=database, **room) as program:
        async with httpx.AsyncClient(timeout=20) as http:
            yield Diary(program.url, http)


async def _teacher(diary: Diary) -> Client:
    return await diary.as_(await (await a_school()).teacher())


async def test_a_socket_too_many_is_closed_and_the_others_go_on(narrow: Diary) -> None:
    one, other = await _teacher(narrow), await _teacher(narrow)
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(one.socket())
        await stack.enter_async_context(one.socket())
        async with opened(narrow.url) as connection:
            await tell(connection, {"type": "connection_init", "payload": one.headers})
            assert await closed(connection) == ([], 4429)
            assert connection.close_reason == "At most 2 sockets of one session."
        await stack.enter_async_context(other.socket())
        await first.settled()
    async with one.socket() as again:
        await again.settled()


async def test_a_stream_too_many_is_refused_over_all_sockets_of_the_session(narrow: Diary) -> None:
    one = await _teacher(narrow)
    async with one.socket() as first, one.socket() as second:
        await tell(first.connection, subscribe(HEARING, "a"), subscribe(HEARING, "b"))
        await tell(second.connection, subscribe(HEARING, "c"), {"type": "ping"})
        assert await heard(second.connection) == [{"type": "pong"}]
        await tell(first.connection, subscribe("{ __typename }", "d"))
        [refused] = await heard(first.connection)
        assert error_of(refused) == ("error", "d", "BAD_USER_INPUT")
        await tell(first.connection, complete("a"), subscribe("{ __typename }", "e"))
        assert await heard(first.connection, 2) == [told_next(_SEEN, "e"), complete("e")]


async def test_who_is_not_signed_in_is_counted_by_the_address(narrow: Diary) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(2):
            connection = await stack.enter_async_context(opened(narrow.url))
            await tell(connection, {"type": "connection_init"})
            assert await heard(connection) == [ACK]
        async with opened(narrow.url) as third:
            await tell(third, {"type": "connection_init"})
            assert await closed(third) == ([], 4429)
