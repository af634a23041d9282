"""Connections that are kept at hand between statements."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from tortoise.connection import get_connection
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

from errors import Busy, Interrupted, Unavailable
from models import at_hand
from models.at_hand import AtHand
from models.client import Client
from models.connection import Connection
from models.database import config

pytestmark = pytest.mark.usefixtures("database")

_ASK = "SELECT pg_backend_pid()"


@pytest.fixture
async def client() -> Any:
    """The client with nothing at hand."""
    found: Any = get_connection("default")
    await _backend(found)
    await found._pool.expire_connections()  # noqa: SLF001  # it has no public name
    return found


async def _backend(client: Any) -> int:
    """The server process behind the connection that the next statement takes."""
    found = await client.execute_query_dict(_ASK)
    number: int = found[0]["pg_backend_pid"]
    return number


async def test_one_statement_after_the_other_takes_the_same_connection(client: Any) -> None:
    assert await _backend(client) == await _backend(client)


async def test_a_transaction_takes_what_is_at_hand(client: Any) -> None:
    before = await _backend(client)
    async with in_transaction() as connection:
        assert await _backend(connection) == before
    assert await _backend(client) == before


async def test_after_a_mistake_the_pool_looks_after_the_connection(client: Any) -> None:
    before = await _backend(client)
    with pytest.raises(OperationalError):
        await client.execute_query_dict("SELECT 1 / nothing")
    # It is the pool's now, and sound: it is lent again.
    assert await _backend(client) == before


async def test_one_that_was_cut_off_is_not_used_again(client: Any, database: str) -> None:
    before = await _backend(client)
    other = await asyncpg.connect(database)
    try:
        await other.execute("SELECT pg_terminate_backend($1, 5000)", before)
    finally:
        await other.close()
    assert await _backend(client) != before


async def test_whoever_waits_gets_what_comes_back(client: Any) -> None:
    """All connections are in use: one that comes back is not kept while others wait."""
    busy = [client.execute_query_dict("SELECT pg_sleep(0.05)") for _ in range(40)]
    async with asyncio.timeout(5):
        await asyncio.gather(*busy)


async def test_closing_waits_for_nothing_that_is_at_hand(database: str) -> None:
    pool = AtHand(await asyncpg.create_pool(database, min_size=1, max_size=2), 2)
    await pool.release(await pool.acquire())
    async with asyncio.timeout(5):
        await pool.close()


async def test_closing_waits_for_what_is_in_use(database: str) -> None:
    pool = AtHand(await asyncpg.create_pool(database, min_size=1, max_size=2), 2)
    connection = await pool.acquire()
    closing = asyncio.create_task(pool.close())
    await asyncio.sleep(0)
    assert await connection.fetchval("SELECT 1") == 1
    await pool.release(connection)
    async with asyncio.timeout(5):
        await closing


async def test_one_that_went_back_broken_is_replaced_for_whoever_waits(database: str) -> None:
    pool = AtHand(await asyncpg.create_pool(database, min_size=1, max_size=1), 1)
    connection = await pool.acquire()
    waiting = asyncio.create_task(pool.acquire())
    await asyncio.sleep(0)
    connection.terminate()
    await pool.release(connection)
    async with asyncio.timeout(5):
        other = await waiting
        assert await other.fetchval("SELECT 1") == 1
        await pool.release(other)
        await pool.close()


async def test_who_gave_up_waiting_takes_nothing_away(database: str) -> None:
    pool = AtHand(await asyncpg.create_pool(database, min_size=1, max_size=1), 1)
    connection = await pool.acquire()
    waiting = [asyncio.create_task(pool.acquire()) for _ in range(2)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await pool.release(connection)
    async with asyncio.timeout(5):
        assert await waiting[1] is connection
        await pool.release(connection)
        await pool.close()


class _Pool:
    """asyncpg's pool over a network that may be away."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self.is_away = False
        self.release, self.close = pool.release, pool.close

    async def acquire(self, *, timeout: float) -> Any:  # noqa: ASYNC109  # as asyncpg has it
        if self.is_away:
            await asyncio.sleep(0)
            raise ConnectionRefusedError
        return await self._pool.acquire(timeout=timeout)


@asynccontextmanager
async def a_pool(database: str, most: int, **options: Any) -> AsyncIterator[tuple[AtHand, _Pool]]:
    async with asyncio.timeout(10):
        network = _Pool(await asyncpg.create_pool(database, min_size=1, max_size=most))
        asyncpgs: Any = network
        pool = AtHand(asyncpgs, most, **options)
        yield pool, network
        await pool.close()


async def test_all_who_wait_learn_that_no_connection_can_be_made(database: str) -> None:
    async with a_pool(database, 2) as (pool, network):
        used = [await pool.acquire(), await pool.acquire()]
        waiting = [asyncio.create_task(pool.acquire()) for _ in range(3)]
        await asyncio.sleep(0)
        network.is_away = True
        for each in used:
            each.terminate()
        await pool.release(used[0])
        assert not any(each.done() for each in waiting)
        await pool.release(used[1])
        told = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(each) for each in told] == [Unavailable] * 3


async def test_who_waits_is_served_by_those_who_still_have_one(database: str) -> None:
    async with a_pool(database, 2) as (pool, network):
        broken, sound = await pool.acquire(), await pool.acquire()
        waiting = [asyncio.create_task(pool.acquire()) for _ in range(2)]
        await asyncio.sleep(0)
        network.is_away = True
        broken.terminate()
        await pool.release(broken)
        await pool.release(sound)
        assert await waiting[0] is sound
        network.is_away = False
        sound.terminate()
        await pool.release(sound)
        await pool.release(await waiting[1])


async def test_who_waits_for_one_that_others_try_in_vain_to_make_learns_of_it(
    database: str,
) -> None:
    async with a_pool(database, 1) as (pool, network):
        network.is_away = True
        trying = [asyncio.create_task(pool.acquire()) for _ in range(3)]
        told = await asyncio.gather(*trying, return_exceptions=True)
        assert [type(each) for each in told] == [Unavailable] * 3
        network.is_away = False
        await pool.release(await pool.acquire())


async def test_nobody_waits_long_for_a_connection(database: str) -> None:
    async with a_pool(database, 1, patience=0.05) as (pool, _):
        used = await pool.acquire()
        with pytest.raises(Busy):
            await pool.acquire()
        await pool.release(used)
        assert await pool.acquire() is used
        await pool.release(used)


async def test_one_too_many_does_not_wait(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_hand, "MOST_WAITING", 2)
    async with a_pool(database, 1) as (pool, _):
        used = await pool.acquire()
        waiting = [asyncio.create_task(pool.acquire()) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await pool.acquire()
        await pool.release(used)
        for each in waiting:
            await pool.release(await each)


async def test_a_transaction_that_does_not_begin_keeps_no_connection(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client: Any = connections_of(database)
    begun: list[Any] = []

    async def broken(transaction: Any) -> None:
        begun.append(transaction)
        raise ConnectionResetError

    monkeypatch.setattr(asyncpg.transaction.Transaction, "start", broken)
    for _ in range(5):
        with pytest.raises(Interrupted):
            async with client._in_transaction():  # noqa: SLF001  # as in_transaction does
                raise AssertionError
    assert len(begun) == 5
    assert await _backend(client)
    await client.close()


def connections_of(database: str) -> Any:
    """A client of its own with two connections."""
    credentials = config(database, max_size=2)["connections"]["default"]["credentials"]
    return Client(connection_name="two", **credentials)


async def test_a_statement_survives_a_change_of_its_tables(client: Any) -> None:
    await client.execute_script("CREATE TABLE changing (a int); INSERT INTO changing VALUES (1)")
    try:
        assert await client.value("SELECT changing FROM changing", []) == (1,)
        await client.execute_script("ALTER TABLE changing ADD b int DEFAULT 2")
        assert await client.value("SELECT changing FROM changing", []) == (1, 2)
    finally:
        await client.execute_script("DROP TABLE changing")


async def test_what_postgresql_itself_has_is_asked_for_once_a_process(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Connection, "_known", {})
    asked: list[list[int]] = []
    ask = asyncpg.Connection._introspect_types  # noqa: SLF001  # it has no public name

    async def noted(self: Any, types: Any, timeout: Any) -> Any:  # noqa: ASYNC109  # as asyncpg has it
        asked.append(list(types))
        return await ask(self, types, timeout)

    monkeypatch.setattr(asyncpg.Connection, "_introspect_types", noted)
    for _ in range(2):
        connection = await asyncpg.connect(database, connection_class=Connection)
        try:
            await connection.execute("CREATE TYPE pg_temp.pair AS (a int, b int)")
            assert await connection.fetchval("SELECT $1::bigint[]", [1, 2]) == [1, 2]
            assert await connection.fetchval("SELECT (1, 2)::pg_temp.pair") == (1, 2)
        finally:
            await connection.close()
    arrays = [each for each in asked if each == [1016]]
    assert (len(arrays), len(asked)) == (1, 3), "a type of this database is asked for each time"
