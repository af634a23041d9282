"""Connections: lists that are read by pages from both ends, as Relay's clients know them."""

from typing import Any, Generic, TypeVar

import strawberry

from schema.declaration import rows
from schema.declaration.field import PageField
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
)

T = TypeVar("T")


def _field(spec: PageSpec, description: str) -> Any:
    return PageField(spec, description=description)


@strawberry.type(
    description="""Where a page stands in its list, as the list is now.

An empty page stands behind `after`, or, with `last`, before `before`."""
)
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool = _field(
        PageInfoFact(PageFact.HAS_NEXT), "Whether the list goes on behind the page."
    )
    has_previous_page: bool = _field(
        PageInfoFact(PageFact.HAS_PREVIOUS), "Whether something of the list stands before the page."
    )
    start_cursor: str | None = _field(
        PageInfoFact(PageFact.START_CURSOR), "The first edge's cursor; null on an empty page."
    )
    end_cursor: str | None = _field(
        PageInfoFact(PageFact.END_CURSOR), "The last edge's cursor; null on an empty page."
    )


@strawberry.type(description="An object in a page, and its cursor.")
class Edge(Generic[T]):
    """An object in a page, and its cursor."""

    cursor: str = _field(
        EdgeCursor(),
        "What `after` and `before` take; holds even when the object itself is gone.",
    )
    node: T = _field(EdgeNode(), "The object.")

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        """Whether it is an edge; Strawberry's own test would be isinstance."""
        return isinstance(value, rows.Edge)


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """A page of a list."""

    edges: list[Edge[T]] = _field(PageEdges(), "The page's objects, each with its cursor.")
    nodes: list[T] = _field(PageNodes(), "The page's objects.")
    page_info: PageInfo = _field(PageInfoOf(), "Where the page stands in the list.")
    total_count: int = _field(
        PageTotal(), "How many objects the whole list has, before and behind the page too."
    )

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        """Whether it is a page; Strawberry's own test would be isinstance."""
        return isinstance(value, rows.Slice)
