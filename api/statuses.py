"""The HTTP status of an answer, by how its request ended and the form that it has."""

from collections.abc import Mapping

from api.messages import Outcome
from api.negotiation import Media

RETRY_SECONDS = 2
"""After how long a client that was answered with 503 should ask again."""
_PARTIAL_SUCCESS = 294
_OF_2026: Mapping[Outcome, int] = {
    Outcome.COMPLETE: 200,
    Outcome.PARTIAL: _PARTIAL_SUCCESS,
    Outcome.UNREADABLE: 400,
    Outcome.INVALID: 422,
    Outcome.FAILED: 500,
    Outcome.UNAVAILABLE: 503,
}

COMMON: Mapping[Media, Mapping[Outcome, int]] = {
    Media.JSON: dict.fromkeys(Outcome, 200),
    Media.GRAPHQL: {**_OF_2026, Outcome.PARTIAL: 200, Outcome.INVALID: 400},
}
"""What clients have known since before September 2026; with plain JSON, whatever is GraphQL's."""

STRICT: Mapping[Media, Mapping[Outcome, int]] = dict.fromkeys(COMMON, _OF_2026)
"""What the edition of September 2026 recommends, whatever the form."""
