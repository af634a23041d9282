"""What a client is told of an error: a code and a sentence. The log has the rest."""

from collections.abc import Iterable, Sequence

import asyncpg
import structlog
from graphql import FieldNode, GraphQLError, ValueNode
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError
from tortoise.exceptions import OperationalError

from api.messages import Outcome
from api.wording import without_values
from errors import AccessError, Busy, Outage, Unavailable

log = structlog.get_logger()

_INTERNAL = "Something went wrong on our side."
_BAD_INPUT = "BAD_USER_INPUT"
_PASSING = {Unavailable.code, Busy.code}
_NO_OPERATION = "The document has no such operation."


def told(error: GraphQLError, request_id: str) -> GraphQLError:
    """The error as the client sees it."""
    cause = error.original_error
    if isinstance(cause, Outage):
        log.warning("graphql.outage", code=cause.code, reason=repr(cause.__cause__))
    if isinstance(cause, AccessError | Outage):
        return _with(error, str(cause), {"code": cause.code, **cause.details})
    if not _is_ours(error) and (
        cause is None or isinstance(cause, GraphQLError) or error.extensions
    ):
        message = without_values(error.message)
        return _with(error, message, {"code": _BAD_INPUT, **(error.extensions or {})})
    if isinstance(cause, MissingQueryError | CannotGetOperationTypeError):
        return _with(error, _NO_OPERATION, {"code": _BAD_INPUT})
    if _is_unreadable(error):
        return _with(error, "This value cannot be read.", {"code": _BAD_INPUT})
    if cause is not None and _is_unstorable(cause):
        return _with(error, "This text cannot be stored.", {"code": _BAD_INPUT})
    log.error("graphql.unexpected", exc_info=cause or error, path=error.path)
    return _with(error, _INTERNAL, {"code": "INTERNAL", "requestId": request_id})


def codes(errors: Iterable[GraphQLError] | None) -> list[str]:
    """The codes of the errors, each once."""
    return sorted({str((error.extensions or {}).get("code")) for error in errors or ()})


def outage_in(errors: Iterable[GraphQLError] | None) -> Outage | None:
    """The outage that one of the errors comes from, before any of them was told."""
    causes = (error.original_error for error in errors or ())
    return next((cause for cause in causes if isinstance(cause, Outage)), None)


def outcome(errors: Sequence[GraphQLError]) -> Outcome:
    """How a request ended that could not run, as its told errors say."""
    found = set(codes(errors))
    if found & _PASSING:
        return Outcome.UNAVAILABLE
    return Outcome.FAILED if "INTERNAL" in found else Outcome.INVALID


def _is_ours(error: GraphQLError) -> bool:
    """Whether a value was not what its field's type says: nothing that a client sent was wrong.

    graphql-core tells of it at the field itself, and of what an argument is at the argument.
    """
    nodes = error.nodes or ()
    is_of_answer = bool(error.path) and all(isinstance(node, FieldNode) for node in nodes)
    return (
        is_of_answer
        and not error.extensions
        and isinstance(error.original_error, GraphQLError | TypeError | None)
    )


def _is_unreadable(error: GraphQLError) -> bool:
    """Whether a value written in the document is none for Python: a number of 5000 digits."""
    nodes = error.nodes or ()
    return isinstance(error.original_error, ValueError) and any(
        isinstance(node, ValueNode) for node in nodes
    )


def _is_unstorable(cause: BaseException) -> bool:
    """Whether PostgreSQL cannot hold what was sent: a NUL, a lone surrogate, a number too large."""
    if isinstance(cause, OperationalError):
        cause = cause.__cause__ or cause
    return isinstance(cause, UnicodeEncodeError | asyncpg.DataError)


def _with(error: GraphQLError, message: str, extensions: dict[str, object]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )
