"""Reach that need not be asked for: the row that leads here is reached by the very same facts."""

from collections.abc import Hashable, Iterable, Iterator, Mapping

from tortoise.expressions import Q

from models import Record
from planner.conditions import key_of, membership


def is_implied(
    conditions: Iterable[Q], by: Iterable[Q], on: Mapping[str, str], parent: type[Record]
) -> bool:
    """Whether each of the conditions that lead to the parent (`by`) leads to the related row too.

    `on` gives the parent's column for each column of the related row that equals it. The parent is
    of this model, reached by one of `by`.
    """
    leading: set[Hashable] = set()
    for condition in _alternatives(conditions):
        leading.add(_seen(condition, on, parent))
        leading.add(_stated_by(condition, on, parent))
    return all(key_of(condition) in leading for condition in by)


def _alternatives(conditions: Iterable[Q]) -> Iterator[Q]:
    """The conditions, and those of which one is enough for them."""
    for condition in conditions:
        yield condition
        if condition.join_type == Q.OR and not condition._is_negated:  # noqa: SLF001 — as Q says
            yield from _alternatives(condition.children)


def _stated_by(condition: Q, on: Mapping[str, str], parent: type[Record]) -> Hashable:
    """What the parent has to fulfil to be one of the facts that the condition looks for."""
    path, facts = membership(condition) or ("", None)
    if facts is None or facts.model is not parent or on.get(path) != facts.column:
        return None
    return key_of(facts.where)


def _seen(condition: Q, on: Mapping[str, str], parent: type[Record]) -> Hashable:
    """The related row's condition in terms of the parent; None where that cannot be said."""
    children = tuple(_seen(child, on, parent) for child in condition.children)
    filters = tuple(
        (_path(path, on, parent), key_of(value)) for path, value in condition.filters.items()
    )
    if None in children or any(path is None for path, _ in filters):
        return None
    return condition.join_type, condition._is_negated, children, filters  # noqa: SLF001 — as above


def _path(path: str, on: Mapping[str, str], parent: type[Record]) -> str | None:
    """The parent's path to what stands at the related row's path."""
    repeats: Mapping[str, str] = getattr(parent, "repeats", {})
    for column, own in on.items():
        if path == column or path.startswith(f"{column}__"):
            seen = own + path.removeprefix(column)
        elif path.startswith(f"{column.removesuffix('_id')}__"):
            # What is behind the key is behind the parent's key, or is the parent itself.
            behind = path.removeprefix(f"{column.removesuffix('_id')}__")
            seen = behind if own == "id" else f"{own.removesuffix('_id')}__{behind}"
        else:
            continue
        for repeated, column_here in repeats.items():
            if seen.startswith(repeated):
                return column_here + seen.removeprefix(repeated)
        return seen
    return None
