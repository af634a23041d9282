"""A row source inside a FROM clause, and the joins that column paths of its model lead through."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tortoise.fields.base import Field

from models import Record
from planner.sql import name


class Names:
    """Gives out aliases, each once a statement."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def new(self, letter: str = "t") -> str:
        """An alias that is not in use."""
        return f"{letter}{next(self._numbers)}"


@dataclass
class Source:
    """Rows of a model under an alias.

    `joins` may be shared with the source that this one was joined to. Behind an outer join every
    further join is an outer one too.
    """

    model: type[Record]
    names: Names
    alias: str
    joins: list[str]
    is_outer: bool = False
    is_bound: bool = False
    """Whether other conditions pick its rows, so that sets of facts need only look at those."""
    _joined: dict[str, "Source"] = field(default_factory=dict)

    @classmethod
    def of(cls, model: type[Record], names: Names) -> "Source":
        """A source of its own FROM clause."""
        return cls(model, names, names.new(), [])

    @property
    def table(self) -> str:
        """The table or view, under the alias."""
        return f"{name(table_of(self.model))} AS {self.alias}"

    @property
    def from_clause(self) -> str:
        """The table with all its joins."""
        return " ".join((self.table, *self.joins))

    def column(self, path: str) -> str:
        """The column at a path through relations to one (`lesson__section__subject_id`)."""
        *steps, last = path.split("__")
        source = self
        for step in steps:
            source = source.related(step)
        return f"{source.alias}.{name(column_of(source.model, last))}"

    def behind(self, path: str, model: type[Record]) -> "Source | None":
        """The row of the model whose id the column at the path is; None for a bare number."""
        *steps, last = path.split("__")
        source = self
        for step in steps:
            source = source.related(step)
        step = last.removesuffix("_id")
        relation: Any = source.model._meta.fields_map.get(step)  # noqa: SLF001 — its description
        if getattr(relation, "related_model", None) is not model:
            return None
        return source.related(step)

    def related(self, step: str) -> "Source":
        """The source at the end of a relation to one, joined when first asked for."""
        if step not in self._joined:
            relation: Any = self.model._meta.fields_map[step]  # noqa: SLF001 — its description
            is_outer = self.is_outer or is_nullable(self.model, relation.source_field)
            target = Source(
                relation.related_model, self.names, self.names.new(), self.joins, is_outer
            )
            kind = "LEFT JOIN" if is_outer else "JOIN"
            key = self.column(relation.source_field)
            reached = target.column(relation.to_field_instance.model_field_name)
            self.joins.append(f"{kind} {target.table} ON {reached} = {key}")
            self._joined[step] = target
        return self._joined[step]


def table_of(model: type[Record]) -> str:
    """The model's table or view."""
    return model._meta.db_table  # noqa: SLF001 — its description


def column_of(model: type[Record], field_name: str) -> str:
    """The database's name of a model's field."""
    name = "id" if field_name == "pk" else field_name
    return str(model._meta.fields_db_projection[name])  # noqa: SLF001 — its description


def field_at(model: type[Record], path: str) -> Field[Any]:
    """The column's field at a path through relations to one."""
    first, _, rest = path.partition("__")
    found: Any = model._meta.fields_map[first]  # noqa: SLF001 — its description
    return field_at(found.related_model, rest) if rest else found


def is_nullable(model: type[Record], path: str) -> bool:
    """Whether the column at the path, or a relation on the way, may be empty."""
    first, _, rest = path.partition("__")
    found: Any = model._meta.fields_map[first]  # noqa: SLF001 — its description
    if not rest:
        return bool(found.null)
    key: str = found.source_field
    return is_nullable(model, key) or is_nullable(found.related_model, rest)


def is_unique(model: type[Record], columns: frozenset[str]) -> bool:
    """Whether no two rows of the model agree in all of these columns."""
    meta = model._meta  # noqa: SLF001 — its description
    singles = (
        name
        for name, each in meta.fields_map.items()
        if getattr(each, "unique", False) and meta.app == "diary"
    )
    keys = [
        frozenset(each.fields)
        for each in meta.constraints
        if hasattr(each, "fields") and each.condition is None
    ]
    return any(single in columns for single in singles) or any(key <= columns for key in keys)


def leads_index(model: type[Record], column: str) -> bool:
    """Whether an index of the model begins with the column."""
    meta = model._meta  # noqa: SLF001 — its description
    indexed = (*meta.indexes, *meta.constraints)
    return any(list(getattr(each, "fields", ()))[:1] == [column] for each in indexed)
