"""The commands `personal-data`: sealing anew, giving out, forgetting."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import click
import orjson

from access import sealing, vault
from access.vault import CannotUnseal
from custody import retention
from custody.command import Database, connected
from custody.export import document


def personal_data(database: Database) -> click.Group:
    """The group of commands that look after personal data at rest in what `database` opens."""

    @click.group("personal-data")
    def group() -> None:
        """Look after personal data at rest."""

    @group.command()
    def reseal() -> None:
        """Seal with the key of today whatever former keys have sealed; may be interrupted."""
        with database() as (url, timezone), _keys():
            asyncio.run(_reseal(url, timezone))

    @group.command()
    @click.option("--person", type=int, required=True, help="The number of the person.")
    def export(person: int) -> None:
        """Print everything that rows hold of one person, as one JSON document."""
        with database() as (url, timezone), _keys():
            click.echo(asyncio.run(_exported(url, timezone, person)))

    @group.command()
    @click.option("--dry-run", is_flag=True, help="Only count.")
    def retain(*, dry_run: bool) -> None:
        """Delete and erase whatever has been kept for long enough."""
        with database() as (url, timezone):
            asyncio.run(_retain(url, timezone, dry_run=dry_run))

    return group


@contextmanager
def _keys() -> Iterator[None]:
    """End with one sentence where a key is missing."""
    try:
        yield
    except CannotUnseal as error:
        raise click.ClickException(
            f"{error} Name its key in FORMER_PERSONAL_DATA_KEYS; what was done stays."
        ) from None


async def _reseal(url: str, timezone: ZoneInfo) -> None:
    async with connected(url, timezone) as connection:
        async for table, count in sealing.reseal(connection, vault.held()):
            click.echo(f"{table}: {count} sealed anew")


async def _exported(url: str, timezone: ZoneInfo, person: int) -> bytes:
    async with connected(url, timezone) as connection:
        found = await document(
            lambda sql, values: connection.fetch(sql, *values), person, vault.held()
        )
        await connection.execute(
            "INSERT INTO audit_entry (at, roles, action, entity, row_id, request_id, address)"
            " VALUES (now(), '[]', 'personal_data.exported', 'Person', $1, '', '')",
            person,
        )
    return orjson.dumps(found, option=orjson.OPT_INDENT_2)


async def _retain(url: str, timezone: ZoneInfo, *, dry_run: bool) -> None:
    async with connected(url, timezone) as connection:
        run = retention.counted if dry_run else retention.apply
        async for rule, count in run(connection):
            click.echo(f"{rule.name}: {count}")
