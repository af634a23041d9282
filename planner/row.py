"""One row that is being written as a JSON object."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from access.roles import Relations
from planner.reach import Reach
from planner.selection import Selected
from planner.source import Source
from planner.sql import JsonText
from schema.declaration.entity import Entity


@dataclass
class Row:
    """A row of a declared type, and the source in which its columns stand."""

    entity: Entity
    source: Source
    reach: Reach
    elsewhere: dict[str, Callable[[JsonText, Selected], None]] = field(default_factory=dict)
    """What writes the fields that are not made by the row's own query, by response key."""
    _guards: dict[Relations, str] = field(default_factory=dict)

    def guard(self, allow: Relations) -> str:
        """Whether the row is reached by one of these relations; asked once a row."""
        if allow not in self._guards:
            self.source.is_bound = True
            conditions = self.reach.over(self.entity.scope, self.source, via=allow)
            alias = self.source.names.new("g")
            # OFFSET keeps PostgreSQL from writing the condition out wherever it is used.
            asked = f"SELECT ({' AND '.join(conditions)}) AS holds OFFSET 0"
            self.source.joins.append(f"CROSS JOIN LATERAL ({asked}) AS {alias}")
            self._guards[allow] = f"{alias}.holds"
        return self._guards[allow]

    def equals(self, column: str, path: str) -> str:
        """That a column of another row equals this row's at the path."""
        return f"{column} = {self.source.column(path)}"


@dataclass
class Rows(Row):
    """Many rows that are taken as one: `values` are queries of what they have at each path.

    `leading` is the path by which an index finds what belongs to them.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    leading: str = ""

    def equals(self, column: str, path: str) -> str:
        """That a column of another row equals one of these rows'."""
        among = f"{column} = ANY (ARRAY({self.values[path]}))"
        # Of two indexes PostgreSQL takes the worse one here, as it knows no values: IS TRUE
        # leaves it one (12 ms for the attendance of a journal's page by pupils, 0.1 by lessons).
        return among if path == self.leading else f"({among}) IS TRUE"
