"""Who of many reaches a row: PostgreSQL looks for it, and reads no set whole for each of them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import pytest

from access.roles import Role
from access.scope import Scope
from access.viewer import Viewer
from planner import roll
from planner.roll import Asked, called
from subscriptions.dashboard import REACH


class Noted:
    """A connection that notes a statement and answers that nobody reaches anything."""

    sql = ""
    values: Sequence[Any] = ()

    async def execute_query_dict(self, sql: str, values: Sequence[Any]) -> list[Mapping[str, Any]]:
        self.sql, self.values = sql, values
        return [dict.fromkeys(("over", "changed", "reached"))]


@pytest.fixture
async def connection(database: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(
        database, server_settings={"plan_cache_mode": "force_generic_plan"}
    )
    yield connection
    await connection.close()


@pytest.mark.parametrize("role", Role)
async def test_no_set_is_read_for_each_who_listens(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    viewer = Viewer(1, 1, 1, frozenset({role}), date(2026, 11, 25), datetime.now(UTC))
    for area, scope in REACH.items():
        plan = await _plan(connection, monkeypatch, scope, viewer)
        assert "Function Scan on asked" in plan
        assert "hashed" not in plan, f"{area}: {plan}"


async def _plan(
    connection: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    scope: Scope | None,
    viewer: Viewer,
) -> str:
    noted = Noted()
    monkeypatch.setattr(roll, "get_connection", lambda _: noted)
    await called(scope, viewer, [Asked(1, 1)])
    await connection.execute(f"PREPARE asked AS {noted.sql}")
    given = ", ".join("'{1}'" for _ in noted.values)
    steps = await connection.fetch(f"EXPLAIN (COSTS OFF) EXECUTE asked ({given})")
    await connection.execute("DEALLOCATE asked")
    return "\n".join(line for (line,) in steps)
