"""How fast a roster is taken in, and taken in again: 10,000 pupils with guardians and marks.

The bundle is made anew in a temporary folder; the time is that of the whole run, from opening the
zip to the commit.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.figures import Line, times
from bench.machine import Machine
from exchange.oneroster.running import Options, run
from tests.oneroster.bundles import large

_PUPILS = 10_000
_QUICK_PUPILS = 500
_RUNS = (("import", False), ("same again", False), ("dry run", True))


@dataclass(frozen=True)
class _Import:
    what: str
    rows: int
    seconds: float

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds


def measure(machine: Machine) -> Iterator[Line]:
    """A first import, the same bundle again, and a dry run, beside the first."""
    pupils = _QUICK_PUPILS if machine.quick else _PUPILS
    with machine.migrated() as database, tempfile.TemporaryDirectory() as folder:
        bundle = large(pupils).zip(Path(folder) / "region.zip")
        imports = [
            asyncio.run(_imported(database, bundle, what, dry_run=dry_run))
            for what, dry_run in _RUNS
        ]
    for each in imports:
        yield Line(
            f"OneRoster {each.what}, {pupils:,} pupils",
            f"{each.rate:,.0f} rows/s ({each.rows:,} rows in {each.seconds:.1f} s)",
            times(each.rate / imports[0].rate),
            "of the first import",
        )


async def _imported(database: str, bundle: Path, what: str, *, dry_run: bool) -> _Import:
    options = Options(timezone=ZoneInfo("Europe/Moscow"), dry_run=dry_run)
    started = time.perf_counter()
    report = await run(database, bundle, options)
    return _Import(what, sum(report.rows.values()), time.perf_counter() - started)
