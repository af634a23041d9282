"""The history of a mark and the audit trail only grow."""

import pytest
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError

from tests.models.story import Story, a_story

pytestmark = pytest.mark.usefixtures("database")


_TABLES = (
    *("mark_revision", "period_mark_revision", "homework_answer_revision"),
    "homework_answer_attachment",
    *("audit_entry", "monthly_figure", "period_figure"),
)


@pytest.fixture(scope="module")
async def story() -> Story:
    return await a_story()


@pytest.mark.parametrize("table", _TABLES)
@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE {table} SET id = id",
        "UPDATE {table} SET id = id WHERE false",
        "DELETE FROM {table} WHERE id = {id}",
        "TRUNCATE {table}",
        "TRUNCATE {table} CASCADE",
        (
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}"
            " ON CONFLICT (id) DO UPDATE SET id = excluded.id"
        ),
    ],
)
async def test_nothing_is_changed_or_taken_away(story: Story, table: str, deed: str) -> None:
    before = await _contents(table)
    with pytest.raises(IntegrityError, match=f"^{table} is append-only$"):
        await get_connection("default").execute_query(
            deed.format(table=table, id=story.rows[table], columns=await _columns(table))
        )
    assert await _contents(table) == before


async def _columns(table: str) -> str:
    """The names of all columns that a statement may write."""
    [row] = await get_connection("default").execute_query_dict(
        "SELECT string_agg(quote_ident(attname), ', ') AS names FROM pg_attribute"
        " WHERE attrelid = $1::text::regclass AND attnum > 0 AND attgenerated = ''"
        " AND NOT attisdropped",
        [table],
    )
    return str(row["names"])


async def _contents(table: str) -> list[dict[str, object]]:
    """Every row of the table, whole."""
    everything = f"SELECT * FROM {table} ORDER BY id"  # noqa: S608  # one of the two tables above
    return list(map(dict, await get_connection("default").execute_query_dict(everything)))
