"""Which fields of a query look one row up by its id, and how many of them found none."""

from collections.abc import Mapping
from typing import Any

import orjson
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
)
from graphql import OperationType as Kind

from access.lookups import MUST_WAIT
from api.documents import Prepared

_CODE = "TOO_MANY_REQUESTS"
# An answer with more than this has found something.
_MOST_BYTES = 64 * 1024
_BY_ID = frozenset({"id", "ids", "classId"})


def keys_of(prepared: Prepared, name: str | None) -> frozenset[str]:
    """The response keys of an operation's lookups, kept beside its document; none of a mutation."""
    place = ("lookups", name)
    if place not in prepared.beside:
        prepared.beside[place] = frozenset(_keys(prepared, name))
    found: frozenset[str] = prepared.beside[place]
    return found


def too_many() -> GraphQLError:
    """What somebody is told that has to wait."""
    return GraphQLError(MUST_WAIT, extensions={"code": _CODE})


def misses(keys: frozenset[str], data: bytes) -> int:
    """How many of the lookups gave null in these data."""
    if not keys or len(data) > _MOST_BYTES or b"null" not in data:
        return 0
    return misses_in(keys, orjson.loads(data))


def misses_in(keys: frozenset[str], data: Mapping[str, Any] | None) -> int:
    """The same for data that are no JSON yet."""
    values = ((data or {}).get(key, ...) for key in keys)
    return sum(
        sum(each is None for each in value) if isinstance(value, list) else value is None
        for value in values
    )


def _keys(prepared: Prepared, name: str | None) -> list[str]:
    if prepared.document is None:
        return []
    operation = prepared.operation(name)
    if operation.operation is not Kind.QUERY:
        return []
    fragments = {
        each.name.value: each
        for each in prepared.document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    waiting: list[OperationDefinitionNode | FragmentDefinitionNode | InlineFragmentNode]
    waiting, found, seen = [operation], [], set()
    while waiting:
        for selection in waiting.pop().selection_set.selections:
            if isinstance(selection, FieldNode):
                if any(each.name.value in _BY_ID for each in selection.arguments or ()):
                    found.append((selection.alias or selection.name).value)
            elif isinstance(selection, InlineFragmentNode):
                waiting.append(selection)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in seen:
                seen.add(selection.name.value)
                waiting.append(fragments[selection.name.value])
    return found
