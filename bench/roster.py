"""How fast a roster is taken in, and taken in again."""

import asyncio
import re
from collections.abc import Iterator

from bench import oneroster
from bench.figures import Line, times
from bench.machine import Machine

_QUICK_PUPILS = 500
_RATE = re.compile(r"([\d,]+) rows/s")


def measure(machine: Machine) -> Iterator[Line]:
    """A first import, the same bundle again, and a dry run, beside the first."""
    pupils = _QUICK_PUPILS if machine.quick else oneroster.PUPILS
    with machine.migrated() as database:
        measured = asyncio.run(oneroster.run(database, pupils))
    (_, first), *_ = measured
    for what, figure in measured:
        yield Line(what, figure, times(_rate(figure) / _rate(first)), "of the first import")


def _rate(figure: str) -> float:
    found = _RATE.match(figure)
    if found is None:
        raise RuntimeError(f"{figure!r} names no rate.")
    return float(found[1].replace(",", ""))
