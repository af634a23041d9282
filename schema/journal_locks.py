"""Locks of the journal."""

import datetime as dt

import strawberry

from access import scopes
from schema.classes import SchoolClass
from schema.curriculum import Subject, Term
from schema.declaration import Node, column, entity, found, one, payload
from schema.errors import UserError
from schema.staff import StaffMember

_ERRORS = "Why nothing was changed; empty when it was."


@entity(reach=scopes.JOURNAL_LOCKS)
class JournalLock(Node):
    """A page of the journal that is locked (блокировка журнала): teachers write there no more.

    Deputy head and administrator do, saying why. A class's page has its groups' lessons too.
    """

    school_class: SchoolClass = one(description="Whose journal.")
    subject: Subject = one(description="Which subject.")
    term: Term = one(description="Which term.")
    reason: str = column(description="Why.")
    locked_by: StaffMember | None = one(description="Who locked it.")
    locked_at: dt.datetime = column(description="When.")
    lifted_by: StaffMember | None = one(description="Who lifted it, where somebody did.")
    lifted_at: dt.datetime | None = column(description="When it was lifted; null while it holds.")


@strawberry.input(description="Which page of the journal is to be locked.")
class LockJournalInput:
    """Which page of the journal is to be locked."""

    class_id: strawberry.ID = strawberry.field(
        description="Whose journal; of a class, its groups' pages of the subject are locked too."
    )
    subject_id: strawberry.ID = strawberry.field(description="Which subject.")
    term_id: strawberry.ID = strawberry.field(description="Which term.")
    reason: str = strawberry.field(description="Why, 1–1000 characters.")


@payload
class LockJournalPayload:
    """The lock, or why there is none."""

    lock: JournalLock | None = found(description="The lock.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="Which lock is to be lifted.")
class UnlockJournalInput:
    """Which lock is to be lifted."""

    lock_id: strawberry.ID = strawberry.field(description="Which lock.")
    reason: str = strawberry.field(description="Why, 1–1000 characters.")


@payload
class UnlockJournalPayload:
    """The lock that was lifted, or why it was not."""

    lock: JournalLock | None = found(description="The lock.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)
