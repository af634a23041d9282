"""Rows as resolvers hold them: the declared type and the columns that it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from schema.declaration.entity import Entity


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One reached row of a declared type; `values` by column path."""

    entity: "Entity"
    values: Mapping[str, Any]

    def key(self, paths: tuple[str, ...]) -> tuple[Any, ...]:
        """The row's values at these paths."""
        return tuple(self.values[path] for path in paths)


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Rows that are alike in one column."""

    value: Any
    items: list[Row]


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """A row in a page, and the cursor that continues behind or before it."""

    node: Row
    cursor: str


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """A page of a list, and what there is of the list around it."""

    edges: list[Edge]
    has_next: bool
    has_previous: bool
    total: int


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a payload or an event is made of: plain values, and numbers of rows to be found."""

    values: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        """The value of that name; a payload that changed nothing has none."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self.values.get(name)
