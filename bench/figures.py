"""What a row measures: lines of a table, and the few statistics they are made of."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Line:
    """One measured thing: its figure, and its ratio to another thing of the same run."""

    what: str
    figure: str
    ratio: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """What a target did under load: the seconds that each request took, and all of it together.

    `own` is the processor time that the load generator itself has used.
    """

    latencies: Sequence[float]
    seconds: float
    own: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds


@dataclass(frozen=True, slots=True)
class Round:
    """A load, and the processor time that the server and PostgreSQL have used for it."""

    load: Load
    server: float
    database: float


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def spread(seconds: Sequence[float]) -> str:
    """The median and the 99th percentile, in milliseconds."""
    middle, late = (percentile(seconds, share) * 1000 for share in (0.5, 0.99))
    return f"p50 {middle:.1f} ms, p99 {late:.1f} ms"


def rate(rounds: Sequence[Round]) -> str:
    """The median rate of the rounds, the latencies of all of them, and what they cost.

    The cost is in processor seconds for 1,000 requests: the server's, PostgreSQL's, and those of
    the load generator itself.
    """
    latencies = [each for one in rounds for each in one.load.latencies]
    spent = zip(*((one.server, one.database, one.load.own) for one in rounds), strict=True)
    costs = " + ".join(f"{sum(each) / len(latencies) * 1000:.2f}" for each in spent)
    middle = median(one.load.rate for one in rounds)
    return f"{middle:,.0f} requests/s, {spread(latencies)}, CPU {costs} s"


def ratio_of(rounds: Sequence[Round], others: Sequence[Round]) -> str:
    """The median, over the rounds, of what one target did for each request of the other.

    Where there are fewer rounds of the other, they stand beside the first ones.
    """
    pairs = zip(rounds, others, strict=False)
    return times(median(one.load.rate / other.load.rate for one, other in pairs))


def times(share: float) -> str:
    """A ratio with three digits that count."""
    return f"{share:.3g}×"
