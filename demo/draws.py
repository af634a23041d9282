"""Random choices that come out the same on every machine and with every version of Python."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


class Draws:
    """A stream of choices for one purpose; streams of different purposes do not disturb each other.

    Everything is made of `Random.random`: it alone is promised to give the same numbers for the
    same seed in later versions of Python.
    """

    def __init__(self, *purpose: object) -> None:
        self.share = Random("/".join(map(str, purpose))).random

    def below(self, end: int) -> int:
        """Return a number from 0 to `end` - 1."""
        return int(self.share() * end)

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of the items."""
        return items[int(self.share() * len(items))]

    def chance(self, share: float) -> bool:
        """Whether something happens that happens in this share of cases."""
        return self.share() < share

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """Return the items in another order."""
        return sorted(items, key=lambda _item: self.share())
