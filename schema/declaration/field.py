"""A declared field as Strawberry sees it."""

from collections.abc import Awaitable
from functools import cached_property
from typing import Any

from strawberry.types import Info
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryContainer, get_object_definition
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType

from access.roles import Relations
from schema.declaration.arguments import (
    Page,
    as_strawberry,
    of_connection,
    of_nodes,
    of_value,
)
from schema.declaration.directive import Allow
from schema.declaration.specs import NodesById, Relation, Resolved, Spec
from schema.declaration.values import Convert, converter


class DeclaredField(StrawberryField):
    """A field that is declared by a spec and guarded by a rule instead of written as a resolver."""

    def __init__(self, spec: Spec, *, description: str, allow: Relations | None = None) -> None:
        directives = [] if allow is None else [Allow(to=sorted(allow))]
        super().__init__(description=description, directives=directives)
        self.spec = spec
        self.allow = allow
        self.arguments = _arguments(spec)

    def __copy__(self) -> "DeclaredField":
        return self

    @property
    def is_basic_field(self) -> bool:
        """Whether Strawberry may leave out the context; a declared field always needs it."""
        return False

    @cached_property
    def target(self) -> Any:
        """The class of the objects that this field leads to; of a connection, that of its rows."""
        kind = _inmost(self.type)
        if isinstance(self.spec, Relation) and self.spec.connection:
            (kind,) = get_object_definition(kind, strict=True).type_var_map.values()
        return _inmost(kind)

    @cached_property
    def convert(self) -> Convert:
        """From the column's value to one of the annotated type."""
        return converter(self.type_annotation.annotation if self.type_annotation else None)

    def get_result(
        self, source: Any, info: Info[Any, Any] | None, args: list[Any], kwargs: dict[str, Any]
    ) -> Awaitable[Any] | Any:
        """Resolve by the generic resolvers of the request's context."""
        del args
        if info is None:
            raise TypeError("A declared field needs the request's context.")
        return info.context.generic.resolve(self, source, kwargs)


class PageField(DeclaredField):
    """A field of connections or edges, whose types Strawberry makes, one for each type of rows."""

    def __copy__(self) -> "PageField":
        made = PageField(self.spec, description=self.description or "")
        made.python_name = self.python_name
        made.type_annotation = self.type_annotation
        made.origin = self.origin
        return made


class FoundField(DeclaredField):
    """A field of a payload or an event, which carries the number of the row and not the row."""

    def get_result(
        self, source: Any, info: Info[Any, Any] | None, args: list[Any], kwargs: dict[str, Any]
    ) -> Awaitable[Any] | Any:
        """Read the row, if there is one, in whatever way the context knows."""
        del args, kwargs
        number = getattr(source, self.python_name)
        if number is None or info is None:
            return None
        return info.context.found(self, info._raw_info, number)  # noqa: SLF001 — no public name


class RootField(DeclaredField):
    """A declared field of the root: there is no row yet, so its rule refuses with an error."""

    def get_result(
        self, source: Any, info: Info[Any, Any] | None, args: list[Any], kwargs: dict[str, Any]
    ) -> Awaitable[Any] | Any:
        """Refuse whom the rule does not name, then resolve."""
        if info is not None and self.allow is not None:
            info.context.viewer.require(self.allow)
        return super().get_result(source, info, args, kwargs)


def _inmost(kind: Any) -> Any:
    """The class inside of lists and nulls, which may be named lazily."""
    while isinstance(kind, StrawberryContainer | LazyType):
        kind = kind.resolve_type() if isinstance(kind, LazyType) else kind.of_type
    return kind


def _arguments(spec: Spec) -> list[StrawberryArgument]:
    """The arguments that a field of this spec takes."""
    match spec:
        case Relation(connection=True, page=Page() as page):
            return of_connection(spec.arguments, page)
        case Relation():
            return as_strawberry(spec.arguments, spec.page)
        case Resolved():
            return of_value(spec.arguments)
        case NodesById(is_many):
            return of_nodes(is_many=is_many)
        case _:
            return []
