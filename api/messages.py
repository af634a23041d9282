"""What the door hands to the schema, and what it gets back."""

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import Any, NamedTuple

import orjson
from graphql import GraphQLError


class Request(NamedTuple):
    """What a client asks beside the document itself.

    `planner` and `explain` are what its extensions say in development, and elsewhere the defaults.
    """

    operation_name: str | None = None
    variables: Mapping[str, Any] | None = None
    planner: bool = True
    explain: bool = False


class Outcome(Enum):
    """How a request ended, as far as its HTTP status goes."""

    COMPLETE = auto()
    """Data and no errors."""
    PARTIAL = auto()
    """Errors beside data, which may be null: the operation ran."""
    UNREADABLE = auto()
    """The document cannot be parsed."""
    INVALID = auto()
    """The document, the operation's name or the variables are not what they should be."""
    FAILED = auto()
    """The operation could not run, and that is not the client's fault."""
    UNAVAILABLE = auto()
    """The operation could not run now, and may run in a moment."""


class Answer(NamedTuple):
    """An answer as it goes out: JSON, and how it came to be."""

    body: bytes
    outcome: Outcome


def answered(
    data: Any, errors: Sequence[GraphQLError], extensions: Mapping[str, Any] | None = None
) -> Answer:
    """The answer of an operation that ran."""
    whole: dict[str, Any] = {"data": data}
    if errors:
        whole["errors"] = [error.formatted for error in errors]
    if extensions:
        whole["extensions"] = extensions
    return Answer(orjson.dumps(whole), Outcome.PARTIAL if errors else Outcome.COMPLETE)


def refused(errors: Sequence[GraphQLError], outcome: Outcome = Outcome.INVALID) -> Answer:
    """The answer of a request whose operation did not run: there is no `data` in it."""
    return Answer(orjson.dumps({"errors": [error.formatted for error in errors]}), outcome)
