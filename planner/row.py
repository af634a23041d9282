"""One row that is being written as a JSON object."""

from dataclasses import dataclass, field

from access.roles import Relations
from planner.reach import Reach
from planner.source import Source
from schema.declaration.entity import Entity


@dataclass
class Row:
    """A row of a declared type, and the source in which its columns stand."""

    entity: Entity
    source: Source
    reach: Reach
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

    def key(self, paths: tuple[str, ...]) -> tuple[str, ...]:
        """The row's columns at these paths."""
        return tuple(self.source.column(path) for path in paths)
