"""The commands `changes`: what whoever looks after the database says to the log of changes."""

import asyncio
from zoneinfo import ZoneInfo

import click

from custody.command import Database, connected

_NEW_EPOCH = "UPDATE change_epoch SET value = gen_random_uuid()::text"


def changes(database: Database) -> click.Group:
    """The group of commands that look after the log of changes in what `database` opens."""

    @click.group("changes")
    def group() -> None:
        """Look after the log of changes."""

    @group.command("new-epoch")
    def new_epoch() -> None:
        """Make all cursors void, after a backup was restored: clients read their data anew."""
        with database() as (url, timezone):
            asyncio.run(_begin_epoch(url, timezone))
        click.echo("A new epoch has begun; clients with older cursors read their data anew.")

    return group


async def _begin_epoch(url: str, timezone: ZoneInfo) -> None:
    async with connected(url, timezone) as connection:
        await connection.execute(_NEW_EPOCH)
