"""Connections to PostgreSQL that are kept at hand, with the statements prepared over them."""

import asyncio
import sys
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import asyncpg

from errors import Busy, Unavailable
from models.outages import UNREACHABLE, is_open, outage

MOST_STATEMENTS = 100
"""Statements that stay prepared over each connection, here and again in asyncpg itself."""
MOST_WAITING = 1_000
"""How many may wait for a connection; whoever comes then is refused at once."""
WAIT_SECONDS = 3.0
"""How long whoever asks waits for a connection that is in use, or for a new one."""
_GIVE_BACK_SECONDS = 1.0


class AtHand:
    """A pool whose connections are kept at hand, and handed from one user to the next.

    To take one from asyncpg's pool and to give it back costs the processor 40 microseconds, as much
    as a small statement. One over which something went wrong goes to the pool, which looks after
    it.
    """

    def __init__(self, pool: asyncpg.Pool, most: int, *, patience: float = WAIT_SECONDS) -> None:
        self._pool = pool
        self._most = most
        self._patience = patience
        # How many connections the pool has lent, those at hand among them.
        self._lent = 0
        self._is_closing = False
        self._connections: list[Any] = []
        self._waiting: OrderedDict[asyncio.Future[Any], None] = OrderedDict()
        self._replacing: set[asyncio.Task[None]] = set()
        self._prepared: dict[int, OrderedDict[str, Any]] = {}

    async def acquire(self) -> Any:
        """A connection that is open.

        Raises Unavailable where none can be made, and Busy where all are in use and none comes
        back in time, or where too many wait for that already.
        """
        while self._connections:
            connection = self._connections.pop()
            if is_open(connection):
                return connection
            self._forget(connection)
        if self._lent < self._most:
            return await self._lend()
        return await self._wait()

    async def release(self, connection: Any) -> None:
        """Take it back, for the next one who waits or for later."""
        if sys.exception() is None and is_open(connection) and not self._is_closing:
            self._hand_over(connection)
            return
        self._forget(connection)
        try:
            # asyncpg ends it where it takes too long: a server that is stuck answers nothing.
            with suppress(*UNREACHABLE):
                await self._pool.release(connection, timeout=_GIVE_BACK_SECONDS)
        finally:
            self._replace()

    async def value(self, sql: str, values: Sequence[Any]) -> Any:
        """The first column of the statement's first row; the statement stays prepared."""
        return await self._sent("fetchval", sql, values)

    async def rows(self, sql: str, values: Sequence[Any]) -> Any:
        """The statement's rows; it stays prepared."""
        return await self._sent("fetch", sql, values)

    async def _sent(self, how: str, sql: str, values: Sequence[Any]) -> Any:
        connection = await self.acquire()
        try:
            return await self._sent_over(connection, how, sql, values)
        except Exception as error:
            if (found := outage(error, connection)) is not None:
                raise found from error
            raise
        finally:
            await self.release(connection)

    async def _sent_over(self, connection: Any, how: str, sql: str, values: Sequence[Any]) -> Any:
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
            return await getattr(statement, how)(*values)
        except (asyncpg.InvalidCachedStatementError, asyncpg.OutdatedSchemaCacheError):
            # The tables are not what they were when it was prepared.
            prepared.pop(sql, None)
            return await getattr(connection, how)(sql, *values)

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
            return await self._pool.acquire(timeout=self._patience)
        except BaseException as error:
            self._lent -= 1
            if not isinstance(error, UNREACHABLE):
                self._replace()
                raise
            if not self._lent:
                # Nobody is left who could hand one over.
                self._refuse_all(error)
            raise Unavailable from error

    async def _wait(self) -> Any:
        """A connection that somebody else gives back."""
        if len(self._waiting) >= MOST_WAITING:
            raise Busy
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Any] = loop.create_future()
        self._waiting[waiting] = None
        timer = loop.call_later(self._patience, _give_up, waiting)
        try:
            connection = await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled() and not waiting.exception():
                self._hand_over(waiting.result())
            raise
        finally:
            timer.cancel()
            self._waiting.pop(waiting, None)
        if is_open(connection):
            return connection
        self._forget(connection)
        return await self.acquire()

    def _replace(self) -> None:
        """Have the pool lend one to whoever waits, in place of one that went back."""
        if self._waiting and self._lent < self._most:
            task = asyncio.create_task(self._serve_next())
            self._replacing.add(task)
            task.add_done_callback(self._replacing.discard)

    async def _serve_next(self) -> None:
        if self._waiting and self._lent < self._most:
            with suppress(Unavailable):
                self._hand_over(await self._lend())

    def _hand_over(self, connection: Any) -> None:
        if (waiting := self._next()) is not None:
            waiting.set_result(connection)
        else:
            self._connections.append(connection)

    def _refuse_all(self, reason: BaseException) -> None:
        while (waiting := self._next()) is not None:
            refusal = Unavailable()
            refusal.__cause__ = reason
            waiting.set_exception(refusal)

    def _next(self) -> "asyncio.Future[Any] | None":
        while self._waiting:
            waiting, _ = self._waiting.popitem(last=False)
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


def _give_up(waiting: "asyncio.Future[Any]") -> None:
    if not waiting.done():
        waiting.set_exception(Busy())
