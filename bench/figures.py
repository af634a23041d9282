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
    """What a target did under load: the seconds that each request took, and all of it together."""

    latencies: Sequence[float]
    seconds: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def spread(seconds: Sequence[float]) -> str:
    """The median and the 99th percentile, in milliseconds."""
    middle, late = (percentile(seconds, share) * 1000 for share in (0.5, 0.99))
    return f"p50 {middle:.1f} ms, p99 {late:.1f} ms"


def rate(rounds: Sequence[Load]) -> str:
    """The median rate of the rounds and the latencies of all of them."""
    latencies = [each for load in rounds for each in load.latencies]
    return f"{median(load.rate for load in rounds):,.0f} requests/s, {spread(latencies)}"


def ratio_of(rounds: Sequence[Load], others: Sequence[Load]) -> str:
    """The median, over the rounds, of what one target did for each request of the other."""
    share = median(one.rate / other.rate for one, other in zip(rounds, others, strict=True))
    return times(share)


def times(share: float) -> str:
    """A ratio with three digits that count."""
    return f"{share:.3g}×"
