"""A connection to PostgreSQL that knows the server's own types without asking for them."""

from collections.abc import Collection
from typing import Any, NamedTuple

import asyncpg

# Types below this number are PostgreSQL's own, and the same in every database of every version.
_FIRST_OF_OTHERS = 16_384


class _Asked(NamedTuple):
    """Stands for the statement that would have asked."""

    name: str


class Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """asyncpg's own, which asks each new connection what an array of numbers is.

    That takes PostgreSQL several milliseconds, and connections are made when there is most to do.
    """

    _known: dict[frozenset[int], Any] = {}

    async def _introspect_types(self, typeoids: Collection[int], timeout: float | None) -> Any:  # noqa: ASYNC109 — as asyncpg has it
        types = frozenset(typeoids)
        if types in self._known:
            return self._known[types], _Asked("known")
        found, statement = await super()._introspect_types(typeoids, timeout)
        if max(types) < _FIRST_OF_OTHERS:
            self._known[types] = found
        return found, statement
