"""Locks of the journal."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from tortoise.expressions import Q

from access import scopes
from models import PeriodMarkKind
from schema.curriculum import Subject, Term
from schema.declaration import (
    GIVEN,
    Node,
    Page,
    argument,
    column,
    connection,
    entity,
    found,
    one,
    payload,
)
from schema.errors import UserError
from schema.staff import StaffMember

if TYPE_CHECKING:
    from schema.classes import SchoolClass

_SchoolClass = Annotated["SchoolClass", strawberry.lazy("schema.classes")]

_ERRORS = "Why nothing was changed; empty when it was."


@entity(reach=scopes.JOURNAL_LOCKS)
class JournalLock(Node):
    """A page of the journal that is locked (блокировка журнала): teachers write there no more.

    Deputy head and administrator do, saying why. A class's page has its groups' lessons too. One of
    annual, exam or final marks locks these alone.
    """

    school_class: _SchoolClass = one(description="Whose journal.")
    subject: Subject = one(description="Which subject.")
    kind: PeriodMarkKind = column(
        description="TERM: all that stands on the page of a term. Otherwise the year's marks of "
        "that kind."
    )
    term: Term | None = one(description="Which term; null for marks of the year.")
    reason: str = column(description="Why.")
    locked_by: StaffMember | None = one(description="Who locked it.")
    locked_at: dt.datetime = column(description="When.")
    lifted_by: StaffMember | None = one(description="Who lifted it, where somebody did.")
    lifted_at: dt.datetime | None = column(description="When it was lifted; null while it holds.")
    lift_reason: str | None = column(description="Why it was lifted.")


def journal_locks(on: str, whose: str) -> Any:
    """The locks of a class or of a school, by the column that holds its id."""
    return connection(
        description=f"Locks of the journal of {whose}, lifted ones too, the latest first: all to "
        "the management, to teachers those of classes that they write in.",
        on={on: "id"},
        order_by=("-id",),
        arguments={
            "holds": argument(
                bool | None,
                "Only those that hold, or only those that were lifted.",
                Q(lifted_at__isnull=GIVEN),
            ),
            "kind": argument(PeriodMarkKind | None, "Only of this kind.", Q(kind=GIVEN)),
        },
        page=Page(default=20, most=100),
    )


@strawberry.input(description="Which page of the journal is to be locked.")
class LockJournalInput:
    """Which page of the journal is to be locked."""

    class_id: strawberry.ID = strawberry.field(
        description="Whose journal; of a class, its groups' pages of the subject are locked too."
    )
    subject_id: strawberry.ID = strawberry.field(description="Which subject.")
    term_id: strawberry.ID | None = strawberry.field(
        default=None, description="Which term, unless marks for the year are to be locked."
    )
    kind: PeriodMarkKind = strawberry.field(
        default=PeriodMarkKind.TERM,
        description="TERM for all that stands on the page of a term; ANNUAL, EXAM or FINAL for "
        "the year's marks of that kind.",
    )
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
