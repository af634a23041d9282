"""What of Strawberry's, and so of ours, stands behind a part of graphql-core's schema."""

from typing import Any

from graphql import GraphQLArgument, GraphQLField

from access.roles import Relations
from schema.declaration.directive import Allow

GUESS = "guess"
"""Under this name a mutation's metadata says whether each of it is a guess at something secret."""


def declared(part: GraphQLField | GraphQLArgument) -> Any:
    """The field or argument as it was declared; None for what introspection brings along."""
    return part.extensions.get("strawberry-definition")


def allowed(field: GraphQLField | None) -> Relations | None:
    """Whom the field is for; None where nothing is said about it."""
    directives = getattr(declared(field), "directives", ()) if field else ()
    return next((frozenset(each.to) for each in directives if isinstance(each, Allow)), None)


def is_guess(field: GraphQLField) -> bool:
    """Whether the mutation is a guess at something secret, such as a password or a ticket."""
    metadata = getattr(declared(field), "metadata", {})
    return bool(metadata.get(GUESS))
