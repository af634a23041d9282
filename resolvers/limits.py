"""Checks of what clients send that need no rows; each answers an error or nothing."""

from datetime import datetime

from errors import UserError

_MARKS = range(1, 6)
_WEIGHTS = range(1, 101)
LONGEST_REASON = 1000


def value(given: int | None, *at: str) -> UserError | None:
    """A mark's value lies on the five-point scale."""
    if given is not None and given not in _MARKS:
        return UserError("OUT_OF_RANGE", "A mark is a number from 1 to 5.", *at)
    return None


def weight(given: int | None, *at: str) -> UserError | None:
    """A weight lies between 1 and 100."""
    if given is not None and given not in _WEIGHTS:
        return UserError("OUT_OF_RANGE", "A weight is a number from 1 to 100.", *at)
    return None


def text(given: str | None, longest: int, *at: str) -> UserError | None:
    """A text is not too long, and PostgreSQL can hold it."""
    if given is None:
        return None
    if len(given) > longest:
        return UserError("TOO_LONG", f"At most {longest} characters.", *at)
    if "\x00" in given:
        return UserError("OUT_OF_RANGE", "A text has no NUL characters.", *at)
    return None


def required_text(given: str, longest: int, *at: str) -> UserError | None:
    """A text is there and not too long."""
    if not given.strip():
        return UserError("REQUIRED", "This may not be empty.", *at)
    return text(given, longest, *at)


def reason(given: str, *at: str) -> UserError | None:
    """A change of the journal says why."""
    return required_text(given, LONGEST_REASON, *(at or ("reason",)))


def optional_reason(given: str | None, *at: str) -> UserError | None:
    """Who need not say why may."""
    return None if given is None else reason(given, *at)


def moment(given: datetime | None, *at: str) -> UserError | None:
    """A moment says in which zone it is meant."""
    if given is not None and given.tzinfo is None:
        return UserError("MALFORMED", "A moment ends in its zone, as in RFC 3339.", *at)
    return None
