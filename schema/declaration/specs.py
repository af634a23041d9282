"""What a declared field is made of, before Strawberry hears of it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from tortoise.expressions import Q

from models import Record
from schema.declaration.arguments import Argument, Page, Plain


@dataclass(frozen=True, eq=False)
class Column:
    """A column of the row, or one behind relations to one (`person__full_name`)."""

    path: str


@dataclass(frozen=True, eq=False)
class Identifier:
    """The row's id, under the name of the type that it belongs to."""

    path: str
    label: str


@dataclass(frozen=True, eq=False)
class Computed:
    """A SQL expression over the row; `{row}` stands for the row's table."""

    sql: str

    def over(self, table: str) -> str:
        """The expression with the table, or its alias, in the row's place."""
        quoted = f'"{table}"'
        return f"({self.sql.format(row=quoted)})"


@dataclass(frozen=True, eq=False)
class Resolved:
    """A value that Python makes of the row's columns at `needs`, of many rows at once.

    `by` is told the field's arguments by their names, once `check` has not refused them.
    """

    needs: tuple[str, ...]
    by: Callable[..., Awaitable[Sequence[Any]]]
    arguments: Mapping[str, Plain] = field(default_factory=dict)
    check: Callable[[Mapping[str, Any]], None] | None = None


@dataclass(frozen=True, eq=False)
class Through:
    """Rows of a table between parent and target; `key` is the column with the target's id."""

    model: type[Record]
    on: Mapping[str, str]
    key: str
    where: Q = field(default_factory=Q)


@dataclass(frozen=True, eq=False)
class Relation:
    """Rows of another declared type that belong to this one.

    Exactly one way leads to them: `key` (a column of this row that holds the target's id),
    `on` (the target's columns equal this row's), or `through`.

    A `connection` is read by pages from both ends, continued behind or before the values that its
    `order_by` has in a row; these are never null and no two rows of one list agree in all of them.
    """

    is_many: bool
    key: str | None = None
    on: Mapping[str, str] = field(default_factory=dict)
    through: Through | None = None
    where: Q = field(default_factory=Q)
    order_by: tuple[str, ...] = ()
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    page: Page | None = None
    check: Callable[[Mapping[str, Any]], None] | None = None
    # How many rows to expect, for the cost of a document that is known before it runs.
    expected: int = 1
    connection: bool = False
    # How many rows are looked through to find them, where no index leads there.
    looks_through: int = 0

    @property
    def parent_paths(self) -> tuple[str, ...]:
        """The columns of the parent's row that lead to the target."""
        if self.key is not None:
            return (self.key,)
        return tuple((self.through.on if self.through else self.on).values())


@dataclass(frozen=True, eq=False)
class GroupKey:
    """The column by which a group's items are alike."""

    path: str


@dataclass(frozen=True, eq=False)
class GroupItems:
    """The items of a group."""


@dataclass(frozen=True, eq=False)
class Found:
    """A row that a payload or an event names by its number, read through the reader's reach."""


@dataclass(frozen=True, eq=False)
class NodesById:
    """The row of whatever `Node` type an id names, or, for a list of ids, the row of each."""

    is_many: bool


class PageFact(Enum):
    """What `pageInfo` tells of a page."""

    HAS_NEXT = "has_next"
    HAS_PREVIOUS = "has_previous"
    START_CURSOR = "start_cursor"
    END_CURSOR = "end_cursor"


@dataclass(frozen=True, eq=False)
class PageEdges:
    """A page's rows, each with its cursor."""


@dataclass(frozen=True, eq=False)
class PageNodes:
    """A page's rows alone."""


@dataclass(frozen=True, eq=False)
class PageInfoOf:
    """Where a page stands in its list."""


@dataclass(frozen=True, eq=False)
class PageTotal:
    """How many rows the whole list has, whatever its cursors."""


@dataclass(frozen=True, eq=False)
class PageInfoFact:
    """One of the facts of `pageInfo`."""

    fact: PageFact


@dataclass(frozen=True, eq=False)
class EdgeCursor:
    """The cursor of an edge's row."""


@dataclass(frozen=True, eq=False)
class EdgeNode:
    """An edge's row."""


PageSpec = PageEdges | PageNodes | PageInfoOf | PageTotal | PageInfoFact | EdgeCursor | EdgeNode
RowSpec = Column | Identifier | Computed | Resolved | Relation
Spec = RowSpec | GroupKey | GroupItems | Found | NodesById | PageSpec
