"""Marks for a term, a year, an exam and a whole course, with their history."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import strawberry

from access import results, rules, scopes
from models import MarkChangeKind, MarkSign, PeriodMarkKind
from schema.curriculum import Subject, Term
from schema.declaration import Node, column, computed, entity, many, one
from schema.journal import MARK_TEXT
from schema.staff import StaffMember

if TYPE_CHECKING:
    from schema.people import Student

_TEXT = f"coalesce({{row}}.points::text, {MARK_TEXT})"
_Student = Annotated["Student", strawberry.lazy("schema.people")]


@entity(reach=results.PERIOD_MARK_HISTORY)
class PeriodMarkRevision(Node):
    """What a period mark was made to at one moment; revisions are never changed."""

    kind: MarkChangeKind = column(description="RECORDED, CORRECTED or REMOVED.")
    value: int | None = column(
        description="The value from then on, 1–5; null for a word and for points."
    )
    points: int | None = column(description="The points from then on, 0–100.")
    carried_from: str | None = column(description="From which school it was from then on.")
    text: str = computed(_TEXT, description="The mark as a person sees it.")
    former_value: int | None = column(
        description="The value until then; null for a word, and where there was no mark."
    )
    former_sign: MarkSign | None = column(description="The word until then.")
    former_points: int | None = column(description="The points until then.")
    former_carried_from: str | None = column(description="From which school it was until then.")
    proposed_value: int | None = column(
        description="The value that the school's rules proposed at that moment."
    )
    proposed_sign: MarkSign | None = column(
        description="The word that they proposed at that moment."
    )
    reason: str | None = column(
        description="Why it was changed, or why it is not what was proposed."
    )
    at: dt.datetime = column(description="When.")
    by: StaffMember | None = one(description="Who did it.")


@entity(reach=scopes.PERIOD_MARKS)
class PeriodMark(Node):
    """A pupil's mark for a term or a year in a subject (четвертная, годовая, итоговая отметка)."""

    kind: PeriodMarkKind = column(description="What it is for.")
    value: int | None = column(description="1–5; null for a mark in words and for points.")
    points: int | None = column(
        description="0–100, which an exam (ЕГЭ) came to; no formula makes a value of it."
    )
    carried_from: str | None = column(
        description="The school that gave it before the pupil came; null for the school's own."
    )
    text: str = computed(_TEXT, description="The mark as a person sees it.")
    version: int = column(description="What a change of it must be made from.")
    corrected_on: dt.date | None = computed(
        "CASE WHEN {row}.version > 1 THEN {row}.recorded_at::date END",
        description="The day on which it was changed last; null where it stands as it was given.",
    )
    student: _Student | None = one(description="Whose mark.")
    subject: Subject = one("section__subject_id", description="In which subject.")
    term: Term | None = one(description="For which term; null where it is not for a term.")
    school_year: str = column(
        "section__school_class__school_year__name", description="In which school year."
    )
    history: list[PeriodMarkRevision] | None = many(
        description="All that was ever done to it, the oldest first.",
        on={"period_mark_id": "id"},
        order_by=("version",),
        allow=rules.WHOLE_JOURNAL,
        expected=1,
    )
