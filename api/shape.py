"""What a document may look like at the most, counted in one pass, whatever its fragments do."""

from collections.abc import Iterator
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    Visitor,
    visit,
)
from graphql.language import DirectiveNode

from api.limits import Limits


class _Counts(Visitor):
    """Counts what is written, each fragment once."""

    def __init__(self) -> None:
        super().__init__()
        self.aliases = 0
        self.directives = 0

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self.aliases += node.alias is not None

    def enter_directive(self, _node: DirectiveNode, *_: object) -> None:
        self.directives += 1


class _Step(NamedTuple):
    """A selection that is looked at, and how many fields are around it."""

    selections: SelectionSetNode
    depth: int


def excess(document: DocumentNode, limits: Limits) -> str | None:
    """Why the document is more than what is taken; None where it is not. It must be valid."""
    counts = _Counts()
    visit(document, counts)
    for count, most, what in (
        (counts.aliases, limits.aliases, "aliases"),
        (counts.directives, limits.directives, "directives"),
        (_depth(document, limits.depth), limits.depth, "levels of fields"),
    ):
        if count > most:
            return f"The document has more than {most} {what}."
    return None


def _depth(document: DocumentNode, most: int) -> int:
    """How deep the deepest field of any operation is; what is beyond `most` is not looked at.

    A fragment is looked at again only from a deeper place than before: at most once for each level.
    """
    fragments = {
        each.name.value: each.selection_set
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    reached: dict[str, int] = {}
    deepest = 0
    waiting = [
        _Step(each.selection_set, 0)
        for each in document.definitions
        if isinstance(each, OperationDefinitionNode)
    ]
    while waiting and deepest <= most:
        step = waiting.pop()
        for selection in step.selections.selections:
            if isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if reached.get(name, -1) < step.depth:
                    reached[name] = step.depth
                    waiting.append(_Step(fragments[name], step.depth))
                continue
            depth = step.depth + isinstance(selection, FieldNode)
            deepest = max(deepest, depth)
            waiting += (_Step(inner, depth) for inner in _inner(selection))
    return deepest


def _inner(selection: Node) -> Iterator[SelectionSetNode]:
    if isinstance(selection, FieldNode | InlineFragmentNode) and selection.selection_set:
        yield selection.selection_set
