"""The one family of errors.

DiaryError
├── SettingsError      the program cannot start; the sentence says what to set
├── ImportRefused      a file from outside cannot be taken in; nothing was changed
├── IdentityError      an identity provider did not say who somebody is; a client is told in words
│   ├── ProviderUnavailable   it cannot be reached, or answers what nobody understands
│   ├── IdentityRefused       it refuses, or what it says is not believed
│   └── IdentityNotConfirmed  it knows the person, but nobody has checked who that is
├── AccessError        answered as a GraphQL error with an `extensions.code`
│   ├── Unauthenticated    nobody is signed in, or the token no longer counts
│   ├── Forbidden          the caller's roles may never do this
│   │   └── SessionEnded       what was begun with the session ends with it
│   ├── NotFound           the row is absent or hidden, where no null can say so
│   ├── BadUserInput       malformed input (an id that is none, a window too wide)
│   ├── ResyncRequired     a cursor that can no longer be continued from
│   └── Lagging            a stream that was read too slowly to be carried on
├── Outage             the database gave no answer; a client is told so and may ask again
│   ├── Unavailable        it cannot be reached
│   │   └── Interrupted        it went away before it had answered a statement
│   │       ├── Deadlocked         it undid the statement, which two waited for each other with
│   │       └── OutcomeUnknown     the statement was one that commits
│   ├── Busy               none of the connections to it came free in time
│   └── TimedOut           a statement took too long and was given up
└── UserError          well-formed but wrong; rolls the mutation back, answered in `userErrors`
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Self


class DiaryError(Exception):
    """Root of everything this project raises on purpose."""


class SettingsError(DiaryError):
    """The program cannot start as it is set up."""


class ImportRefused(DiaryError):
    """A file from outside cannot be taken in; nothing was changed."""


class IdentityError(DiaryError):
    """An identity provider did not say who somebody is; no text of its own is repeated here."""


class ProviderUnavailable(IdentityError):
    """The provider cannot be reached, or answers what nobody understands.

    `is_spent` tells whether it had taken the code before, so that it takes it no more.
    """

    def __init__(self, reason: str, *, is_spent: bool = False) -> None:
        super().__init__(reason)
        self.is_spent = is_spent


class IdentityRefused(IdentityError):
    """The provider refuses the code, or what it says is not believed."""


class IdentityNotConfirmed(IdentityError):
    """The provider knows the person, but nobody has checked who that is."""


class AccessError(DiaryError):
    """A refusal that a client sees as a GraphQL error carrying `code`, and `details` beside it."""

    code: ClassVar[str]
    details: Mapping[str, str] = MappingProxyType({})


class Unauthenticated(AccessError):
    """Nobody is signed in, or the token no longer counts."""

    code = "UNAUTHENTICATED"


class Forbidden(AccessError):
    """The caller's roles may never do this."""

    code = "FORBIDDEN"


class SessionEnded(Forbidden):
    """The session by which somebody listens has ended, or its account is blocked."""


class NotFound(AccessError):
    """The row is absent or hidden; the two cannot be told apart."""

    code = "NOT_FOUND"


class BadUserInput(AccessError):
    """The input is malformed."""

    code = "BAD_USER_INPUT"


class ResyncRequired(AccessError):
    """The cursor is older than the log; the client has to read its data anew."""

    code = "RESYNC_REQUIRED"


class Lagging(AccessError):
    """The stream was read too slowly; it may be taken up again from its last cursor."""

    code = "LAGGING"

    def after(self, cursor: str) -> Self:
        """The same, with the cursor from which the client may go on."""
        self.details = {"cursor": cursor}
        return self


class Outage(DiaryError):
    """The database gave no answer; a client sees a GraphQL error as of an AccessError."""

    code: ClassVar[str]
    sentence: ClassVar[str]
    details: Mapping[str, str] = MappingProxyType({})

    def __init__(self) -> None:
        super().__init__(self.sentence)


class Unavailable(Outage):
    """The database cannot be reached; nothing was asked of it."""

    code = "UNAVAILABLE"
    sentence = "The service cannot answer now. Try again in a moment."


class Interrupted(Unavailable):
    """The database went away before it had answered; what was not committed is rolled back."""


class Deadlocked(Interrupted):
    """Two waited for each other, and the database has undone this one so that the other goes on."""


class OutcomeUnknown(Interrupted):
    """The database went away, or took too long, while it was committing a change."""

    sentence = (
        "Whether this was done is not known. Try again in a moment, "
        "with the same Idempotency-Key if there was one."
    )
    details = MappingProxyType({"outcome": "UNKNOWN"})


class Busy(Outage):
    """All connections to the database are in use, and none came free in time."""

    code = "TIMEOUT"
    sentence = "The service has too much to do now. Try again in a moment."


class TimedOut(Outage):
    """A statement took too long and was given up; what was not committed is rolled back."""

    code = "TIMEOUT"
    sentence = "This takes too long now. Try again in a moment."


@dataclass(frozen=True)
class Current:
    """What stands where somebody else was quicker: how a person reads it, and its version."""

    text: str
    version: int


class UserError(DiaryError):
    """Well-formed but wrong input: nothing is changed and the payload says why.

    `code` is a member of the schema's `UserErrorCode`; `field` is the path inside the input,
    for example `("entries", "3", "studentId")`; `current` is what a CONFLICT met.
    """

    def __init__(
        self, code: str, message: str, *field: str, current: Current | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.current = current
