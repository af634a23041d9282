"""A page of the class journal: one subject of a class in one term."""

import strawberry
from tortoise.expressions import Q

import models
from access import rules, scopes
from models import MarkSign
from schema.curriculum import Subject, Term
from schema.declaration import Through, column, entity, identifier, many, one
from schema.journal import (
    Attendance,
    Debt,
    ExpectedAbsence,
    Mark,
    attendance_in_cell,
    debts_in_cell,
    expected_absence_in_cell,
    marks_in_cell,
)
from schema.journal_locks import JournalLock
from schema.people import Student
from schema.period_marks import PeriodMark
from schema.pupil_rows import pupil, pupil_name
from schema.sections import CourseSection
from schema.timetable import Lesson


@entity(reach=scopes.JOURNAL_CELLS)
class JournalEntry:
    """One pupil at one lesson."""

    lesson_id: strawberry.ID = identifier(
        "Lesson", path="lesson_id", description="The lesson's id."
    )
    attendance: Attendance | None = attendance_in_cell()
    marks: list[Mark] = marks_in_cell()
    marks_elsewhere: list[Mark] = many(
        description="The pupil's marks for works of this lesson that were given at another one.",
        through=Through(
            models.ElsewhereMark,
            on={"lesson_id": "lesson_id", "student_id": "student_id"},
            key="mark_id",
        ),
        order_by=("recorded_at", "id"),
        expected=1,
    )
    debts: list[Debt] = debts_in_cell()
    version: int = column(
        description="Grows with whatever is written into the cell; `recordLesson` may be told it.",
    )
    expected_absence: ExpectedAbsence | None = expected_absence_in_cell()


@entity(reach=scopes.JOURNAL_ROWS)
class JournalRow:
    """One pupil on the page."""

    name: str = pupil_name()
    student: Student | None = pupil()
    section: CourseSection | None = one(
        description="The section in whose subject the pupil is marked."
    )
    average: float | None = column(
        description="The plain mean of the page's numeric marks.", allow=rules.WHOLE_JOURNAL
    )
    weighted_average: float | None = column(
        description="The weighted mean of the page's numeric marks, two decimals, half up.",
        allow=rules.WHOLE_JOURNAL,
    )
    mark_count: int | None = column(
        description="How many numeric marks were counted.", allow=rules.WHOLE_JOURNAL
    )
    proposed_value: int | None = column(
        description="The value that the school's rules propose for the term as the marks stand "
        "now; null where a word is proposed, or nothing.",
        allow=rules.WHOLE_JOURNAL,
    )
    proposed_sign: MarkSign | None = column(
        description="The word that they propose: NOT_ATTESTED for too few numeric marks, EXEMPT "
        "for whoever was freed.",
        allow=rules.WHOLE_JOURNAL,
    )
    period_mark: PeriodMark | None = one(
        description="The mark for the term (четвертная отметка).",
        on={"student_id": "student_id", "section_id": "section_id", "term_id": "term_id"},
    )
    entries: list[JournalEntry] = many(
        description="The pupil at each lesson while enrolled, in the lessons' order.",
        on={"student_id": "student_id", "section_id": "section_id", "term_id": "term_id"},
        order_by=("date", "shift", "number", "lesson_id"),
        expected=20,
    )


_PAGE = {"school_class_id": "school_class_id", "subject_id": "subject_id", "term_id": "term_id"}


@entity(reach=scopes.JOURNAL_PAGES)
class ClassJournal:
    """A page of the class journal (классный журнал); a substitute sees their own lessons of it."""

    subject: Subject = one(description="The subject.")
    term: Term = one(description="The term.")
    lessons: list[Lesson] = many(
        description="The lessons of the term, in order: the page's columns.",
        through=Through(models.JournalColumn, on=_PAGE, key="lesson_id"),
        order_by=("date", "shift", "number", "id"),
        expected=20,
    )
    lock: JournalLock | None = one(
        description="Why teachers write here no more; null where they do.",
        on=_PAGE,
        where=Q(lifted_at__isnull=True),
        order_by=("id",),
    )
    year_locks: list[JournalLock] = many(
        description="Which marks for the year teachers give no more: one lock for each kind.",
        on={"school_class_id": "school_class_id", "subject_id": "subject_id"},
        where=Q(lifted_at__isnull=True, term_id__isnull=True),
        order_by=("kind", "id"),
        expected=1,
    )
    rows: list[JournalRow] = many(
        description="The pupils enrolled in the term, by name: the page's rows.",
        on=_PAGE,
        order_by=("student__person__full_name", "student_id"),
        expected=30,
    )
