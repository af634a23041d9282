"""What the process counts, told in the text format of Prometheus.

Each worker counts for itself and tells its own numbers under its label `worker`: whoever scrapes
often enough meets all of them, and sums over the label.
"""

import os
from bisect import bisect_left
from collections.abc import Iterator
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# Labels may come from clients; what is beyond these counts under no label of its own.
_MOST_SERIES = 200
_LONGEST_LABEL = 80
_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

Labels = tuple[tuple[str, str], ...]


class Series:
    """A number that only grows, under one combination of labels."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0

    def count(self) -> None:
        """Add one."""
        self.value += 1


class Counter:
    """A number that only grows, for each combination of labels."""

    kind: ClassVar[str] = "counter"

    def __init__(self, name: str, description: str) -> None:
        self.name = name
        self.description = description
        self._series: dict[Labels, Series] = {}
        _metrics.append(self)

    def count(self, **labels: str) -> None:
        """Add one."""
        self.of(**labels).count()

    def of(self, **labels: str) -> Series:
        """The number under these labels, for who counts often."""
        key = tuple(labels.items())
        if key not in self._series and len(self._series) >= _MOST_SERIES:
            key = tuple((name, "other") for name in labels)
        return self._series.setdefault(key, Series())

    def value(self, **labels: str) -> int:
        """What was counted under these labels."""
        found = self._series.get(tuple(labels.items()))
        return found.value if found else 0

    def lines(self) -> Iterator[str]:
        """The samples of whatever was counted at all."""
        for labels, series in list(self._series.items()):
            if series.value:
                yield f"{self.name}{_braces(labels)} {series.value}"


class Histogram:
    """How many durations were at most so long."""

    kind: ClassVar[str] = "histogram"

    def __init__(self, name: str, description: str) -> None:
        self.name = name
        self.description = description
        self._counts = [0] * (len(_BOUNDS) + 1)
        self._sum = 0.0
        _metrics.append(self)

    def observe(self, seconds: float) -> None:
        """Add one duration."""
        self._counts[bisect_left(_BOUNDS, seconds)] += 1
        self._sum += seconds

    def lines(self) -> Iterator[str]:
        """The samples."""
        total = 0
        for bound, count in zip((*_BOUNDS, "+Inf"), self._counts, strict=True):
            total += count
            yield f"{self.name}_bucket{_braces((('le', str(bound)),))} {total}"
        yield f"{self.name}_sum{_braces(())} {self._sum}"
        yield f"{self.name}_count{_braces(())} {total}"


_metrics: list[Counter | Histogram] = []

OPERATIONS = Counter(
    "graphql_operations_total", "Operations by kind and by how they were answered."
)
UNPLANNED = Counter(
    "graphql_unplanned_documents_total",
    "Answers of the generic resolvers, by operation and the SHA-256 of its document.",
)
REQUESTS = Counter("graphql_http_requests_total", "GraphQL requests over HTTP by status.")
DOCUMENTS = Counter("graphql_documents_total", "Documents asked for: kept, or prepared then.")
DURATIONS = Histogram(
    "graphql_http_request_duration_seconds", "From a request's whole body to its whole answer."
)


def exposition() -> str:
    """All that was counted."""
    lines = []
    for metric in _metrics:
        lines.append(f"# HELP {metric.name} {metric.description}")
        lines.append(f"# TYPE {metric.name} {metric.kind}")
        lines.extend(metric.lines())
    return "\n".join(lines) + "\n"


def routes() -> list[BaseRoute]:
    """Answer /metrics."""

    async def metrics(_request: Request) -> Response:
        return Response(exposition(), headers={"Content-Type": _CONTENT_TYPE})

    return [Route("/metrics", metrics)]


def _braces(labels: Labels) -> str:
    whole = (*labels, ("worker", str(os.getpid())))
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in whole) + "}"


def _escaped(value: str) -> str:
    short = value[:_LONGEST_LABEL]
    return short.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
