"""What was written at lessons, by whom and why."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry.scalars import JSON
from tortoise.expressions import Q

from access import rules, scopes
from models import JournalDeedKind
from schema.declaration import (
    GIVEN,
    Page,
    argument,
    column,
    connection,
    describe_enum,
    entity,
    many,
    one,
)
from schema.staff import StaffMember

if TYPE_CHECKING:
    from schema.people import Student

_Student = Annotated["Student", strawberry.lazy("schema.people")]

describe_enum(
    JournalDeedKind,
    "What was written at a lesson.",
    MARK="A mark, or a change of one.",
    ATTENDANCE="A pupil's attendance.",
    TOPIC="The lesson's topic.",
    WORK="A work that is set at it.",
    DEBT="That a pupil owes a work of it, or no longer does.",
    HOMEWORK="Homework that is given at it.",
)


@entity(reach=scopes.JOURNAL_DEEDS)
class JournalDeed:
    """What somebody wrote at a lesson, once and for all: it is never changed."""

    kind: JournalDeedKind = column(description="What it was.")
    action: str = column(description="What was done: `mark.corrected`, `journal.work_set`.")
    student: _Student | None = one(
        description="About whom; null where it was about the lesson as a whole."
    )
    at: dt.datetime = column(description="When.")
    by: StaffMember | None = one(description="Who did it; null for a program.")
    before: JSON | None = column(description="What stood there until then; null for nothing.")
    after: JSON | None = column(description="What was written; null where it was taken back.")
    reason: str | None = column(
        description="Why; who writes on a locked page, or after the days for it, has to say so."
    )


def deeds_at_lesson() -> Any:
    """All that was ever written at a lesson."""
    return connection(
        description="All that was ever written at it, what was taken back included, the latest "
        "first.",
        on={"lesson_id": "id"},
        order_by=("-at", "-id"),
        arguments={
            "kind": argument(JournalDeedKind | None, "Only this.", Q(kind=GIVEN)),
        },
        page=Page(default=20, most=100),
        allow=rules.JOURNAL_STAFF,
    )


def history_of(kind: JournalDeedKind) -> Any:
    """All that was done to a row of that kind."""
    return many(
        description="All that was ever done to it, the oldest first.",
        on={"row_id": "id"},
        where=Q(kind=kind),
        order_by=("at", "id"),
        allow=rules.JOURNAL_STAFF,
        expected=2,
    )
