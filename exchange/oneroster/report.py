"""What an import did or would do: one outcome a row, totals a file, as text and as CSV."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from exchange.oneroster.tables import NAMES


class Deed(StrEnum):
    """What becomes of a row."""

    CREATE = "create"
    CHANGE = "change"
    END = "end"
    REFUSE = "refuse"
    SKIP = "skip"
    NOTE = "note"


WRITES = (Deed.CREATE, Deed.CHANGE, Deed.END)


class Outcome(NamedTuple):
    """One deed on one row; `line` is 0 for a record that its bulk file no longer holds.

    `what` names our rows, `sourced_id` theirs: no name of a person stands in a report.
    """

    table: str
    line: int
    deed: Deed
    what: str
    sourced_id: str
    why: str

    @property
    def place(self) -> str:
        """File and line, as an editor would open them."""
        return f"{self.table}.csv:{self.line}" if self.line else f"{self.table}.csv"

    def __str__(self) -> str:
        words = (self.place, self.deed.value, self.what, self.sourced_id, self.why)
        return "  ".join(word for word in words if word)


@dataclass(slots=True)
class Report:
    """The outcomes of one run, and how many rows each file had and how many say nothing new."""

    outcomes: list[Outcome] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    same: Counter[str] = field(default_factory=Counter)
    source: str = ""
    imported: bool = False

    def sort(self) -> None:
        """Bring the outcomes into the order of files, lines and ids."""
        rank = {name: number for number, name in enumerate(NAMES)}
        self.outcomes.sort(key=lambda outcome: (rank[outcome.table], *outcome[1:]))

    def count(self, *deeds: Deed) -> int:
        """Return how many outcomes are one of these deeds."""
        return sum(outcome.deed in deeds for outcome in self.outcomes)

    @property
    def exit_code(self) -> int:
        """0 when every row could be taken, 1 when some were refused."""
        return 1 if self.count(Deed.REFUSE) else 0

    def totals(self) -> list[tuple[str, dict[str, int]]]:
        """Return, for each file in order, its rows and how many of each deed befell them."""
        counted = Counter((outcome.table, outcome.deed) for outcome in self.outcomes)
        return [
            (
                f"{name}.csv",
                {"rows": self.rows[name], "same": self.same[name]}
                | {deed.value: counted[name, deed] for deed in Deed},
            )
            for name in NAMES
            if name in self.rows or any(counted[name, deed] for deed in Deed)
        ]

    def lines(self) -> Iterator[str]:
        """Yield the report for a person: the outcomes, then the totals."""
        yield from map(str, self.outcomes)
        for file, counts in self.totals():
            yield f"{file}: " + ", ".join(f"{name} {number}" for name, number in counts.items())

    def write_csv(self, path: Path) -> None:
        """Write the outcomes for a machine; the columns are those of `Outcome`."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("file", "line", "deed", "what", "sourcedId", "why"))
            for outcome in self.outcomes:
                writer.writerow((f"{outcome.table}.csv", *outcome[1:]))
