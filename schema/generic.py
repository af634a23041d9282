"""The generic resolvers: every declared field, read in batches through the reader's reach.

They are the second, simple path beside planned statements, and the oracle against which plans are
checked: complete and right rather than fast. One object of this class serves one operation (or one
event of a subscription) and remembers what it has read.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any

from strawberry.dataloader import DataLoader
from tortoise.expressions import RawSQL
from tortoise.queryset import QuerySet

from access.roles import Relations
from access.rows import reached
from access.viewer import Viewer
from errors import BadUserInput
from schema.declaration.arguments import MOST_NODES
from schema.declaration.entity import Entity, Grouping, entity_of, grouping_of, node_of
from schema.declaration.field import DeclaredField
from schema.declaration.ids import encode, parts
from schema.declaration.rows import Group, Row, Slice
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
)
from schema.lists import Key, RowList, among
from schema.paging import Bound, Paging, of_page


class GenericResolvers:
    """Reads declared fields for one viewer; each batch is one statement."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._loaders: dict[Hashable, DataLoader[Any, Any]] = {}

    def resolve(
        self, field: DeclaredField, source: Any, arguments: Mapping[str, Any]
    ) -> Awaitable[Any] | Any:
        """The field's value, or None where its rule refuses this reader this row."""
        if field.allow is None or not isinstance(source, Row):
            return self._read(field, source, arguments)
        if not field.allow & self._viewer.relations:
            return None
        if self._reach_of(source.entity) <= field.allow:
            return self._read(field, source, arguments)
        return self._read_if_allowed(field, source, arguments)

    async def find(self, entity: Entity, number: int) -> Row | None:
        """The row of that number, if the viewer reaches it."""
        loader = self._loader(("row", entity), lambda ids: self._rows(entity, ids))
        row: Row | None = await loader.load(number)
        return row

    def _reach_of(self, entity: Entity) -> Relations:
        """The relations through which the viewer may have come to the type's rows."""
        return self._viewer.relations & frozenset(entity.scope.by)

    async def _read_if_allowed(
        self, field: DeclaredField, source: Row, arguments: Mapping[str, Any]
    ) -> Any:
        allow = field.allow
        loader = self._loader(
            ("allowed", source.entity, allow),
            lambda keys: self._allowed(source.entity, allow, keys),
        )
        if not await loader.load(source.key(source.entity.key)):
            return None
        value = self._read(field, source, arguments)
        return await value if asyncio.iscoroutine(value) else value

    def _read(
        self, field: DeclaredField, source: Any, arguments: Mapping[str, Any]
    ) -> Awaitable[Any] | Any:
        match field.spec:
            case Column(path):
                return field.convert(source.values[path])
            case Identifier(path, label):
                return encode(label, source.values[path])
            case Computed() as computed:
                return self._computed(field, computed, source)
            case Resolved() as resolved:
                return self._resolved(resolved, source, arguments)
            case Relation(connection=True) as relation:
                return self._page(field, relation, source, arguments)
            case Relation() as relation:
                return self._related(field, relation, source, arguments)
            case NodesById(is_many):
                return self._nodes(arguments["ids"]) if is_many else self._node(arguments["id"])
            case GroupKey() | GroupItems() | Found() as spec:
                return _of_group(spec, source)
            case _:
                return of_page(field.spec, source)

    async def found(self, field: DeclaredField, number: int | Sequence[int]) -> Any:
        """The row, or rows, that a payload or an event carries in the field."""
        entity = entity_of(field.target)
        if isinstance(number, int):
            return await self.find(entity, number)
        return await asyncio.gather(*(self.find(entity, each) for each in number))

    async def _computed(self, field: DeclaredField, computed: Computed, source: Row) -> Any:
        loader = self._loader(
            ("computed", computed), lambda ids: _computed_values(source.entity, computed, ids)
        )
        return field.convert(await loader.load(source.values["id"]))

    async def _resolved(self, resolved: Resolved, source: Row, arguments: Mapping[str, Any]) -> Any:
        if resolved.check is not None:
            resolved.check(arguments)

        async def load(keys: list[Key]) -> list[Any]:
            return list(await resolved.by(keys, **arguments))

        loader = self._loader(("resolved", resolved, tuple(sorted(arguments.items()))), load)
        return await loader.load(source.key(resolved.needs))

    async def _node(self, given: str) -> Row | None:
        label, number = parts(given)
        entity = node_of(label)
        return None if entity is None else await self.find(entity, number)

    async def _nodes(self, given: Sequence[str]) -> list[Row | None]:
        if len(given) > MOST_NODES:
            raise BadUserInput(f"At most {MOST_NODES} ids are taken at once.")
        return await asyncio.gather(*(self._node(each) for each in given))

    async def _related(
        self,
        field: DeclaredField,
        relation: Relation,
        source: Any,
        arguments: Mapping[str, Any],
    ) -> Any:
        if relation.check is not None:
            relation.check(arguments)
        grouping = grouping_of(field.target)
        target = grouping.items if grouping else entity_of(field.target)
        if relation.key is not None:
            number = source.values[relation.key]
            return None if number is None else await self.find(target, number)
        rows = RowList(self._viewer, relation, target, arguments)
        return _shaped(relation, grouping, await self._list(field, rows, source))

    async def _page(
        self, field: DeclaredField, relation: Relation, source: Any, arguments: Mapping[str, Any]
    ) -> Slice:
        """The page that is asked for, cut out of the whole list."""
        target = entity_of(field.target)
        paging = Paging.of(relation, target, arguments)
        narrowing = {each: arguments[each] for each in relation.arguments if each in arguments}
        if relation.check is not None:
            relation.check(narrowing)
        rows = RowList(self._viewer, relation, target, narrowing)
        bounds = (None, paging.after, paging.before)
        return paging.cut(
            *await asyncio.gather(*(self._list(field, rows, source, bound) for bound in bounds))
        )

    async def _list(
        self, field: DeclaredField, rows: RowList, source: Any, bound: Bound | None = None
    ) -> list[Row]:
        """The rows that belong to this source; of a connection, those beyond the bound."""
        within = bound.condition if bound else None
        loader = self._loader(
            ("related", field, tuple(sorted(rows.arguments.items())), bound),
            lambda keys: rows.read(keys, within),
        )
        found: list[Row] = await loader.load(_key(rows.relation, source))
        return found

    def _loader(
        self, key: Hashable, load: Callable[[list[Any]], Awaitable[list[Any]]]
    ) -> DataLoader[Any, Any]:
        if key not in self._loaders:
            self._loaders[key] = DataLoader(load_fn=load)
        return self._loaders[key]

    def _reached(self, entity: Entity) -> QuerySet[Any]:
        return reached(entity.scope, self._viewer)

    async def _rows(self, entity: Entity, numbers: list[int]) -> list[Row | None]:
        values = await self._reached(entity).filter(id__in=numbers).values(*entity.paths)
        by_number = {each["id"]: Row(entity, each) for each in values}
        return [by_number.get(number) for number in numbers]

    async def _allowed(
        self, entity: Entity, allow: Relations | None, keys: list[Key]
    ) -> list[bool]:
        query = reached(entity.scope, self._viewer, via=allow).filter(among(entity.key, keys))
        rows = await query.values(*entity.key)
        allowed = {tuple(each[column] for column in entity.key) for each in rows}
        return [key in allowed for key in keys]


def _of_group(spec: GroupKey | GroupItems | Found, source: Group) -> Any:
    match spec:
        case GroupKey():
            return source.value
        case GroupItems():
            return source.items
    raise TypeError("No row has this field: a payload or an event has it.")


async def _computed_values(entity: Entity, computed: Computed, numbers: list[int]) -> list[Any]:
    model = entity.scope.model
    expression = RawSQL(computed.over(model._meta.db_table))  # noqa: SLF001 — its description
    query = model.filter(id__in=numbers).annotate(computed=expression)
    values = {each["id"]: each["computed"] for each in await query.values("id", "computed")}
    return [values.get(number) for number in numbers]


def _key(relation: Relation, source: Any) -> Key:
    """The source's values that lead to the relation's rows; a root has none."""
    return source.key(relation.parent_paths) if isinstance(source, Row) else ()


def _shaped(relation: Relation, grouping: Grouping | None, rows: list[Row]) -> Any:
    """The list, its first row, or its groups in the order in which they begin."""
    if not relation.is_many:
        return rows[0] if rows else None
    if grouping is None:
        return rows
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.values[grouping.by], []).append(row)
    return [Group(value, items) for value, items in groups.items()]
