"""Fields that an input gives: which they are, what they may be, and who may write them."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from access import snils
from access.roles import Relations
from access.rows import reached
from access.scope import Scope
from access.writers import Writers, all_of
from couriers import addresses
from errors import UserError
from resolvers import limits
from resolvers import work as working
from resolvers.work import Work

_LONGEST = {
    "last_name": 100,
    "first_name": 100,
    "middle_name": 100,
    "address": 300,
    "workplace": 300,
    "special_needs": 500,
    "social_risk": 500,
}
_NEVER_EMPTY = ("last_name", "first_name")
_SPELLED: Mapping[str, Callable[[str], str | None]] = {
    "phone": addresses.phone,
    "email": addresses.email,
    "snils": snils.digits_of,
}
_MALFORMED = {
    "phone": "This is no phone: write it like +7 912 345-67-89.",
    "email": "This is no e-mail address.",
    "snils": "Its digits do not check each other.",
}
_OLDEST = timedelta(days=120 * 366)
CONTACTS = ("phone", "email")


def fields_of(given: Any, writers: Writers, today: date) -> dict[str, Any]:
    """What an input gives of these fields, in one spelling; an empty text is null.

    Raises UserError for each that cannot be what it says.
    """
    values = {name: getattr(given, name) for name in writers}
    found = {name: _plain(value) for name, value in values.items() if value is not UNSET}
    if not found:
        raise UserError("REQUIRED", "Say what to change.")
    working.all_of(_problem(name, value, today) for name, value in found.items())
    return {name: spelled(name, value) for name, value in found.items()}


async def refuse_others(
    work: Work, scope: Scope, row_id: int, names: Mapping[str, Any], writers: Writers
) -> None:
    """Raise UserError for each of the fields that the viewer may not write in this row."""
    may = {
        rule: await _may(work, scope, row_id, rule, all_of(writers)) for rule in writers.values()
    }
    working.all_of(
        UserError("FORBIDDEN", "You may not change this.", to_camel_case(name))
        for name in names
        if not may[writers[name]]
    )


async def _may(work: Work, scope: Scope, row_id: int, rule: Relations, via: Relations) -> bool:
    """Whether the row, which was reached by one of `via`, is reached by the rule."""
    held = work.viewer.relations & via
    if held <= rule or not held & rule:
        return held <= rule
    query = reached(scope, work.viewer, via=rule).using_db(work.connection)
    return await query.filter(id=row_id).exists()


def malformed(name: str) -> UserError:
    """The refusal of what has no spelling as that field."""
    return UserError("MALFORMED", _MALFORMED[name], name)


def _plain(value: Any) -> Any:
    return (value.strip() or None) if isinstance(value, str) else value


def spelled(name: str, value: Any) -> Any:
    """The value of that field in its one spelling; None for null, and for what is malformed."""
    return _SPELLED[name](value) if name in _SPELLED and value is not None else value


def _problem(name: str, value: Any, today: date) -> UserError | None:
    at = to_camel_case(name)
    if value is None:
        return UserError("REQUIRED", "This may not be empty.", at) if name in _NEVER_EMPTY else None
    if isinstance(value, date):
        is_possible = today - _OLDEST <= value <= today
        return None if is_possible else UserError("OUT_OF_RANGE", "Nobody is born then.", at)
    if name in _SPELLED and spelled(name, value) is None:
        return malformed(name)
    return limits.text(value, _LONGEST[name], at) if name in _LONGEST else None
