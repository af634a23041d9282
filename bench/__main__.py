"""`make bench`: measure the rows, print them as a table, and write a whole run's results down."""

import os
import platform
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.table import Table

from bench.figures import Line
from bench.machine import Machine, fetch, machine, today
from bench.rows import ROWS

_RESULTS = Path(__file__).parent / "results.md"
_HEADINGS = ("what", "measured", "ratio", "to what")
_MEANING = "What the rows mean is told in [docs/bench.md](../docs/bench.md)."
_console = Console(highlight=False)


@click.command()
@click.option("--quick", is_flag=True, help="Less of everything, to see that it works.")
@click.option("--only", type=click.Choice(list(ROWS)), multiple=True, help="Only this row.")
def main(quick: bool, only: tuple[str, ...]) -> None:
    """Measure; what a whole run finds is also written to bench/results.md."""
    # Whatever was started ends in order, also when somebody ends this program.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    began = time.monotonic()
    with machine(quick=quick) as made:
        described = _described(made)
        found = {name: _measured(made, name) for name in only or ROWS}
    seconds = time.monotonic() - began
    _console.print(f"{described} {seconds:.0f} seconds.")
    if not quick and not only:
        _RESULTS.write_text(_as_markdown(described, seconds, found))


def _measured(made: Machine, name: str) -> list[Line]:
    _console.print(f"{name} ...", style="dim")
    lines = list(ROWS[name](made))
    table = Table(*_HEADINGS, box=box.SIMPLE, title=name, title_justify="left")
    for line in lines:
        table.add_row(*_cells(line))
    _console.print(table)
    return lines


def _described(made: Machine) -> str:
    """The machine in as many words as a figure needs, and in none that would name it.

    Its load before the run tells whether it was busy with something else.
    """
    ((version,),) = fetch(made.server, "SHOW server_version")
    return (
        f"{today()}: {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"PostgreSQL {version}, load {os.getloadavg()[0]:.1f} at the start."
    )


def _as_markdown(described: str, seconds: float, found: Mapping[str, Sequence[Line]]) -> str:
    parts = [
        "# What `make bench` measured",
        f"{described} {_MEANING} It took {seconds:.0f} seconds.",
    ]
    for name, lines in found.items():
        rows = [_HEADINGS, ("---",) * len(_HEADINGS), *map(_cells, lines)]
        table = "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
        parts += [f"## {name}", table]
    return "\n\n".join(parts) + "\n"


def _cells(line: Line) -> tuple[str, str, str, str]:
    return line.what, line.figure, line.ratio, line.to


if __name__ == "__main__":
    main()
