"""The commands for people; an area's own commands live beside it and are added to `main` here."""

import asyncio
import os
import sys
from pathlib import Path

import click
from rich.console import Console

import settings as configuration
from api.schema import make_schema
from errors import SettingsError
from models.migration import migrate_database
from service import database, installation, server
from settings import Settings

_REFUSED = 2
_SDL = Path(__file__).parent / "schema.graphql"
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
    with (
        server.bound(settings.host, settings.port) as listener,
        installation.prepared(settings) as ready,
    ):
        asyncio.run(_migrate(ready))
        _console.print("Starting ...", style="dim")
        served = server.run(ready, "app:create", listener, lambda: _welcome(ready))
    if not served:
        sys.exit(1)


@main.command()
@click.option("--write", "wish", flag_value="write", help="Write schema.graphql anew.")
@click.option("--check", "wish", flag_value="check", help="Fail where schema.graphql is not it.")
def schema(wish: str | None) -> None:
    """Print the schema in SDL, or compare it with the committed one, or write that anew."""
    sdl = make_schema(introspection=True).as_str() + "\n"
    if wish is None:
        click.echo(sdl, nl=False)
    elif wish == "write":
        _SDL.write_text(sdl)
    elif not _SDL.exists() or _SDL.read_text() != sdl:
        click.echo("schema.graphql is not what the code declares: run `make schema`.", err=True)
        sys.exit(1)


@main.command()
def migrate() -> None:
    """Bring the database up to date; several may run at once, one does the work."""
    with installation.prepared(configuration.load(os.environ)) as settings:
        asyncio.run(_migrate(settings))


async def _migrate(settings: Settings) -> None:
    await database.check(settings.database_url)
    await migrate_database(settings.database_url, _console.print)


def _welcome(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{settings.port}"
    _console.print(f"Listening on {address}/graphql", markup=False)
    if settings.graphiql:
        _console.print(f"GraphiQL: open {address}/graphql in a browser", markup=False)


if __name__ == "__main__":
    main()
