"""The command `import oneroster`: what it asks, prints and answers to the shell."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from errors import ImportRefused
from exchange.oneroster.report import Deed, Report
from exchange.oneroster.running import Options, Progress, run

Database = Callable[[], AbstractContextManager[tuple[str, ZoneInfo]]]
"""Opens a migrated database for as long as a block runs: its URL and the region's time zone."""

_UNUSABLE = 2


def oneroster(database: Database) -> click.Command:
    """Return the click command, which imports into what `database` opens.

    It ends with 0 when all went well, with 1 when rows were refused, and with 2 when the bundle
    or its options cannot be used at all.
    """

    @click.command("oneroster")
    @click.argument("path", type=click.Path(path_type=Path))
    @click.option("--source", default="", help="The system whose ids these are.")
    @click.option(
        "--settlement", default="", help="Where new schools lie: Municipality/Settlement."
    )
    @click.option("--dry-run", is_flag=True, help="Only say what would be done.")
    @click.option("--skip-refused", is_flag=True, help="Import the good rows all the same.")
    @click.option(
        "--report",
        "report_path",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Write the report as CSV as well.",
    )
    def command(  # noqa: PLR0917  # click passes every option by its own name
        path: Path,
        source: str,
        settlement: str,
        dry_run: bool,
        skip_refused: bool,
        report_path: Path | None,
    ) -> None:
        """Import a OneRoster 1.1 or 1.2 bundle: a folder or a zip of CSV files."""
        with database() as (url, timezone):
            options = Options(
                source=source,
                settlement=settlement,
                dry_run=dry_run,
                skip_refused=skip_refused,
                timezone=timezone,
            )
            sys.exit(_imported(url, path, options, report_path))

    return command


def _imported(url: str, path: Path, options: Options, report_path: Path | None) -> int:
    try:
        with _progress() as progress:
            report = asyncio.run(run(url, path, options, progress))
    except ImportRefused as refusal:
        click.echo(f"Nothing was imported. {refusal}", err=True)
        return _UNUSABLE
    for line in report.lines():
        click.echo(line)
    if report_path:
        report.write_csv(report_path)
    click.echo(_verdict(report, options))
    return report.exit_code


def _verdict(report: Report, options: Options) -> str:
    refused = report.count(Deed.REFUSE)
    if options.dry_run:
        return f"Dry run for the source {report.source!r}: nothing was written, {refused} refused."
    if not report.imported:
        return (
            f"Nothing was imported: {refused} rows are refused. Correct them, or import the others "
            "with --skip-refused."
        )
    return f"Imported for the source {report.source!r}; {refused} rows were refused."


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show a bar a stage on standard error where that is a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _stage, _done, _total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bars(*columns, TimeElapsedColumn(), console=console) as bars:
        tasks = {}

        def show(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield show
