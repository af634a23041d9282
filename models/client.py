"""Tortoise's client of PostgreSQL: connections at hand, and outages told from mistakes."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.asyncpg.executor import AsyncpgExecutor
from tortoise.backends.base.client import TransactionContextPooled
from tortoise.connection import get_connections
from tortoise.filters import search

from errors import Deadlocked, OutcomeUnknown, Unavailable
from models import statements
from models.at_hand import AtHand
from models.connection import Connection
from models.outages import UNREACHABLE, is_open, outage
from models.search import matches
from models.together import Row, Together

_ROLLBACK_SECONDS = 1.0


class _Executor(AsyncpgExecutor):
    """Tortoise's own, but that words are looked for in any form."""

    @classmethod
    def get_overridden_filter_func(cls, filter_func: Any, filter_info: Any = None) -> Any:
        """What stands in the place of one of Tortoise's comparisons."""
        if filter_func is search:
            return matches
        return super().get_overridden_filter_func(filter_func, filter_info)


class _Honest(AsyncpgDBClient):
    """Statements raise an Outage where the database gave no answer."""

    async def _translate_exceptions(self, func: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await super()._translate_exceptions(func, *args, **kwargs)
        except Exception as error:
            if (found := outage(error, self._connection)) is not None:
                raise found from error
            raise


class Client(_Honest):
    """The client that `models.database` configures."""

    executor_class = _Executor

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._together: dict[str, Together] = {}

    async def create_pool(self, **options: Any) -> Any:
        """Make the pool."""
        options["connection_class"] = Connection
        try:
            return AtHand(await super().create_pool(**options), self.pool_maxsize)
        except asyncpg.InvalidCatalogNameError:
            raise
        except UNREACHABLE as error:
            raise Unavailable from error

    async def value(self, sql: str, values: Sequence[Any]) -> Any:
        """The first column of the first row of a statement that comes again and again.

        Raises Outage.
        """
        statements.note()
        pool = await self._at_hand()
        return await pool.value(sql, values)

    async def rows_of(self, key: int, sql: str) -> Sequence[Row]:
        """A key's rows of a statement that takes an array of keys and gives them as first column.

        Whoever asks the same while it is under way is answered by the next one, with all who wait
        by then. There must be few such statements. Raises Outage.
        """
        statements.note()
        together = self._together.get(sql)
        if together is None:
            together = self._together[sql] = Together(partial(self._rows_of_all, sql))
        return await together.of(key)

    async def _rows_of_all(self, sql: str, keys: Sequence[int]) -> Sequence[Row]:
        pool = await self._at_hand()
        rows: Sequence[Row] = await pool.rows(sql, [keys])
        return rows

    async def _at_hand(self) -> AtHand:
        if self._pool is None:
            await self.create_connection(with_db=True)
        pool: Any = self._pool
        made: AtHand = pool
        return made

    def _in_transaction(self) -> TransactionContextPooled:
        return _Surroundings(_Transaction(self), self._pool_init_lock)


class _Transaction(_Honest, TransactionWrapper):
    """A transaction that says whether it is known what became of it."""

    async def commit(self) -> None:
        """Commit; raises OutcomeUnknown where it may have been done or not."""
        try:
            await super().commit()
        except Exception as error:
            found = outage(error, self._connection)
            if found is None:
                raise
            self._finalized = True
            # Over a connection that was closed before, nothing was sent.
            was_sent = not isinstance(error, asyncpg.InterfaceError)
            is_known = isinstance(found, Deadlocked) or not was_sent
            raise (found if is_known else OutcomeUnknown()) from error

    async def rollback(self) -> None:
        """Roll back; where it cannot be asked for, by ending the connection."""
        try:
            async with asyncio.timeout(_ROLLBACK_SECONDS):
                await super().rollback()
        except Exception as error:
            if outage(error, self._connection) is None:
                raise
            self._finalized = True
            if is_open(self._connection):
                self._connection.terminate()


class _Surroundings(TransactionContextPooled):
    """Gives the connection back also where the transaction does not begin."""

    client: Any

    async def __aenter__(self) -> Any:
        """Begin."""
        await self.ensure_connection()
        pool = self.client._parent._pool  # noqa: SLF001 — as Tortoise's own
        self.client._connection = await pool.acquire()  # noqa: SLF001 — as above
        try:
            await self.client.begin()
        except BaseException:
            await pool.release(self.client._connection)  # noqa: SLF001 — as above
            raise
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client


client_class = Client
