"""Lists of rows that belong to other rows: each is one statement for all that it belongs to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from access.facts import Facts, where
from access.rows import bound, filled, reached
from access.viewer import Viewer
from schema.declaration.arguments import GIVEN
from schema.declaration.entity import Entity
from schema.declaration.rows import Row
from schema.declaration.specs import Relation

Key = tuple[Any, ...]


@dataclass(frozen=True)
class RowList:
    """The rows of a relation that a viewer reaches, narrowed by the field's arguments."""

    viewer: Viewer
    relation: Relation
    target: Entity
    arguments: Mapping[str, Any]

    async def read(self, keys: list[Key], within: Q | None = None) -> list[list[Row]]:
        """For each key of a parent its rows in order; `within` narrows them further."""
        query = reached(self.target.scope, self.viewer).filter(*self._narrowed(), within or Q())
        if self.relation.through is not None:
            by_key = await self._through(query, keys)
        else:
            by_key = await self._on(query, keys)
        return [by_key[key][: self._limit] for key in keys]

    @property
    def _limit(self) -> int | None:
        relation = self.relation
        if relation.page is None or relation.connection:
            return None
        return relation.page.limit(self.arguments["first"])

    def _narrowed(self) -> Iterable[Q]:
        yield bound(self.relation.where, self.viewer)
        for name, argument in self.relation.arguments.items():
            if (given := self.arguments.get(name)) is not None:
                put = partial(_in_place, argument.value(given))
                yield bound(filled(argument.where, put), self.viewer)

    async def _on(self, query: QuerySet[Any], keys: list[Key]) -> dict[Key, list[Row]]:
        columns = tuple(self.relation.on)
        by_key: dict[Key, list[Row]] = defaultdict(list)
        for row in await self._rows(query.filter(among(columns, keys)), *columns):
            by_key[row.key(columns)].append(row)
        return by_key

    async def _through(self, query: QuerySet[Any], keys: list[Key]) -> dict[Key, list[Row]]:
        through = self.relation.through
        if through is None:
            raise TypeError("This relation leads through no other table.")
        columns = tuple(through.on)
        links = await through.model.filter(
            bound(through.where, self.viewer), among(columns, keys)
        ).values(*columns, through.key)
        linked: dict[int, set[Key]] = defaultdict(set)
        for link in links:
            linked[link[through.key]].add(tuple(link[column] for column in columns))
        by_key: dict[Key, list[Row]] = defaultdict(list)
        for row in await self._rows(query.filter(id__in=list(linked))):
            for key in linked[row.values["id"]]:
                by_key[key].append(row)
        return by_key

    async def _rows(self, query: QuerySet[Any], *columns: str) -> list[Row]:
        """The rows in order, with the columns that their type, its order and these name."""
        order = self.relation.order_by
        sorted_by = (path.removeprefix("-") for path in order) if self.relation.connection else ()
        paths = dict.fromkeys((*self.target.paths, *columns, *sorted_by))
        values = await query.order_by(*order).values(*paths)
        return [Row(self.target, each) for each in values]


def among(columns: tuple[str, ...], keys: list[Key]) -> Q:
    """Rows whose columns may hold one of the keys; the exact match is made when grouping."""
    return Q(
        *(
            where(f"{column}__in", list({key[place] for key in keys}))
            for place, column in enumerate(columns)
        )
    )


def _in_place(given: Any, value: Any) -> Any:
    """The argument's value where the condition, or a set of facts in it, has a place for it."""
    if isinstance(value, Facts):
        return Facts(value.model, value.column, filled(value.where, partial(_in_place, given)))
    return given if value is GIVEN else value
