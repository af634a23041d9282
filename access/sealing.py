"""Sealing what lies in a database in another form: plain from before, or by a former key."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg

from access import vault as kinds
from access.vault import Vault, held
from models.alone import Alone

_AT_ONCE = 5_000


@dataclass(frozen=True)
class _Place:
    """A column of sealed texts, and the one with their digests, if they are looked for."""

    table: str
    sealed: str
    digest: str | None
    kind: str


_PLACES = (
    _Place("person", "snils_sealed", "snils_digest", kinds.SNILS),
    _Place("identity_document", "number_sealed", "number_digest", kinds.DOCUMENT),
    _Place("second_factor", "secret_sealed", None, kinds.SECOND_FACTOR),
    _Place("second_factor", "pending_sealed", None, kinds.SECOND_FACTOR),
    _Place("external_sign_in", "verifier_sealed", None, kinds.VERIFIER),
)


async def seal_what_is_plain(database_url: str) -> int:
    """Seal what migrations have left plain because they know no key; the count of it.

    The table that holds it goes in the same transaction, so nothing is lost or stays.
    """
    connection = await connected(database_url)
    try:
        return await _seal_plain(connection, held())
    finally:
        await connection.close()


async def _seal_plain(connection: Any, vault: Vault) -> int:
    async with connection.transaction():
        # Of several processes one does the work, and the others then find no table.
        await connection.execute("SELECT pg_advisory_xact_lock($1)", Alone.RESEALING)
        if await connection.fetchval("SELECT to_regclass('unsealed_snils')") is None:
            return 0
        rows = await connection.fetch("SELECT person_id, snils FROM unsealed_snils")
        await connection.executemany(
            "UPDATE person SET snils_sealed = $2, snils_digest = $3 WHERE id = $1",
            [
                (number, vault.seal(snils, kinds.SNILS), vault.digest(snils, kinds.SNILS))
                for number, snils in rows
            ],
        )
        await connection.execute("DROP TABLE unsealed_snils")
    return len(rows)


async def reseal(connection: Any, vault: Vault) -> AsyncIterator[tuple[str, int]]:
    """Seal everything anew that was sealed with a former key; gives each table and its count.

    It goes on in pieces, each a transaction: it may be interrupted and begun again while the
    service runs. Raises CannotUnseal where a key is missing; what was done until then stays.
    """
    for place in _PLACES:
        count = 0
        while done := await _piece(connection, vault, place):
            count += done
        yield place.table, count


async def _piece(connection: Any, vault: Vault, place: _Place) -> int:
    select = f"""
        SELECT id, {place.sealed} FROM {place.table}
        WHERE {place.sealed} NOT LIKE $1 || '%' ORDER BY id LIMIT {_AT_ONCE} FOR UPDATE
    """  # noqa: S608 — names of this module
    given = f", {place.digest} = $3" if place.digest else ""
    update = f"UPDATE {place.table} SET {place.sealed} = $2{given} WHERE id = $1"  # noqa: S608
    async with connection.transaction():
        rows = await connection.fetch(select, vault.mark)
        made = []
        for number, sealed in rows:
            text = vault.open(sealed, place.kind)
            digest = (vault.digest(text, place.kind),) if place.digest else ()
            made.append((number, vault.seal(text, place.kind), *digest))
        await connection.executemany(update, made)
    return len(rows)


async def connected(database_url: str) -> asyncpg.Connection:
    """A connection for the two above."""
    return await asyncpg.connect(database_url.replace("asyncpg://", "postgresql://", 1))
