"""The rows of the benchmark: a name, and the function that measures its lines."""

from collections.abc import Callable, Iterator, Mapping

from bench import (
    families,
    fanout,
    generator,
    growth,
    lessons,
    live,
    marks,
    planning,
    reading,
    reports,
    roster,
    storm,
)
from bench.figures import Line
from bench.machine import Machine

Row = Callable[[Machine], Iterator[Line]]

ROWS: Mapping[str, Row] = {
    "demo": generator.measure,
    "oneroster": roster.measure,
    "reading": reading.measure,
    "reports": reports.measure,
    "marks": marks.measure,
    "lessons": lessons.measure,
    "planning": planning.measure,
    "growth": growth.measure,
    "live": live.measure,
    "fanout": fanout.measure,
    "families": families.measure,
    "storm": storm.measure,
}
