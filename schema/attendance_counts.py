"""Attendance counted: of a pupil, by subject, and of a class, by term."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from tortoise.expressions import Q

from access import absences
from schema.curriculum import Subject, Term
from schema.declaration import column, entity, many, one
from schema.pupil_rows import pupil, pupil_name

if TYPE_CHECKING:
    from schema.people import Student

_Student = Annotated["Student", strawberry.lazy("schema.people")]

_HELD = (
    "Lessons until today, today's included and cancelled ones not, at which the pupil was enrolled."
)
_MISSED = "Of these, those that the pupil missed."
_EXCUSED = "Missed for a good reason (УП)."
_SICK = "Missed because of illness (Б)."
_UNEXCUSED = "Missed without a good reason (НП)."
_UNSTATED = "Missed, reason not stated (ОТ)."
_LATE = "Came late (ОП): not missed."
_EXEMPT = "Freed from attending (ОСВ): not missed."
_DAYS = "Days on which the pupil had lessons."
_MISSED_DAYS = "Of these, those of which every lesson was missed."
_PERCENT = (
    "Missed lessons by held ones, in percent with two decimals, half up; null where none was held."
)
_DAYS_PERCENT = (
    "Missed days by days with lessons, in percent with two decimals, half up; null where there "
    "was none."
)


@entity(reach=absences.SUBJECT_ATTENDANCE)
class SubjectAttendance:
    """A pupil's attendance at the lessons of one subject in a term, counted."""

    subject: Subject = one(description="The subject.")
    held_lessons: int = column(description=_HELD)
    missed_lessons: int = column(description=_MISSED)
    missed_excused: int = column(description=_EXCUSED)
    missed_sick: int = column(description=_SICK)
    missed_unexcused: int = column(description=_UNEXCUSED)
    missed_unstated: int = column(description=_UNSTATED)
    late: int = column(description=_LATE)
    exempt: int = column(description=_EXEMPT)
    missed_percent: float | None = column(description=_PERCENT)


@entity(reach=absences.ATTENDANCE_SUMMARIES)
class AttendanceSummary:
    """A pupil's attendance in a term, counted (сводная по посещаемости)."""

    term: Term = one(description="The term.")
    held_lessons: int = column(description=_HELD)
    missed_lessons: int = column(description=_MISSED)
    missed_excused: int = column(description=_EXCUSED)
    missed_sick: int = column(description=_SICK)
    missed_unexcused: int = column(description=_UNEXCUSED)
    missed_unstated: int = column(description=_UNSTATED)
    late: int = column(description=_LATE)
    exempt: int = column(description=_EXEMPT)
    missed_percent: float | None = column(description=_PERCENT)
    school_days: int = column(description=_DAYS)
    missed_days: int = column(description=_MISSED_DAYS)
    missed_days_percent: float | None = column(description=_DAYS_PERCENT)
    subjects: list[SubjectAttendance] = many(
        description="The same by subject, by the subjects' names.",
        on={"student_id": "student_id", "term_id": "term_id"},
        order_by=("subject__name", "subject_id"),
        expected=15,
    )


@entity(reach=absences.CLASS_ATTENDANCE_ROWS)
class PupilAttendance:
    """One pupil's attendance at the lessons of a class and its groups in a term, counted."""

    name: str = pupil_name()
    student: _Student | None = pupil()
    held_lessons: int = column(description=_HELD)
    missed_lessons: int = column(description=_MISSED)
    missed_excused: int = column(description=_EXCUSED)
    missed_sick: int = column(description=_SICK)
    missed_unexcused: int = column(description=_UNEXCUSED)
    missed_unstated: int = column(description=_UNSTATED)
    late: int = column(description=_LATE)
    exempt: int = column(description=_EXEMPT)
    missed_percent: float | None = column(description=_PERCENT)
    school_days: int = column(description=_DAYS)
    missed_days: int = column(description=_MISSED_DAYS)
    missed_days_percent: float | None = column(description=_DAYS_PERCENT)


@entity(reach=absences.CLASS_ATTENDANCE)
class ClassAttendance:
    """Attendance of a class in a term, all pupils' slots together: lessons of groups included."""

    term: Term = one(description="The term.")
    pupils: int = column(description="How many pupils had lessons.")
    held_lessons: int = column(
        description="Lessons until today, today's included and cancelled ones not, each for every "
        "enrolled pupil."
    )
    missed_lessons: int = column(description="Of these, those that were missed.")
    missed_excused: int = column(description=_EXCUSED)
    missed_sick: int = column(description=_SICK)
    missed_unexcused: int = column(description=_UNEXCUSED)
    missed_unstated: int = column(description=_UNSTATED)
    late: int = column(description=_LATE)
    exempt: int = column(description=_EXEMPT)
    missed_percent: float | None = column(description=_PERCENT)
    school_days: int = column(description="Days with lessons, each for every pupil who had them.")
    missed_days: int = column(description=_MISSED_DAYS)
    missed_days_percent: float | None = column(description=_DAYS_PERCENT)
    rows: list[PupilAttendance] = many(
        description="The same of each pupil who had lessons, by name; together they are the sums.",
        on={"school_class_id": "school_class_id", "term_id": "term_id"},
        order_by=("student__person__full_name", "student_id"),
        expected=30,
    )


def current_summaries() -> Any:
    """A pupil's attendance in the terms of today."""
    return many(
        description="Attendance in the current term, counted; of others ask `attendanceSummary`.",
        on={"student_id": "id"},
        where=Q(is_current=True),
        order_by=("term__starts_on", "term_id"),
        expected=1,
    )
