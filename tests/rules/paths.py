"""Whether a path such as `section__subject_id` leads to a column of a model."""

from collections.abc import Iterator

from tortoise.expressions import Q
from tortoise.fields.relational import RelationalField

from models import Record

_COMPARISONS = frozenset({"in", "isnull", "gt", "gte", "lt", "lte", "not", "icontains", "search"})


def is_column(model: type[Record], path: str) -> bool:
    """Whether every step but the last is a relation and the last one a column."""
    *steps, last = path.split("__")
    here: type[Record] | None = model
    for step in steps:
        here = _behind(here, step)
    return here is not None and last in here._meta.fields_db_projection  # noqa: SLF001 — its map


def is_condition(model: type[Record], condition: Q) -> bool:
    """Whether every path that the condition compares leads to a column."""
    return all(is_column(model, path) for path in _compared(condition))


def _behind(model: type[Record] | None, step: str) -> type[Record] | None:
    field = model._meta.fields_map.get(step) if model is not None else None  # noqa: SLF001 — its map
    return field.related_model if isinstance(field, RelationalField) else None


def _compared(condition: Q) -> Iterator[str]:
    for child in condition.children:
        yield from _compared(child)
    for path in condition.filters:
        head, _, last = path.rpartition("__")
        yield head if last in _COMPARISONS else path
