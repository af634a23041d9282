"""What a pupil's average would become: pure arithmetic in whole numbers, half up.

The weighted mean is sum(value * weight) / sum(weight). It is counted in hundredths, rounded half
up, and so compared with the school's thresholds: what a family sees as 4.50 is 4.50.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from errors import BadUserInput

MOST_MARKS = 100
_MARKS = range(1, 6)
_AIMS = range(3, 6)
_WEIGHTS = range(1, 101)

Counted = tuple[int, int]
"""The sum of value times weight, and the sum of weights."""


def mean(counted: Counted) -> int:
    """The weighted mean in hundredths."""
    total, weights = counted
    return (200 * total + weights) // (2 * weights)


def with_more(counted: Counted, value: int, weight: int, count: int) -> Counted:
    """The same with so many more marks of this value and weight."""
    total, weights = counted
    return total + value * weight * count, weights + weight * count


def needed(counted: Counted, threshold: int, value: int, weight: int) -> int | None:
    """The fewest marks more that bring the mean to the threshold; None where 100 do not."""
    for count in range(MOST_MARKS + 1):
        if mean(with_more(counted, value, weight, count)) >= threshold:
            return count
    return None


async def what_if(
    rows: Sequence[tuple[Any, ...]], *, value: int, count: int, weight: int | None = None
) -> Sequence[float]:
    """The mean of each row with more marks; a row is a total, its weights, and the usual weight."""
    return [
        mean(with_more((total, weights), value, weight or usual, count)) / 100
        for total, weights, usual in rows
    ]


async def needed_for(
    rows: Sequence[tuple[Any, ...]], *, value: int, by: int, weight: int | None = None
) -> Sequence[int | None]:
    """How many marks more each row needs; behind the usual weight are the thresholds of 5 to 3."""
    return [
        needed((total, weights), thresholds[5 - value], by, weight or usual)
        for total, weights, usual, *thresholds in rows
    ]


def check_what_if(given: Mapping[str, Any]) -> None:
    """Raise BadUserInput for marks that nobody can get."""
    _check("value", given["value"], _MARKS)
    _check("count", given["count"], range(1, MOST_MARKS + 1))
    _check_weight(given)


def check_needed_for(given: Mapping[str, Any]) -> None:
    """Raise BadUserInput for what cannot be aimed at, or by marks that nobody can get."""
    _check("value", given["value"], _AIMS)
    _check("by", given["by"], _MARKS)
    _check_weight(given)


def _check_weight(given: Mapping[str, Any]) -> None:
    if given.get("weight") is not None:
        _check("weight", given["weight"], _WEIGHTS)


def _check(name: str, given: int, bounds: range) -> None:
    if given not in bounds:
        raise BadUserInput(f"`{name}` must be between {bounds[0]} and {bounds[-1]}.")
