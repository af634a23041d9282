"""Academic debts (273-ФЗ, art. 58): annual marks that are to be made good, and how that goes."""

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import strawberry

from access import results
from models import MarkSign
from schema.curriculum import Subject
from schema.declaration import (
    Node,
    column,
    computed,
    describe_enum,
    entity,
    found,
    many,
    one,
    payload,
)
from schema.errors import UserError
from schema.journal import MARK_TEXT

if TYPE_CHECKING:
    from schema.people import Student

_Student = Annotated["Student", strawberry.lazy("schema.people")]
_ERRORS = "Why nothing was changed; empty when it was."


class AcademicDebtStatus(StrEnum):
    """How far an academic debt has come."""

    OPEN = "OPEN"
    CLEARED = "CLEARED"
    EXPIRED = "EXPIRED"


describe_enum(
    AcademicDebtStatus,
    "How far an academic debt has come.",
    OPEN="It may still be made good; until then the pupil is promoted conditionally.",
    CLEARED="A retake was satisfactory.",
    EXPIRED="Both retakes were not, or the year is over: the family chooses between repeating the "
    "grade, an adapted programme and an individual plan.",
)

# A mark from before there was a history is as old as its school year.
FORMED = """coalesce({row}.recorded_at::date, (
    SELECT y.ends_on FROM course_section s
    JOIN school_class c ON c.id = s.school_class_id
    JOIN school_year y ON y.id = c.school_year_id
    WHERE s.id = {row}.section_id
))"""
DUE = f"""(
    {FORMED} + interval '1 year' + interval '1 day' * (
        SELECT coalesce(sum(x.days), 0) FROM debt_extension x WHERE x.period_mark_id = {{row}}.id
    )
)::date"""  # noqa: S608 — the text above
IS_CLEARED = """EXISTS (
    SELECT FROM retake r
    WHERE r.period_mark_id = {row}.id AND (r.value >= 3 OR r.sign = 'PASSED')
)"""
_STATUS = f"""CASE
    WHEN {IS_CLEARED} THEN 'CLEARED'
    WHEN {DUE} < CURRENT_DATE
      OR (SELECT count(*) FROM retake r WHERE r.period_mark_id = {{row}}.id) >= 2 THEN 'EXPIRED'
    ELSE 'OPEN' END"""  # noqa: S608 — the text above

CONDITIONAL_PROMOTION = f"""EXISTS (
    SELECT FROM period_mark debt
    WHERE debt.student_id = {{row}}.id AND debt.kind = 'ANNUAL' AND debt.removed_at IS NULL
      AND (debt.value < 3 OR debt.sign IN ('FAILED', 'NOT_ATTESTED'))
      AND {_STATUS.replace("{row}", "debt")} = 'OPEN'
)"""
"""Whether a pupil, whose row it is, has a debt that may still be made good."""


@entity(reach=results.RETAKES)
class Retake(Node):
    """A retake of what an annual mark did not attest (пересдача)."""

    number: int = column(description="The first or the second.")
    held_on: dt.date = column(description="When it was held.")
    is_by_commission: bool = column(description="Whether a commission held it.")
    value: int | None = column(description="1–5; null for a word.")
    text: str = computed(MARK_TEXT, description="The mark as a person sees it.")


@entity(reach=results.ACADEMIC_DEBTS)
class AcademicDebt(Node):
    """An annual mark of 2 or 1, «незач» or «н/а» (академическая задолженность)."""

    text: str = computed(MARK_TEXT, description="The annual mark as a person sees it.")
    student: _Student | None = one(description="Whose debt.")
    subject: Subject = one("section__subject_id", description="In which subject.")
    school_year: str = column(
        "section__school_class__school_year__name", description="Of which school year."
    )
    formed_on: dt.date | None = computed(FORMED, description="Since when there is the debt.")
    due_on: dt.date | None = computed(
        DUE,
        description="The last day on which it may be retaken: a year after it was formed, and as "
        "many days more as the pupil was ill.",
    )
    status: AcademicDebtStatus | None = computed(_STATUS, description="How far it has come.")
    retakes: list[Retake] = many(
        description="Its retakes, two at the most.",
        on={"period_mark_id": "id"},
        order_by=("number",),
        expected=1,
    )


@strawberry.input(description="What a retake came to: a value or a word.")
class RecordRetakeInput:
    """What a retake came to: a value or a word."""

    debt_id: strawberry.ID = strawberry.field(description="Of which debt.")
    held_on: dt.date = strawberry.field(description="When it was held.")
    value: int | None = strawberry.field(default=None, description="1–5.")
    sign: MarkSign | None = strawberry.field(default=None, description="A word instead of a value.")
    is_by_commission: bool = strawberry.field(
        default=False, description="Whether a commission held it; the second retake needs one."
    )


@strawberry.input(description="Days of illness, by which a debt's year is longer.")
class ExtendAcademicDebtInput:
    """Days of illness, by which a debt's year is longer."""

    debt_id: strawberry.ID = strawberry.field(description="Which debt.")
    days: int = strawberry.field(description="How many days, 1–366.")
    reason: str = strawberry.field(description="By which paper, 1–1000 characters.")


@payload
class AcademicDebtPayload:
    """The debt as it is now, or why nothing was written."""

    debt: AcademicDebt | None = found(description="The debt.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)
