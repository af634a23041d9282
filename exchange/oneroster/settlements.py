"""The settlement in which the organizations of an import lie; OneRoster has no such thing."""

import asyncpg

from errors import ImportRefused

_KIND = "нп"


async def chosen(connection: asyncpg.Connection, name: str) -> int:
    """Return the id of the settlement "Municipality/Settlement".

    Raises `ImportRefused` unless there is exactly one.
    """
    municipality, _, settlement = name.partition("/")
    rows = await connection.fetch(
        "SELECT s.id FROM settlement s JOIN municipality m ON m.id = s.municipality_id "
        "WHERE m.name = $1 AND s.name = $2",
        *(municipality.strip(), settlement.strip()),
    )
    if len(rows) != 1:
        raise ImportRefused(
            f"There {'are several' if rows else 'is no'} settlement {settlement.strip()!r} in "
            f"a municipality {municipality.strip()!r}; name one as Municipality/Settlement."
        )
    row_id: int = rows[0]["id"]
    return row_id


async def found_or_made(connection: asyncpg.Connection, source: str) -> int:
    """Return the id of a settlement named for the source, in a municipality named likewise."""
    region = await connection.fetchval("SELECT min(id) FROM region")
    if region is None:
        region = await connection.fetchval(
            "INSERT INTO region (name) VALUES ($1) RETURNING id", source
        )
    await connection.execute(
        "INSERT INTO municipality (region_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        *(region, source),
    )
    municipality = await connection.fetchval(
        "SELECT id FROM municipality WHERE region_id = $1 AND name = $2", region, source
    )
    await connection.execute(
        "INSERT INTO settlement (municipality_id, name, kind) VALUES ($1, $2, $3) "
        "ON CONFLICT DO NOTHING",
        *(municipality, source, _KIND),
    )
    row_id: int = await connection.fetchval(
        "SELECT id FROM settlement WHERE municipality_id = $1 AND name = $2 AND kind = $3",
        *(municipality, source, _KIND),
    )
    return row_id
