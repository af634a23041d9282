"""Enumerations of the rows as enumerations of the schema, with every value described."""

from enum import Enum
from typing import Any, TypeVar

import strawberry

Kind = TypeVar("Kind", bound=type[Enum])


def describe_enum(kind: Kind, description: str, **values: str) -> None:
    """Publish `kind`; every member needs its description, and no other may be given.

    Members are described where the schema is, because the rows know nothing of GraphQL.
    """
    members = {member.name for member in kind}
    if members != set(values):
        odd = ", ".join(sorted(members ^ set(values)))
        raise TypeError(f"{kind.__name__} is not described value by value: {odd}")
    published: Any = strawberry.enum(kind, description=description)
    for value in published.__strawberry_definition__.values:
        value.description = values[value.name]
