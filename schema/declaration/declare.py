"""The words in which a type is declared: `entity`, `column`, `one`, `many` and the others."""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import strawberry
from tortoise.expressions import Q

from access.roles import Relations
from access.scope import Scope
from schema.declaration.arguments import Argument, Page, Plain
from schema.declaration.entity import Entity, Grouping, register
from schema.declaration.field import DeclaredField, FoundField, RootField
from schema.declaration.rows import Group, Row
from schema.declaration.specs import (
    Column,
    Computed,
    Found,
    GroupItems,
    GroupKey,
    Identifier,
    NodesById,
    Relation,
    Resolved,
    Through,
)

Cls = TypeVar("Cls", bound=type)

NODE_ID = "Opaque id, unique among all objects and stable."


@strawberry.interface(description="An object with an id of its own.")
class Node:
    """An object with an id of its own."""

    id: strawberry.ID = strawberry.field(description=NODE_ID)


def column(path: str | None = None, *, description: str, allow: Relations | None = None) -> Any:
    """A column: of the field's own name, or the one at `path`, through relations to one."""
    return DeclaredField(Column(path or ""), description=description, allow=allow)


def identifier(label: str, *, path: str = "id", description: str = NODE_ID) -> Any:
    """The id of the row at `path`, which clients know as a `label`."""
    return DeclaredField(Identifier(path, label), description=description)


def computed(sql: str, *, description: str, allow: Relations | None = None) -> Any:
    """A value that PostgreSQL derives; `{row}` in the expression is the row's table."""
    return DeclaredField(Computed(sql), description=description, allow=allow)


def resolved(
    by: Callable[..., Awaitable[Sequence[Any]]],
    *,
    needs: tuple[str, ...],
    description: str,
    arguments: Mapping[str, Plain] | None = None,
    check: Callable[[Mapping[str, Any]], None] | None = None,
    allow: Relations | None = None,
) -> Any:
    """A value that `by` makes of the columns at `needs`: for many rows at once, in their order.

    The columns are numbers, texts, days or moments; the value is a scalar of the annotated type.
    `by` is given the rows and, by their names, the arguments, which `check` may refuse.
    """
    spec = Resolved(needs, by, arguments or {}, check)
    return DeclaredField(spec, description=description, allow=allow)


def one(
    key: str | None = None,
    *,
    description: str,
    on: Mapping[str, str] | None = None,
    through: Through | None = None,
    where: Q | None = None,
    order_by: tuple[str, ...] = (),
    allow: Relations | None = None,
) -> Any:
    """One row of another type: by a key of this row (`<field>_id` unless told), `on`, `through`."""
    relation = Relation(
        is_many=False,
        key=None if on or through else key or "",
        on=on or {},
        through=through,
        where=where or Q(),
        order_by=order_by,
    )
    return DeclaredField(relation, description=description, allow=allow)


def many(
    *,
    description: str,
    order_by: tuple[str, ...],
    on: Mapping[str, str] | None = None,
    through: Through | None = None,
    where: Q | None = None,
    arguments: Mapping[str, Argument] | None = None,
    first: Page | None = None,
    check: Callable[[Mapping[str, Any]], None] | None = None,
    expected: int = 10,
    allow: Relations | None = None,
) -> Any:
    """Rows of another type, in order; without `on` and `through` all that the reader reaches."""
    relation = Relation(
        is_many=True,
        on=on or {},
        through=through,
        where=where or Q(),
        order_by=order_by,
        arguments=arguments or {},
        page=first,
        check=check,
        expected=expected,
    )
    return DeclaredField(relation, description=description, allow=allow)


def connection(
    *,
    description: str,
    order_by: tuple[str, ...],
    page: Page,
    on: Mapping[str, str] | None = None,
    through: Through | None = None,
    where: Q | None = None,
    arguments: Mapping[str, Argument] | None = None,
    check: Callable[[Mapping[str, Any]], None] | None = None,
    looks_through: int = 0,
    allow: Relations | None = None,
) -> Any:
    """Rows of another type by pages, in an order of columns that are never null and end uniquely.

    The field's annotation is `Connection[…]`.
    """
    relation = Relation(
        is_many=True,
        on=on or {},
        through=through,
        where=where or Q(),
        order_by=order_by,
        arguments=arguments or {},
        page=page,
        check=check,
        connection=True,
        looks_through=looks_through,
    )
    return DeclaredField(relation, description=description, allow=allow)


def root_one(*, description: str, arguments: Mapping[str, Argument], allow: Relations) -> Any:
    """A root field: the one row that its arguments name, if the caller reaches it."""
    relation = Relation(is_many=False, order_by=("id",), arguments=arguments)
    return RootField(relation, description=description, allow=allow)


def root_own(*, description: str, allow: Relations) -> Any:
    """A root field: the one row of a type that a caller can reach at all."""
    return RootField(
        Relation(is_many=False, order_by=("id",)), description=description, allow=allow
    )


def root_many(
    *, description: str, order_by: tuple[str, ...], allow: Relations, expected: int
) -> Any:
    """A root field: every row of a type that the caller reaches; bounded by nature."""
    relation = Relation(is_many=True, order_by=order_by, expected=expected)
    return RootField(relation, description=description, allow=allow)


def root_node(*, description: str, allow: Relations) -> Any:
    """A root field: the row of whatever `Node` type its argument `id` names, if it is reached."""
    return RootField(NodesById(is_many=False), description=description, allow=allow)


def root_nodes(*, description: str, allow: Relations) -> Any:
    """A root field: for each of its argument `ids`, what `root_node` gives."""
    return RootField(NodesById(is_many=True), description=description, allow=allow)


def found(*, description: str) -> Any:
    """The row (or rows) whose number a payload or an event carries under the field's name."""
    return FoundField(Found(), description=description)


def group_key(path: str, *, description: str) -> Any:
    """What the items of a group have in common."""
    return DeclaredField(GroupKey(path), description=description)


def group_items(*, description: str) -> Any:
    """The items of a group, in the order of the list that was grouped."""
    return DeclaredField(GroupItems(), description=description)


def entity(*, reach: Scope) -> Callable[[Cls], Cls]:
    """Declare a type over a scope's rows; its docstring is its description."""

    def declare(cls: Cls) -> Cls:
        if issubclass(cls, Node):
            setattr(cls, "id", identifier(cls.__name__))  # noqa: B010 — the interface's field
            cls.__annotations__ = {"id": strawberry.ID, **cls.__annotations__}
        fields = _declared(cls)
        _is_type_of(cls, lambda value: isinstance(value, Row) and value.entity.name == cls.__name__)
        made = strawberry.type(cls, description=_description(cls))
        register(made, Entity(cls.__name__, reach, fields, is_node=issubclass(cls, Node)))
        return made

    return declare


def group(cls: Cls) -> Cls:
    """Declare a type whose objects are groups of another type's rows."""
    fields = _declared(cls)
    by = next(field.spec.path for field in fields.values() if isinstance(field.spec, GroupKey))
    _is_type_of(cls, lambda value: isinstance(value, Group))
    made = strawberry.type(cls, description=_description(cls))
    register(made, Grouping(cls.__name__, by, fields))
    return made


def payload(cls: Cls) -> Cls:
    """Declare what a mutation answers or a subscription says."""
    _declared(cls)
    return strawberry.type(cls, description=_description(cls))


def _declared(cls: type) -> dict[str, DeclaredField]:
    """The class's declared fields by Python name, with names filled in where they were left out."""
    fields = {}
    for name in cls.__annotations__:
        field = getattr(cls, name, None)
        if isinstance(field, DeclaredField):
            field.spec = _named(field.spec, name)
            fields[name] = field
    return fields


def _named(spec: Any, name: str) -> Any:
    if isinstance(spec, Column) and not spec.path:
        return Column(name)
    if isinstance(spec, Relation) and spec.key == "":
        return Relation(is_many=False, key=f"{name}_id")
    return spec


def _is_type_of(cls: type, test: Callable[[Any], bool]) -> None:
    # Strawberry's own test is isinstance, and rows are not instances of schema classes.
    setattr(cls, "is_type_of", classmethod(lambda _cls, value, _info: test(value)))  # noqa: B010 — new


def _description(cls: type) -> str:
    text = inspect.getdoc(cls)
    if not text:
        raise TypeError(f"{cls.__name__} has no docstring, and that is its description.")
    return text
