"""One committed change as the log holds it, and how the log is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """A change of one row, committed together with it; holds ids only, never personal data.

    `seq` counts 1, 2, 3, … within `topic` without a hole, in the order of the commits. Where
    `people` or `organizations` are given, it concerns nobody else and nobody elsewhere.
    """

    topic: str
    seq: int
    kind: str
    student_id: int | None
    row_id: int
    area: str
    at: datetime
    people: frozenset[int] | None = None
    organizations: frozenset[int] | None = None


class LogReader(Protocol):
    """The log as the hub reads it, once a topic and process."""

    async def after(self, topic: str, seq: int, limit: int) -> Sequence[Entry]:
        """Return what follows `seq` in `topic`, in order, at most `limit` entries."""
        ...

    async def last_seq(self, topic: str) -> int:
        """Return the number of the last committed entry of `topic`; 0 where there is none."""
        ...
