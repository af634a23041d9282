"""A declared field as Strawberry sees it."""

from collections.abc import Awaitable
from functools import cached_property
from typing import Any

from strawberry.types import Info
from strawberry.types.base import StrawberryContainer
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType

from access.roles import Relations
from schema.declaration.arguments import as_strawberry
from schema.declaration.directive import Allow
from schema.declaration.specs import Relation, Spec
from schema.declaration.values import Convert, converter


class DeclaredField(StrawberryField):
    """A field that is declared by a spec and guarded by a rule instead of written as a resolver."""

    def __init__(self, spec: Spec, *, description: str, allow: Relations | None = None) -> None:
        directives = [] if allow is None else [Allow(to=sorted(allow))]
        super().__init__(description=description, directives=directives)
        self.spec = spec
        self.allow = allow
        if isinstance(spec, Relation):
            self.arguments = as_strawberry(spec.arguments, spec.page)

    def __copy__(self) -> "DeclaredField":
        return self

    @property
    def is_basic_field(self) -> bool:
        """Whether Strawberry may leave out the context; a declared field always needs it."""
        return False

    @cached_property
    def target(self) -> Any:
        """The class of the objects that this field leads to."""
        kind: Any = self.type
        while isinstance(kind, StrawberryContainer | LazyType):
            kind = kind.resolve_type() if isinstance(kind, LazyType) else kind.of_type
        return kind

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


class RootField(DeclaredField):
    """A declared field of the root: there is no row yet, so its rule refuses with an error."""

    def get_result(
        self, source: Any, info: Info[Any, Any] | None, args: list[Any], kwargs: dict[str, Any]
    ) -> Awaitable[Any] | Any:
        """Refuse whom the rule does not name, then resolve."""
        if info is not None and self.allow is not None:
            info.context.viewer.require(self.allow)
        return super().get_result(source, info, args, kwargs)
