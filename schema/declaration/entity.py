"""The registry of declared types: what each one is a view of, and who reaches its rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from access.scope import Scope
from schema.declaration.specs import Column, GroupItems, Identifier, Relation, Resolved

if TYPE_CHECKING:
    from schema.declaration.field import DeclaredField


@dataclass(frozen=True, eq=False)
class Entity:
    """One declared type over one scope of rows."""

    name: str
    scope: Scope
    fields: "dict[str, DeclaredField]"
    is_node: bool

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that tell the rows apart: a table's id, or what a view names as its `key`."""
        return getattr(self.scope.model, "key", ("id",))

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every column path that the type's fields read, the id and the key first."""
        return tuple(dict.fromkeys(["id", *self.key, *self._paths()]))

    def _paths(self) -> Iterator[str]:
        for field in self.fields.values():
            if isinstance(field.spec, Column | Identifier):
                yield field.spec.path
            elif isinstance(field.spec, Resolved):
                yield from field.spec.needs
            elif isinstance(field.spec, Relation):
                yield from field.spec.parent_paths


@dataclass(frozen=True, eq=False)
class Grouping:
    """A declared type whose objects are groups of another type's rows."""

    name: str
    by: str
    fields: "dict[str, DeclaredField]"

    @property
    def items(self) -> Entity:
        """The type of the rows inside."""
        field = next(one for one in self.fields.values() if isinstance(one.spec, GroupItems))
        return entity_of(field.target)


_ENTITIES: dict[Any, Entity] = {}
_GROUPINGS: dict[Any, Grouping] = {}


def register(cls: type, declared: Entity | Grouping) -> None:
    """Make the declaration known under its Python class."""
    if isinstance(declared, Entity):
        _ENTITIES[cls] = declared
    else:
        _GROUPINGS[cls] = declared


def entity_of(cls: Any) -> Entity:
    """The declaration behind a declared type; raises KeyError for any other class."""
    return _ENTITIES[cls]


def grouping_of(cls: Any) -> Grouping | None:
    """The grouping behind the class, if it is one."""
    return _GROUPINGS.get(cls)


def entities() -> tuple[Entity, ...]:
    """Every declared type, in the order of declaration."""
    return tuple(_ENTITIES.values())


def node_of(label: str) -> Entity | None:
    """The `Node` type of which ids say that label."""
    return next((each for each in entities() if each.is_node and each.name == label), None)
