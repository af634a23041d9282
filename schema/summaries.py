"""What pupils have come to in a school year, and the sheet of a class that shows it."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from tortoise.expressions import Q

from access import results, rules
from models import MarkSign, PeriodMarkKind
from schema.classes import SchoolClass
from schema.curriculum import Subject, Term
from schema.declaration import column, entity, many, one
from schema.period_marks import PeriodMark
from schema.pupil_rows import pupil, pupil_name

if TYPE_CHECKING:
    from schema.people import Student

_Student = Annotated["Student", strawberry.lazy("schema.people")]

_OF_YEAR = {
    "student_id": "student_id",
    "section__subject_id": "subject_id",
    "section__school_class__school_year_id": "school_year_id",
}
_STAFF = rules.HOMEROOM | rules.MANAGEMENT


def _mark(kind: PeriodMarkKind, description: str) -> Any:
    return one(on=_OF_YEAR, where=Q(kind=kind), order_by=("-id",), description=description)


@entity(reach=results.SUBJECT_RESULTS)
class SubjectSummary:
    """What a pupil has come to in one subject in a school year."""

    subject: Subject = one(description="The subject.")
    term_marks: list[PeriodMark] = many(
        description="The marks for the terms, in the terms' order.",
        on=_OF_YEAR,
        where=Q(kind=PeriodMarkKind.TERM),
        order_by=("term__starts_on", "term__number", "id"),
        expected=4,
    )
    annual_mark: PeriodMark | None = _mark(
        PeriodMarkKind.ANNUAL, "The mark for the year (годовая отметка)."
    )
    exam_mark: PeriodMark | None = _mark(
        PeriodMarkKind.EXAM, "The mark of the exam (экзаменационная отметка)."
    )
    final_mark: PeriodMark | None = _mark(
        PeriodMarkKind.FINAL, "The mark for the certificate (итоговая отметка)."
    )
    annual_proposed_value: int | None = column(
        description="The mean of the marks for the terms, half up; null where none is a number.",
        allow=_STAFF,
    )
    annual_proposed_sign: MarkSign | None = column(
        description="The word for the year where all marks for the terms are words.", allow=_STAFF
    )
    final_proposed_value: int | None = column(
        description="In grade 9 the mean of the annual mark and the exam's, from grade 10 on that "
        "of all terms' and annual marks since then, else the annual mark; half up. Null before "
        "the annual mark.",
        allow=_STAFF,
    )
    final_proposed_sign: MarkSign | None = column(
        description="The word of the annual mark, where it is one.", allow=_STAFF
    )


@entity(reach=results.SUMMARY_ROWS)
class SummaryRow:
    """One pupil in the summary of a class."""

    name: str = pupil_name()
    student: _Student | None = pupil()
    subjects: list[SubjectSummary] = many(
        description="What the pupil has come to, by subject.",
        on={"student_id": "student_id", "school_class_id": "school_class_id"},
        order_by=("subject__name", "subject_id"),
        expected=15,
    )


@entity(reach=results.SUMMARY_SHEETS)
class ClassSummarySheet:
    """All marks of a class for terms and year (сводная ведомость)."""

    school_class: SchoolClass | None = one("id", description="The class.")
    terms: list[Term] = many(
        description="The terms of its year, in order.",
        on={"school_year_id": "school_year_id", "grade_level": "grade_level"},
        order_by=("starts_on", "number"),
        expected=4,
    )
    rows: list[SummaryRow] = many(
        description="Who is or was in the class, by name.",
        on={"school_class_id": "id"},
        order_by=("student__person__full_name", "student_id"),
        expected=30,
    )
