"""How fast a roster comes in: 10,000 pupils with guardians, teachers, classes and marks.

`run(database_url)` needs an empty, migrated database and returns `(what, rows per second)` for a
first import, for the same once more, and for a dry run. The bundle is made anew in a temporary
folder; the time is that of the whole run, from opening the zip to the commit.
"""

import tempfile
import time
from pathlib import Path
from zoneinfo import ZoneInfo

from exchange.oneroster.running import Options
from exchange.oneroster.running import run as import_bundle
from tests.oneroster.bundles import large

PUPILS = 10_000


async def run(database_url: str, pupils: int = PUPILS) -> list[tuple[str, str]]:
    """Import the bundle thrice and return what was measured, ready to be printed."""
    timezone = ZoneInfo("Europe/Moscow")
    measured: list[tuple[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = large(pupils).zip(Path(folder) / "region.zip")
        for what, dry_run in (("import", False), ("same again", False), ("dry run", True)):
            started = time.perf_counter()
            report = await import_bundle(
                database_url, path, Options(timezone=timezone, dry_run=dry_run)
            )
            seconds = time.perf_counter() - started
            rows = sum(report.rows.values())
            measured.append(
                (
                    f"OneRoster {what}, {pupils:,} pupils",
                    f"{rows / seconds:,.0f} rows/s ({rows:,} rows in {seconds:.1f} s)",
                )
            )
    return measured
