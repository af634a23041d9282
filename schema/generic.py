"""The generic resolvers: every declared field, read in batches through the reader's reach.

They are the second, simple path beside planned statements, and the oracle against which plans are
checked: complete and right rather than fast. One object of this class serves one operation (or one
event of a subscription) and remembers what it has read.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from strawberry.dataloader import DataLoader
from tortoise.expressions import Q, RawSQL
from tortoise.queryset import QuerySet

from access.facts import where
from access.roles import Relations
from access.rows import bound, filled, reached
from access.viewer import Viewer
from schema.declaration.arguments import GIVEN
from schema.declaration.entity import Entity, Grouping, entity_of, grouping_of
from schema.declaration.field import DeclaredField
from schema.declaration.ids import encode
from schema.declaration.rows import Group, Row
from schema.declaration.specs import (
    Column,
    Computed,
    Found,
    GroupItems,
    GroupKey,
    Identifier,
    Relation,
)

Key = tuple[Any, ...]


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
            ("allowed", source.entity, allow), lambda ids: self._allowed(source.entity, allow, ids)
        )
        if not await loader.load(source.values["id"]):
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
            case GroupKey():
                return source.value
            case GroupItems():
                return source.items
            case Found():
                return self._found(field, getattr(source, field.python_name))
            case Computed() as computed:
                return self._computed(field, computed, source)
            case Relation() as relation:
                return self._related(field, relation, source, arguments)

    async def _found(self, field: DeclaredField, number: int | Sequence[int] | None) -> Any:
        if number is None:
            return None
        entity = entity_of(field.target)
        if isinstance(number, int):
            return await self.find(entity, number)
        return await asyncio.gather(*(self.find(entity, each) for each in number))

    async def _computed(self, field: DeclaredField, computed: Computed, source: Row) -> Any:
        loader = self._loader(
            ("computed", computed), lambda ids: _computed_values(source.entity, computed, ids)
        )
        return field.convert(await loader.load(source.values["id"]))

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
        key = source.key(relation.parent_paths) if isinstance(source, Row) else ()
        loader = self._loader(
            ("related", field, tuple(sorted(arguments.items()))),
            lambda keys: self._children(relation, target, arguments, keys),
        )
        rows: list[Row] = await loader.load(key)
        return _shaped(relation, grouping, rows)

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
        self, entity: Entity, allow: Relations | None, numbers: list[int]
    ) -> list[bool]:
        query = reached(entity.scope, self._viewer, via=allow).filter(id__in=numbers)
        allowed = {each["id"] for each in await query.values("id")}
        return [number in allowed for number in numbers]

    async def _children(
        self, relation: Relation, target: Entity, arguments: Mapping[str, Any], keys: list[Key]
    ) -> list[list[Row]]:
        query = self._reached(target).filter(*self._narrowed(relation, arguments))
        if relation.through is not None:
            by_key = await self._children_through(relation, target, query, keys)
        else:
            by_key = await self._children_on(relation, target, query, keys)
        limit = relation.page.limit(arguments["first"]) if relation.page else None
        return [by_key[key][:limit] for key in keys]

    def _narrowed(self, relation: Relation, arguments: Mapping[str, Any]) -> Iterable[Q]:
        yield bound(relation.where, self._viewer)
        for name, argument in relation.arguments.items():
            if (given := arguments.get(name)) is not None:
                yield filled(argument.where, partial(_in_place, argument.value(given)))

    async def _children_on(
        self, relation: Relation, target: Entity, query: QuerySet[Any], keys: list[Key]
    ) -> dict[Key, list[Row]]:
        columns = tuple(relation.on)
        query = query.filter(_among(columns, keys)).order_by(*relation.order_by)
        by_key: dict[Key, list[Row]] = defaultdict(list)
        for values in await query.values(*dict.fromkeys((*target.paths, *columns))):
            by_key[tuple(values[column] for column in columns)].append(Row(target, values))
        return by_key

    async def _children_through(
        self, relation: Relation, target: Entity, query: QuerySet[Any], keys: list[Key]
    ) -> dict[Key, list[Row]]:
        through = relation.through
        if through is None:
            raise TypeError("This relation leads through no other table.")
        columns = tuple(through.on)
        links = await through.model.filter(
            bound(through.where, self._viewer), _among(columns, keys)
        ).values(*columns, through.key)
        linked: dict[int, set[Key]] = defaultdict(set)
        for link in links:
            linked[link[through.key]].add(tuple(link[column] for column in columns))
        query = query.filter(id__in=list(linked)).order_by(*relation.order_by)
        by_key: dict[Key, list[Row]] = defaultdict(list)
        for values in await query.values(*target.paths):
            for key in linked[values["id"]]:
                by_key[key].append(Row(target, values))
        return by_key


async def _computed_values(entity: Entity, computed: Computed, numbers: list[int]) -> list[Any]:
    model = entity.scope.model
    expression = RawSQL(computed.over(model._meta.db_table))  # noqa: SLF001 — its description
    query = model.filter(id__in=numbers).annotate(computed=expression)
    values = {each["id"]: each["computed"] for each in await query.values("id", "computed")}
    return [values.get(number) for number in numbers]


def _among(columns: tuple[str, ...], keys: list[Key]) -> Q:
    """Rows whose columns may hold one of the keys; the exact match is made when grouping."""
    return Q(
        *(
            where(f"{column}__in", list({key[place] for key in keys}))
            for place, column in enumerate(columns)
        )
    )


def _in_place(given: Any, value: Any) -> Any:
    """The argument's value where the condition has a place for it."""
    return given if value is GIVEN else value


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
