"""One committed change as the log holds it, and how the log is read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from errors import ResyncRequired
from models import ChangeArea


@dataclass(frozen=True, slots=True)
class Entry:
    """A change of one row, committed together with it; holds ids only, never personal data.

    `seq` counts 1, 2, 3, … within `topic` without a hole, in the order of the commits. Where
    one pupil, several `students`, `people` or `organizations` are given, it concerns no others.
    Those of `also_told` hear that there is a change also of a row that they do not reach.
    """

    topic: str
    seq: int
    kind: str
    student_id: int | None
    row_id: int
    area: ChangeArea
    at: datetime
    people: frozenset[int] | None = None
    organizations: frozenset[int] | None = None
    students: frozenset[int] | None = None
    also_told: frozenset[int] | None = None


def unbroken(page: Sequence[Entry], seq: int) -> Sequence[Entry]:
    """The page, which was read from behind `seq`; raises ResyncRequired where it begins later.

    Numbers only grow: a page whose last one is right has no hole.
    """
    if page and page[-1].seq != seq + len(page):
        raise ResyncRequired("The log no longer holds what follows your cursor.")
    return page


class Ends(NamedTuple):
    """The number of each topic's last committed entry, and the epoch that the numbers are of.

    Topics without an entry are left out.
    """

    epoch: str
    numbers: Mapping[str, int]


class LogReader(Protocol):
    """The log as the hub reads it, once a topic and process."""

    async def after(self, topic: str, seq: int, limit: int) -> Sequence[Entry]:
        """Return what follows `seq` in `topic`, in order, at most `limit` entries."""
        ...

    async def ends(self, topics: Collection[str]) -> Ends:
        """Return how far these topics have come, all of them as of one moment."""
        ...
