"""The commands for people; an area's own commands live beside it and are added to `main` here."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

import asyncpg
import click
import orjson
from rich.console import Console
from rich.progress import Progress, TaskID

import demo
import settings as configuration
from access import sealing, vault
from access.roles import Role
from access.vault import Vault
from api import matrix, plans
from api.library import Library, read_trusted
from api.schema import make_schema
from couriers.hiring import hire
from custody.changes import changes
from custody.command import audit
from custody.personal_data import personal_data
from errors import SettingsError
from exchange.oneroster.command import oneroster
from identities.providers import Providers
from models.figures import count_closed
from models.migration import migrate_database
from service import database, installation, server
from settings import Settings

_REFUSED = 2
_ACCOUNTS = "teacher.math, teacher.class, parent.one, student.one, deputy.one and others"
_SDL = Path(__file__).parent / "schema.graphql"
_ACCESS = Path(__file__).parent / "docs" / "access.md"
_console = Console(highlight=False)


class _Commands(click.Group):
    """A group whose commands end with one sentence where the settings do not let them run."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a `SettingsError` becomes exit code 2 and no traceback."""
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            click.echo(f"schoolDiary: {error}", err=True)
            sys.exit(_REFUSED)


@click.group(cls=_Commands)
def main() -> None:
    """Run a region's electronic school diary. Settings are environment variables."""


@main.command()
def serve() -> None:
    """Start what is missing, bring the database up to date, and serve until Ctrl-C."""
    settings = configuration.load(os.environ)
    _check_files(settings)
    # A gateway that is wrong is refused here, before the workers meet it.
    hire(settings.relay, settings.sms_gateway)
    with (
        server.bound(settings.host, settings.port) as listener,
        _prepared(settings) as ready,
    ):
        asyncio.run(_prepare(ready))
        _console.print("Starting ...", style="dim")
        served = server.run(ready, "app:create", listener, lambda: _welcome(ready))
    if not served:
        sys.exit(1)


@main.command()
@click.option("--write", "wish", flag_value="write", help="Write schema.graphql anew.")
@click.option("--check", "wish", flag_value="check", help="Fail where schema.graphql is not it.")
def schema(wish: str | None) -> None:
    """Print the schema in SDL, or compare it with the committed one, or write that anew."""
    _derived(wish, _SDL, make_schema(introspection=True).as_str() + "\n", "schema")


@main.command()
@click.option("--write", "wish", flag_value="write", help="Write docs/access.md anew.")
@click.option("--check", "wish", flag_value="check", help="Fail where docs/access.md is not it.")
def access(wish: str | None) -> None:
    """Print who may see what, or compare it with docs/access.md, or write that anew."""
    _derived(wish, _ACCESS, matrix.page(make_schema(introspection=True)), "access")


def _derived(wish: str | None, path: Path, text: str, target: str) -> None:
    """Print what is derived from the code, or write it to its file, or compare it with that."""
    if wish is None:
        click.echo(text, nl=False)
    elif wish == "write":
        path.write_text(text)
    elif not path.exists() or path.read_text() != text:
        click.echo(f"{path.name} is not what the code declares: run `make {target}`.", err=True)
        sys.exit(1)


@main.command()
@click.argument("document", type=click.File())
@click.option(
    "--role",
    "roles",
    type=click.Choice(Role),
    multiple=True,
    help="Of whoever asks; several times for several.",
)
@click.option("--nobody", is_flag=True, help="Nobody is signed in.")
@click.option("--variables", default="{}", help="As JSON, where their being there matters.")
def plan(document: TextIO, roles: tuple[Role, ...], nobody: bool, variables: str) -> None:
    """Print the SQL statement that answers a query; `-` reads it from standard input."""
    try:
        given = _variables(variables)
        click.echo(plans.told(document.read(), None if nobody else frozenset(roles), given))
    except ValueError as error:
        click.echo(f"schoolDiary: {error}", err=True)
        sys.exit(1)


def _variables(text: str) -> dict[str, Any]:
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"--variables is no JSON: {error}.") from None
    if not isinstance(given, dict):
        raise ValueError("--variables is a JSON object.")  # noqa: TRY004 — told as a sentence
    return given


@main.command()
def migrate() -> None:
    """Bring the database up to date; several may run at once, one does the work."""
    with _prepared() as settings:
        asyncio.run(_migrate(settings))


@main.command("demo")
@click.option("--schools", type=click.IntRange(min=1), help="A benchmark set of so many schools.")
@click.option("--pupils", type=click.IntRange(min=1), help="About so many pupils in each.")
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The same seed, the same rows."
)
def fill(schools: int | None, pupils: int | None, seed: int) -> None:
    """Fill an empty database with the demo region, or with a benchmark set."""
    with _prepared() as settings:
        asyncio.run(_migrate(settings))
        try:
            summary = asyncio.run(_build(settings, schools=schools, pupils=pupils, seed=seed))
        except demo.DatabaseNotEmpty as error:
            raise SettingsError(str(error)) from None
        _console.print(f"{summary.rows_a_second:,.0f} rows a second from end to end.")


@main.command("figures")
def count_figures() -> None:
    """Count the months and periods that are closed; what is counted stays as it is."""
    with _prepared() as settings:
        asyncio.run(_migrate(settings))
        asyncio.run(_count(settings))


@main.group("import")
def import_() -> None:
    """Take in what other systems export."""


@contextmanager
def _prepared(settings: Settings | None = None) -> Iterator[Settings]:
    """What a command needs: a database that runs, a secret, and what opens personal numbers."""
    with installation.prepared(settings or configuration.load(os.environ)) as ready:
        vault.use(Vault(ready.data_keys))
        yield ready


@contextmanager
def _database() -> Iterator[tuple[str, ZoneInfo]]:
    """A migrated database for a command that works on its rows."""
    with _prepared() as settings:
        asyncio.run(_migrate(settings))
        yield settings.database_url, settings.timezone


import_.add_command(oneroster(_database))
main.add_command(audit(_database))
main.add_command(changes(_database))
main.add_command(personal_data(_database))


def _check_files(settings: Settings) -> None:
    """Refuse here what is wrong in a file that settings name, before the workers meet it."""
    Providers(settings.identity_providers)
    if settings.documents is not None:
        Library(make_schema(introspection=False).documents, read_trusted(settings.documents))


async def _prepare(settings: Settings) -> None:
    await _migrate(settings)
    if settings.demo and await demo.is_empty(settings.database_url):
        await _build(settings, schools=None, pupils=None, seed=1)
    await _count(settings)


async def _build(
    settings: Settings, *, schools: int | None, pupils: int | None, seed: int
) -> demo.Summary:
    """Build a data set and show how far it is."""
    with Progress(console=_console) as bars:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(f"Demo region: {stage}")
            bars.update(tasks[stage], completed=done, total=total)

        today = datetime.now(settings.timezone).date()
        summary = await demo.build(
            settings.database_url,
            seed=seed,
            today=today,
            schools=schools,
            pupils=pupils,
            report=show,
        )
    _console.print(f"Built {summary.rows:,} rows in {summary.seconds:.1f} s.")
    return summary


async def _migrate(settings: Settings) -> None:
    await database.check(settings.database_url)
    await migrate_database(settings.database_url, lambda name: _console.print(f"Migrated {name}"))
    if count := await sealing.seal_what_is_plain(settings.database_url):
        _console.print(f"Sealed {count} numbers that were plain")


async def _count(settings: Settings) -> None:
    connection = await asyncpg.connect(
        settings.database_url.replace("asyncpg://", "postgresql://", 1),
        server_settings={"timezone": settings.timezone.key},
    )
    try:
        if count := await count_closed(connection):
            _console.print(f"Counted {count} cells of closed months and periods")
    finally:
        await connection.close()


def _welcome(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{settings.port}"
    _console.print(f"Listening on {address}/graphql", markup=False)
    if settings.graphiql:
        _console.print(f"GraphiQL: open {address}/graphql in a browser", markup=False)
    if settings.demo:
        accounts = f"Accounts: {_ACCOUNTS} (password {demo.PASSWORD})"
        _console.print(accounts, markup=False, soft_wrap=True)


if __name__ == "__main__":
    main()
