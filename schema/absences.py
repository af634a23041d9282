"""Notes about absence, and alerts of too much of it."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from tortoise.expressions import Q

from access import absences
from models import AbsenceNoteState, AbsenceReason
from schema.curriculum import Term
from schema.declaration import (
    GIVEN,
    Node,
    Page,
    argument,
    column,
    computed,
    connection,
    describe_enum,
    entity,
    one,
)
from schema.staff import StaffMember

if TYPE_CHECKING:
    from schema.classes import SchoolClass
    from schema.people import Student

_Student = Annotated["Student", strawberry.lazy("schema.people")]
_SchoolClass = Annotated["SchoolClass", strawberry.lazy("schema.classes")]

describe_enum(
    AbsenceReason,
    "Why a pupil does not come.",
    SICK="Ill (болезнь): the code ABSENT_SICK.",
    FAMILY="A family's good reason (семейные обстоятельства): the code ABSENT_EXCUSED.",
    OTHER="Another good reason (уважительная причина): the code ABSENT_EXCUSED.",
)
describe_enum(
    AbsenceNoteState,
    "What has become of a note.",
    SUBMITTED="It waits for the homeroom teacher.",
    APPROVED="The absence is excused.",
    DECLINED="The absence is not excused.",
    WITHDRAWN="The family took it back.",
)


@entity(reach=absences.ABSENCE_NOTES)
class AbsenceNote(Node):
    """A guardian's note that a pupil does not come (записка об отсутствии, заявление)."""

    student: _Student | None = one(description="Who does not come.")
    school_class: _SchoolClass | None = one(
        description="The pupil's class when the note was written."
    )
    starts_on: dt.date = column(description="The first day.")
    ends_on: dt.date = column(description="The last day.")
    first_lesson: int | None = column(
        description="The first lesson missed, by its number; null where whole days are."
    )
    last_lesson: int | None = column(
        description="The last lesson missed, by its number; null where whole days are."
    )
    reason: AbsenceReason = column(description="Why.")
    text: str = column(description="What the family writes.")
    state: AbsenceNoteState = column(description="What has become of it.")
    submitted_at: dt.datetime = column(description="When it was written.")
    submitted_by: str = column("submitted_by__full_name", description="Who wrote it.")
    decided_at: dt.datetime | None = column(
        description="When it was approved, declined or taken back."
    )
    decided_by: StaffMember | None = one(
        description="Who approved or declined it; null where the family took it back."
    )
    decision_reason: str | None = column(description="Why it was declined.")


def absence_notes(on: str, whose: str) -> Any:
    """The notes of a pupil or of a class, by the column that holds its id."""
    return connection(
        description=f"Notes about absence of {whose}, the latest first.",
        on={on: "id"},
        order_by=("-id",),
        arguments={
            "state": argument(AbsenceNoteState | None, "Only in this state.", Q(state=GIVEN))
        },
        page=Page(default=20, most=100),
    )


@entity(reach=absences.ABSENCE_ALERTS)
class AbsenceAlert(Node):
    """That a pupil missed more of a term than the school lets pass (пропуски сверх нормы).

    Once a term; the numbers are those of the moment.
    """

    student: _Student | None = one(description="Who missed so much.")
    school_class: _SchoolClass | None = one(description="The pupil's class at that moment.")
    term: Term = one(description="Of which term.")
    missed_lessons: int = column(description="How many lessons were missed.")
    held_lessons: int = column(description="How many had been held until then.")
    missed_percent: float = computed(
        "round({row}.missed_lessons * 100.0 / {row}.held_lessons, 2)",
        description="Missed lessons by held ones, in percent with two decimals, half up.",
    )
    limit_percent: int = column(description="How many percent the school let pass.")
    at: dt.datetime = column(description="When the limit was passed.")


def absence_alerts(on: str, whose: str) -> Any:
    """The alerts of a pupil or of a class, by the column that holds its id."""
    return connection(
        description=f"That too much was missed, of {whose}, the latest first.",
        on={on: "id"},
        order_by=("-id",),
        page=Page(default=20, most=100),
    )
