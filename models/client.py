"""Tortoise's client of PostgreSQL, with connections and statements at hand."""

import asyncio
import sys
from collections import OrderedDict, deque
from collections.abc import Sequence
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.asyncpg.executor import AsyncpgExecutor
from tortoise.filters import search

from models import statements
from models.search import matches

MOST_STATEMENTS = 100
"""Statements that stay prepared over each connection, here and again in asyncpg itself."""


class AtHand:
    """A pool whose connections are kept at hand, and handed from one user to the next.

    To take one from asyncpg's pool and to give it back costs the processor 40 microseconds, as much
    as a small statement. One over which something went wrong goes to the pool, which looks after
    it.
    """

    def __init__(self, pool: asyncpg.Pool, most: int) -> None:
        self._pool = pool
        self._most = most
        # How many connections the pool has lent, those at hand among them.
        self._lent = 0
        self._is_closing = False
        self._connections: list[Any] = []
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self._prepared: dict[int, OrderedDict[str, Any]] = {}

    async def acquire(self) -> Any:
        """A connection that is open."""
        while self._connections:
            connection = self._connections.pop()
            if _is_open(connection):
                return connection
            self._forget(connection)
        if self._lent < self._most:
            return await self._lend()
        waiting: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            return await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled() and not waiting.exception():
                self._hand_over(waiting.result())
            raise

    async def release(self, connection: Any) -> None:
        """Take it back, for the next one who waits or for later."""
        if sys.exception() is None and _is_open(connection) and not self._is_closing:
            self._hand_over(connection)
            return
        self._forget(connection)
        await self._pool.release(connection)
        if self._waiting and self._lent < self._most:
            await self._serve_next()

    async def value(self, sql: str, values: Sequence[Any]) -> Any:
        """The first column of the statement's first row; the statement stays prepared."""
        connection = await self.acquire()
        try:
            return await self._value(connection, sql, values)
        finally:
            await self.release(connection)

    async def _value(self, connection: Any, sql: str, values: Sequence[Any]) -> Any:
        prepared = self._prepared.get(id(connection))
        if prepared is None:
            prepared = self._prepared[id(connection)] = OrderedDict()
        statement = prepared.get(sql)
        if statement is None:
            statement = prepared[sql] = await connection.prepare(sql)
            if len(prepared) > MOST_STATEMENTS:
                prepared.popitem(last=False)
        else:
            prepared.move_to_end(sql)
        try:
            return await statement.fetchval(*values)
        except (asyncpg.InvalidCachedStatementError, asyncpg.OutdatedSchemaCacheError):
            # The tables are not what they were when it was prepared.
            prepared.pop(sql, None)
            return await connection.fetchval(sql, *values)

    async def expire_connections(self) -> None:
        """Have all of them made anew before they are used again."""
        await self._give_back()
        await self._pool.expire_connections()

    async def close(self) -> None:
        """Close all; waits for whatever is in use."""
        # From now on none is kept: the pool's closing waits for all that it has lent.
        self._is_closing = True
        await self._give_back()
        await self._pool.close()

    def terminate(self) -> None:
        """Close all at once."""
        self._pool.terminate()

    async def _lend(self) -> Any:
        self._lent += 1
        try:
            return await self._pool.acquire()
        except BaseException:
            self._lent -= 1
            raise

    async def _serve_next(self) -> None:
        """Let the pool lend one to whoever waits, in place of one that went back."""
        try:
            self._hand_over(await self._lend())
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            if (waiting := self._next()) is not None:
                waiting.set_exception(error)

    def _hand_over(self, connection: Any) -> None:
        if (waiting := self._next()) is not None:
            waiting.set_result(connection)
        else:
            self._connections.append(connection)

    def _next(self) -> "asyncio.Future[Any] | None":
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                return waiting
        return None

    def _forget(self, connection: Any) -> None:
        self._lent -= 1
        self._prepared.pop(id(connection), None)

    async def _give_back(self) -> None:
        while self._connections:
            connection = self._connections.pop()
            self._forget(connection)
            await self._pool.release(connection)


class _Executor(AsyncpgExecutor):
    """Tortoise's own, but that words are looked for in any form."""

    @classmethod
    def get_overridden_filter_func(cls, filter_func: Any, filter_info: Any = None) -> Any:
        """What stands in the place of one of Tortoise's comparisons."""
        if filter_func is search:
            return matches
        return super().get_overridden_filter_func(filter_func, filter_info)


class Client(AsyncpgDBClient):
    """The client that `models.database` configures."""

    executor_class = _Executor

    async def create_pool(self, **options: Any) -> Any:
        """Make the pool."""
        return AtHand(await super().create_pool(**options), self.pool_maxsize)

    async def value(self, sql: str, values: Sequence[Any]) -> Any:
        """The first column of the first row of a statement that comes again and again."""
        statements.note()
        if self._pool is None:
            await self.create_connection(with_db=True)
        pool: Any = self._pool
        return await pool.value(sql, values)


def _is_open(connection: Any) -> bool:
    """Whether it may be used; one that was cut off has gone back to the pool by itself."""
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:
        return False


client_class = Client
