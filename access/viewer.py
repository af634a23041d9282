"""Who is asking, and the places in a condition that are filled with it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import cached_property

from access.roles import OF_ANYONE, Relations, Role, relations_of
from errors import Forbidden, Unauthenticated

_OWN_AGE = 14


class OfViewer(Enum):
    """A place in a condition that each request fills with its viewer's own value."""

    PERSON = "person_id"
    ACCOUNT = "account_id"
    SESSION = "session_id"
    TODAY = "today"
    NOW = "now"
    FOURTEEN_YEARS_AGO = "fourteen_years_ago"


ME = OfViewer.PERSON
MY_ACCOUNT = OfViewer.ACCOUNT
MY_SESSION = OfViewer.SESSION
TODAY = OfViewer.TODAY
NOW = OfViewer.NOW
FOURTEEN_YEARS_AGO = OfViewer.FOURTEEN_YEARS_AGO


@dataclass(frozen=True)
class Viewer:
    """Someone who asks: signed in, with the roles of today, or nobody (`ANONYMOUS`).

    `today` is the school's day and `now` the moment, both by the database's clock.
    """

    account_id: int | None
    session_id: int | None
    person_id: int | None
    roles: frozenset[Role]
    today: date
    now: datetime

    @cached_property
    def relations(self) -> Relations:
        """Every relation to a row that this viewer may stand in."""
        return relations_of(self.roles) if self.is_signed_in else OF_ANYONE

    @cached_property
    def role_names(self) -> tuple[str, ...]:
        """The roles in the order of their names."""
        return tuple(sorted(role.value for role in self.roles))

    @property
    def fourteen_years_ago(self) -> date:
        """The latest birthday of those who speak for themselves (Family Code, art. 56 and 63)."""
        is_leap_day = (self.today.month, self.today.day) == (2, 29)
        return self.today.replace(
            year=self.today.year - _OWN_AGE, day=28 if is_leap_day else self.today.day
        )

    @property
    def is_signed_in(self) -> bool:
        """Whether a live session stands behind the request."""
        return self.account_id is not None

    def require(self, allow: Relations) -> None:
        """Raise Unauthenticated or Forbidden where none of these relations can ever hold."""
        if self.relations & allow:
            return
        if not self.is_signed_in:
            raise Unauthenticated("Sign in first.")
        raise Forbidden("Your roles do not allow this.")


def anonymous(today: date, now: datetime) -> Viewer:
    """Nobody in particular."""
    return Viewer(None, None, None, frozenset(), today, now)
