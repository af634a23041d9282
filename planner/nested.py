"""Lists below lists: which of them belong to so many rows that they are read at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner.selection import Selected
from planner.source import is_unique, leads_index
from planner.statement import Statement, entity_at, kind_of
from schema.declaration.entity import Entity, grouping_of
from schema.declaration.specs import Relation

MANY = 200
"""The inner rows to be expected from which on a batch pays: a diary week stays below, a page of
the journal (30 pupils, 20 lessons) is above. A batch costs about as much as 100 sub-selects."""


@dataclass(frozen=True, eq=False)
class Child:
    """Rows that belong to an inner row: `inner` is its column that differs within one list.

    `fixed` are its other columns that lead there, with the outer row's columns that they equal.
    """

    relation: Relation
    inner: str
    fixed: Mapping[str, str]


Children = Mapping[str, Child]
"""By response key; all of them have the same inner column."""


def inner_lists(
    statement: Statement, selected: Selected, relation: Relation
) -> Mapping[str, tuple[Relation, Children]]:
    """The inner lists of a list that have children to be read at once, by response key."""
    if relation.page is not None or relation.expected == 1:
        return {}
    outer = entity_at(selected)
    return {
        each.key: (inner, children)
        for each, inner in _relations(statement, selected, outer)
        if inner.is_many
        and relation.expected * inner.expected >= MANY
        and (children := _children(statement, each, inner))
    }


def _children(statement: Statement, selected: Selected, relation: Relation) -> Children:
    found: dict[str, Child] = {}
    for each, below in _relations(statement, selected, entity_at(selected)):
        child = _child(below, relation.on)
        if child is None or any(child.inner != other.inner for other in found.values()):
            continue
        model, on = entity_at(each).scope.model, below.on
        column = next(column for column, path in on.items() if path == child.inner)
        # What is read for all rows at once is read by its inner column alone.
        if leads_index(model, column) and (below.is_many or is_unique(model, frozenset(on))):
            found[each.key] = child
    return found


def _child(relation: Relation, fixing: Mapping[str, str]) -> Child | None:
    """The children's relation, where but one of its columns differs within one inner list."""
    inner = [path for path in relation.on.values() if path not in fixing]
    if len(inner) != 1:
        return None
    fixed = {path: fixing[path] for path in relation.on.values() if path in fixing}
    return Child(relation, inner[0], fixed)


def _relations(
    statement: Statement, selected: Selected, owner: Entity
) -> Iterator[tuple[Selected, Relation]]:
    """The fields below that lead by equal columns to rows that everybody here may ask for."""
    reach = statement.reach
    for each in statement.selection.of(selected, kind_of(selected)):
        if each.name == "__typename":
            continue
        relation, allow = each.declared.spec, each.declared.allow
        if not isinstance(relation, Relation) or relation.connection or relation.page is not None:
            continue
        is_open = not reach.refuses(allow) and reach.guard_of(owner.scope, allow) is None
        is_plain = bool(relation.on) and grouping_of(each.declared.target) is None
        if is_open and is_plain and not reach.is_nowhere(entity_at(each).scope):
            yield each, relation
