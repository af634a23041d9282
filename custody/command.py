"""The commands `audit`: what they ask, print and answer to the shell."""

import asyncio
import csv
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import date, datetime
from typing import Any, TextIO
from zoneinfo import ZoneInfo

import asyncpg
import click
import orjson

from custody import chain
from custody.chain import BadHeads, Head, Verdict
from custody.readers import COLUMNS
from custody.readers import readers as find_readers

Database = Callable[[], AbstractContextManager[tuple[str, ZoneInfo]]]
"""Opens a migrated database for as long as a block runs: its URL and the region's time zone."""

_DAY = click.DateTime(["%Y-%m-%d"])
_BROKEN = 1
_UNUSABLE = 2


def audit(database: Database) -> click.Group:
    """The group of commands that look after the audit trail in what `database` opens."""

    @click.group("audit")
    def group() -> None:
        """Look after the audit trail."""

    @group.command()
    @click.option(
        "--heads", "kept", type=click.File(), help="What `audit heads` printed; `-` reads it."
    )
    def verify(kept: TextIO | None) -> None:
        """Walk the chains of all entries; ends with 1 where one of them is broken."""
        with database() as (url, timezone):
            try:
                known = chain.read_heads(kept) if kept else []
            except BadHeads as error:
                click.echo(f"schoolDiary: --heads: {error}", err=True)
                sys.exit(_UNUSABLE)
            sys.exit(_told(asyncio.run(_verified(url, timezone, known))))

    @group.command()
    def heads() -> None:
        """Print the last entry of each strand, to be kept where nobody of here can change it."""
        with database() as (url, timezone):
            for head in asyncio.run(_heads(url, timezone)):
                click.echo(head)

    @group.command()
    @click.option("--student", type=int, required=True, help="The number of the pupil.")
    @click.option("--from", "since", type=_DAY, required=True, help="The first day.")
    @click.option("--until", type=_DAY, required=True, help="The last day.")
    @click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv")
    def readers(student: int, since: datetime, until: datetime, form: str) -> None:
        """Tell who could see a pupil's record on those days, and what was shown to whom."""
        with database() as (url, timezone):
            days = since.date(), until.date()
            rows = asyncio.run(_readers(url, timezone, student, *days))
        if form == "json":
            click.echo(orjson.dumps([dict(row) for row in rows], option=orjson.OPT_INDENT_2))
            return
        table = csv.writer(sys.stdout, lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows(tuple(row) for row in rows)

    return group


async def _readers(
    url: str, timezone: ZoneInfo, student: int, since: date, until: date
) -> Sequence[Any]:
    async with connected(url, timezone) as connection:
        return await find_readers(connection, student, since, until)


async def _verified(url: str, timezone: ZoneInfo, known: list[Head]) -> Verdict:
    async with connected(url, timezone) as connection:
        return await chain.verify(connection, known)


async def _heads(url: str, timezone: ZoneInfo) -> list[Head]:
    async with connected(url, timezone) as connection:
        return await chain.heads(connection)


def _told(verdict: Verdict) -> int:
    for each in verdict.breaks:
        click.echo(f"Broken: {each}.")
    if verdict.breaks:
        click.echo(f"{verdict.entries} entries; {len(verdict.breaks)} strands are broken.")
        return _BROKEN
    click.echo(f"{verdict.entries} entries; every strand is whole.")
    return 0


@asynccontextmanager
async def connected(url: str, timezone: ZoneInfo) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the tables' owner, whose day is the region's."""
    connection = await asyncpg.connect(url, server_settings={"timezone": timezone.key})
    try:
        yield connection
    finally:
        await connection.close()
