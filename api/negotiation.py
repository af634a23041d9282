"""What HTTP's headers say of a request's and an answer's form."""

from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

_LONGEST_REMEMBERED = 512


class Media(StrEnum):
    """A form that an answer may have."""

    GRAPHQL = "application/graphql-response+json"
    JSON = "application/json"
    EVENTS = "text/event-stream"

    @property
    def header(self) -> bytes:
        """The value of Content-Type."""
        return _HEADERS[self]


_USUAL = str(Media.JSON)
_HEADERS = {media: f"{media}; charset=utf-8".encode() for media in Media}


def acceptable(accept: str, preferred: Media) -> Media | None:
    """The best form that an Accept header allows; None where it allows neither.

    `preferred` is for clients that take anything, and for those that say nothing.
    """
    if not accept:
        return preferred
    return (_remembered if len(accept) <= _LONGEST_REMEMBERED else _best)(accept, preferred)


def is_json(content_type: str) -> bool:
    """Whether a request's body is declared to be JSON in UTF-8, which is JSON's default."""
    if content_type == _USUAL:
        return True
    kind, parameters = _parsed(content_type)
    return kind == Media.JSON and parameters.get("charset", "utf-8") in {"utf-8", "utf8"}


def takes_gzip(accept_encoding: str) -> bool:
    """Whether the client takes an answer that is compressed with gzip."""
    weights = {coding: _weight(parameters) for coding, parameters in _list(accept_encoding)}
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _best(accept: str, preferred: Media) -> Media | None:
    """The form with the greatest weight, among equal ones that which is named first."""
    ranges = list(_list(accept))
    weights = {media: _weight_of(media, ranges) for media in Media}
    best = max(weights.values())
    if best <= 0:
        return None
    equal = [media for media in Media if weights[media] == best]
    named = [kind for kind, _ in ranges if kind in equal]
    if named:
        return Media(named[0])
    return preferred if preferred in equal else equal[0]


_remembered = lru_cache(maxsize=256)(_best)


def _weight_of(media: Media, ranges: list[tuple[str, dict[str, str]]]) -> float:
    """The weight that the most specific range gives the form."""
    for pattern in (media, f"{media.partition('/')[0]}/*", "*/*"):
        for kind, parameters in ranges:
            if kind == pattern and parameters.get("charset", "utf-8") in {"utf-8", "utf8", "*"}:
                return _weight(parameters)
    return 0.0


def _weight(parameters: dict[str, str]) -> float:
    try:
        weight = float(parameters.get("q", "1"))
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0


def _list(header: str) -> Iterator[tuple[str, dict[str, str]]]:
    return (_parsed(part) for part in header.split(",") if part.strip())


def _parsed(value: str) -> tuple[str, dict[str, str]]:
    kind, *rest = value.split(";")
    pairs = (parameter.partition("=") for parameter in rest)
    parameters = {
        name.strip().lower(): given.strip().strip('"').lower() for name, _, given in pairs
    }
    return kind.strip().lower(), parameters
