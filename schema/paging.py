"""Pages of connections, cut out of their whole lists: simple and right, whatever it costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tortoise.expressions import Q

from schema.declaration import cursors
from schema.declaration.arguments import Window
from schema.declaration.cursors import Ordering
from schema.declaration.entity import Entity
from schema.declaration.rows import Edge, Row, Slice
from schema.declaration.specs import (
    EdgeCursor,
    EdgeNode,
    PageEdges,
    PageFact,
    PageInfoFact,
    PageInfoOf,
    PageNodes,
    PageSpec,
    PageTotal,
    Relation,
)


@dataclass(frozen=True)
class Bound:
    """A place in a list: right behind a row with these values, or right before it."""

    order: tuple[Ordering, ...]
    values: tuple[Any, ...]
    is_before: bool

    @property
    def condition(self) -> Q:
        """The rows on the bound's far side: behind it, or before it."""
        return cursors.beyond(self.order, self.values, is_before=self.is_before)


@dataclass(frozen=True)
class Paging:
    """One page of a list, with its cursors understood."""

    order: tuple[Ordering, ...]
    window: Window

    @classmethod
    def of(cls, relation: Relation, target: Entity, arguments: Mapping[str, Any]) -> "Paging":
        """The page that the arguments ask for; raises BadUserInput where they ask for none."""
        if relation.page is None:
            raise TypeError("A connection has pages.")
        order = cursors.ordering(target.scope.model, relation.order_by)
        return cls(order, relation.page.window(arguments))

    @property
    def after(self) -> Bound | None:
        """Where the page may begin, if the client said so."""
        return self._bound(self.window.after, is_before=False)

    @property
    def before(self) -> Bound | None:
        """Where the page must end, if the client said so."""
        return self._bound(self.window.before, is_before=True)

    def cut(self, rows: Sequence[Row], behind: Sequence[Row], ahead: Sequence[Row]) -> Slice:
        """The page of the whole list, given also its rows behind `after` and before `before`."""
        begin = len(rows) - _counted(rows, behind)
        end = _counted(rows, ahead)
        if self.window.is_forward:
            end = max(begin, min(end, begin + self.window.limit))
        else:
            begin = min(end, max(begin, end - self.window.limit))
        return Slice(
            [Edge(row, self._cursor(row)) for row in rows[begin:end]],
            has_next=end < len(rows),
            has_previous=begin > 0,
            total=len(rows),
        )

    def _bound(self, cursor: str | None, *, is_before: bool) -> Bound | None:
        if cursor is None:
            return None
        return Bound(self.order, tuple(cursors.decode(self.order, cursor)), is_before)

    def _cursor(self, row: Row) -> str:
        return cursors.encode(self.order, row.key(tuple(each.path for each in self.order)))


def of_page(spec: PageSpec, source: Any) -> Any:
    """What a field of a page (`Slice`) or of an edge (`Edge`) gives."""
    match spec:
        case PageEdges():
            return source.edges
        case PageNodes():
            return [edge.node for edge in source.edges]
        case PageTotal():
            return source.total
        case PageInfoOf():
            return source
        case PageInfoFact(fact):
            return _of_info(fact, source)
        case EdgeCursor():
            return source.cursor
        case EdgeNode():
            return source.node


def _of_info(fact: PageFact, page: Slice) -> Any:
    match fact:
        case PageFact.HAS_NEXT:
            return page.has_next
        case PageFact.HAS_PREVIOUS:
            return page.has_previous
        case PageFact.START_CURSOR:
            return page.edges[0].cursor if page.edges else None
        case PageFact.END_CURSOR:
            return page.edges[-1].cursor if page.edges else None


def _counted(rows: Sequence[Row], part: Sequence[Row]) -> int:
    """How many of the rows are in the part, which was read in another moment."""
    numbers = {row.values["id"] for row in part}
    return sum(row.values["id"] in numbers for row in rows)
