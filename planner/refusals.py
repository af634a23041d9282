"""What is told of fields that the caller's relations can never read: once for the document."""

from collections.abc import Iterator
from itertools import islice

from graphql import GraphQLError

from access.roles import Relations
from errors import AccessError, Forbidden
from planner.document import Document
from planner.selection import Selected

_REFUSED = "Your roles do not allow this."
# No screen asks for so much that it may not see; a hostile document would, by the megabyte.
_MOST = 100


def refusals(document: Document, relations: Relations) -> Iterator[GraphQLError]:
    """An error for each guarded field below the root that nobody with these relations reads."""
    for node, path in islice(document.refusals(relations), _MOST):
        yield GraphQLError(_REFUSED, nodes=[node], path=path, extensions={"code": Forbidden.code})


def refusal(selected: Selected, error: AccessError) -> GraphQLError:
    """The error of a root field that is refused."""
    return GraphQLError(
        str(error),
        nodes=[each.node for each in selected.nodes],
        path=[selected.key],
        extensions={"code": error.code},
    )
