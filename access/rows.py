"""The only way to rows: a scope, filled with the viewer, as a query."""

from collections.abc import Callable
from typing import Any

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from access.facts import Facts
from access.roles import Relations
from access.scope import Scope
from access.viewer import OfViewer, Viewer
from models import Record

_NOTHING = Q(id__in=[])


def reached(scope: Scope, viewer: Viewer, via: Relations | None = None) -> QuerySet[Record]:
    """The rows that the viewer reaches; with `via`, only by one of those relations."""
    return scope.model.filter(reach(scope, viewer, via), bound(scope.only, viewer))


def reach(scope: Scope, viewer: Viewer, via: Relations | None = None) -> Q:
    """The condition of the viewer's reach alone, without the scope's `only`."""
    ways = scope.ways(via)
    conditions = [condition for each, condition in ways.items() if each in viewer.relations]
    if not conditions:
        return _NOTHING
    if any(is_empty(condition) for condition in conditions):
        return Q()
    return Q(*(bound(condition, viewer) for condition in conditions), join_type=Q.OR)


def is_empty(condition: Q) -> bool:
    """Whether the condition holds for every row."""
    return not condition.children and not condition.filters


def bound(condition: Q, viewer: Viewer) -> Q:
    """The same condition with the viewer's values in their places."""
    return filled(condition, lambda value: _of_viewer(value, viewer))


def filled(condition: Q, value_of: Callable[[Any], Any]) -> Q:
    """The same condition with every compared value replaced by what `value_of` makes of it."""
    if condition.children:
        made = Q(
            *(filled(child, value_of) for child in condition.children),
            join_type=condition.join_type,
        )
    else:
        compared = {path: value_of(value) for path, value in condition.filters.items()}
        made = Q(join_type=condition.join_type, **compared)
    return ~made if condition._is_negated else made  # noqa: SLF001 — Q has no public way to ask


def _of_viewer(value: Any, viewer: Viewer) -> Any:
    if isinstance(value, OfViewer):
        return getattr(viewer, value.value)
    if isinstance(value, Facts):
        return Subquery(value.model.filter(bound(value.where, viewer)).values(value.column))
    return value
