"""`make chaos`: break everything for a while, and see that everybody heard all of theirs, once."""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import click
import httpx
from tortoise import Tortoise

from bench.figures import percentile
from bench.process import memory
from models.database import config
from service import logs
from subscriptions import cursor
from subscriptions.log import ChangeLog
from tests.chaos import verdict
from tests.chaos.cast import Cast, Part, a_cast
from tests.chaos.faults import Faults
from tests.chaos.listening import Listener
from tests.chaos.site import Site, a_site
from tests.chaos.verdict import Line
from tests.chaos.writing import Ledger, keep_writing, write_last
from tests.diary import Diary
from tests.live import eventually

_DEEDS_A_SECOND = 4.0
_SETTLING_SECONDS = 30.0
_MOST_GROWN_MEGABYTES = 100
_HTTP_SECONDS = 5.0


@click.command()
@click.option("--seconds", type=float, default=60.0, help="How long things go on breaking.")
@click.option("--seed", type=int, default=1, help="What decides about the order.")
@click.option("--copied", help="A database whose tables are copied instead of being migrated.")
def main(seconds: float, seed: int, copied: str | None) -> None:
    """Break, heal and compare; ends with 1 where anybody missed or doubled anything."""
    # What the client of Redis says of its outages is expected, and often.
    logs.set_up("critical", for_people=True)
    click.echo(f"seed {seed}, {seconds:g} seconds")
    with a_site(copied) as site:
        run = asyncio.run(_run(site, seconds, seed))
    for line in run.told():
        click.echo(line)
    sys.exit(1 if run.problems else 0)


@dataclass
class Run:
    """Everything of one run, and what has come of it."""

    listeners: Sequence[Listener]
    ledger: Ledger = field(default_factory=Ledger)
    faults: Counter[str] = field(default_factory=Counter)
    lines: Sequence[Line] = ()
    problems: list[str] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)

    def told(self) -> Iterator[str]:
        """The run in a few lines."""
        waits = verdict.waits(self.listeners, self.lines)
        partings = sum((listener.partings for listener in self.listeners), Counter[str]())
        yield f"faults: {_counted(self.faults)}"
        yield f"acknowledged: {len(self.ledger.hearers)}, by {self.ledger.attempts} attempts"
        yield f"heard: {len(waits)} by {len(self.listeners)} listeners"
        yield f"resumed: {partings.total()} times, after {_counted(partings)}"
        yield f"commit to receipt: p50 {_told(waits, 0.5)}, p99 {_told(waits, 0.99)}"
        yield f"largest worker: {' MB, '.join(f'{each:.0f}' for each in self.megabytes)} MB"
        yield from self.problems or ["everybody heard all of theirs, once and in order"]


async def _run(site: Site, seconds: float, seed: int) -> Run:
    async with httpx.AsyncClient(timeout=_HTTP_SECONDS) as http:
        cast = await _cast(site, http)
        listeners = [_listener(part, place, seed) for place, part in enumerate(cast.parts)]
        run = Run(listeners)
        tasks = [asyncio.create_task(listener.run()) for listener in listeners]
        try:
            await write_last(run.ledger, cast.desks, Random(f"{seed} first"))
            await _settle(run, site)
            await _break(run, cast, site, seconds, seed)
            await write_last(run.ledger, cast.desks, Random(f"{seed} last"))
            await _settle(run, site)
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
    run.problems += [repr(each) for each in ended if isinstance(each, Exception)]
    return run


async def _cast(site: Site, http: httpx.AsyncClient) -> Cast:
    await Tortoise.init(config=config(site.database))
    try:
        cursor.use((await ChangeLog().ends([])).epoch)
        return await a_cast(Diary(site.program.url, http))
    finally:
        await Tortoise.close_connections()


def _listener(part: Part, place: int, seed: int) -> Listener:
    return Listener(part, Random(f"{seed} {place}"), by_events=place % 3 == 0)


async def _break(run: Run, cast: Cast, site: Site, seconds: float, seed: int) -> None:
    """Let everything happen at once for so long."""
    end = time.monotonic() + seconds
    topics = sorted({line.topic for line in run.lines})
    faults = Faults(site, run.listeners, topics, Random(seed), run.faults)
    breaking = asyncio.create_task(faults.run(lambda: time.monotonic() < end))

    def goes_on() -> bool:
        # Until the last fault is over: some wait for somebody to write.
        return not breaking.done()

    await asyncio.gather(
        breaking,
        *(
            keep_writing(run.ledger, desk, Random(f"{seed} {place}"), goes_on, _DEEDS_A_SECOND)
            for place, desk in enumerate(cast.desks, start=len(run.listeners))
        ),
    )


async def _settle(run: Run, site: Site) -> None:
    """Wait until everybody has heard all of theirs, and note what does not come."""
    run.lines = await verdict.the_log(site.database)
    wanted = {
        id(each): sum(map(len, verdict.expected(each, run.lines, run.ledger).values()))
        for each in run.listeners
    }
    # What has not come by then is found below, by name.
    with suppress(AssertionError):
        await eventually(
            lambda: all(len(each.heard) >= wanted[id(each)] for each in run.listeners),
            "everybody to hear all of theirs",
            _SETTLING_SECONDS,
        )
    run.problems += verdict.faults_found(run.listeners, run.lines, run.ledger)
    run.megabytes.append(memory(site.program.process.pid).held)
    if run.megabytes[-1] - run.megabytes[0] > _MOST_GROWN_MEGABYTES:
        run.problems.append(f"a worker has grown: {run.megabytes} MB")


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counter.items())) or "nothing"


def _told(seconds: Sequence[float], share: float) -> str:
    return f"{percentile(seconds, share) * 1000:,.0f} ms"


if __name__ == "__main__":
    main()
