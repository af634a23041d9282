"""How much of the schema a document may ask for at once: what the standard query does.

The schema is one large object in which everything leads to everything, and nothing else counts what
is asked of it: 90 aliases of its types gave megabytes, and kept all others waiting.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

_ROOTS = frozenset({"__schema", "__type"})
_OF_A_TYPE = frozenset({"fields", "inputFields", "interfaces", "possibleTypes", "enumValues"})
# Within the list that is around it, or within none, each of these may be asked for.
_WITHIN: Mapping[str, frozenset[str]] = {
    "": _OF_A_TYPE | {"types", "directives"},
    "types": _OF_A_TYPE,
    "fields": frozenset({"args"}),
    "directives": frozenset({"args"}),
}
_LISTS = frozenset.union(*_WITHIN.values())
_TOO_BROAD = (
    "The schema is asked for without aliases, and with no lists within lists but those of the "
    "standard query."
)


class _Step(NamedTuple):
    """Selections that are looked at, and the list around them: None outside of the schema."""

    selections: SelectionSetNode
    around: str | None


def breadth(document: DocumentNode) -> str | None:
    """Why the document asks for too much of the schema; None where not. It must be valid.

    Each fragment is looked at once for each list around it.
    """
    fragments = {
        each.name.value: each.selection_set
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    seen: set[tuple[str, str | None]] = set()
    waiting = [
        _Step(each.selection_set, None)
        for each in document.definitions
        if isinstance(each, OperationDefinitionNode)
    ]
    while waiting:
        step = waiting.pop()
        for selection in step.selections.selections:
            if isinstance(selection, FragmentSpreadNode):
                place = selection.name.value, step.around
                if place not in seen:
                    seen.add(place)
                    waiting.append(_Step(fragments[place[0]], step.around))
            elif isinstance(selection, FieldNode) and _is_broad(selection, step.around):
                return _TOO_BROAD
            else:
                waiting += _inside(selection, step.around)
    return None


def _is_broad(field: FieldNode, around: str | None) -> bool:
    name = field.name.value
    if around is None and name not in _ROOTS:
        return False
    is_list_too_many = name in _LISTS and name not in _WITHIN.get(around or "", ())
    return field.alias is not None or is_list_too_many


def _inside(selection: object, around: str | None) -> Iterator[_Step]:
    if not isinstance(selection, FieldNode | InlineFragmentNode) or not selection.selection_set:
        return
    if isinstance(selection, FieldNode):
        name = selection.name.value
        if around is None:
            around = "" if name in _ROOTS else None
        elif name in _LISTS:
            around = name
    yield _Step(selection.selection_set, around)
