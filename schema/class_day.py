"""The sheet of a class's day: its pupils at its lessons."""

import datetime as dt

import strawberry

import models
from access import absences
from models import AttendanceCode
from schema.classes import SchoolClass
from schema.declaration import (
    Through,
    column,
    entity,
    found,
    identifier,
    many,
    one,
    payload,
)
from schema.errors import UserError
from schema.journal import (
    Attendance,
    ExpectedAbsence,
    attendance_in_cell,
    expected_absence_in_cell,
)
from schema.people import Student
from schema.pupil_rows import pupil, pupil_name
from schema.timetable import Lesson

_DAY = {"school_class_id": "school_class_id", "date": "date"}


@entity(reach=absences.CLASS_DAY_CELLS)
class ClassDayEntry:
    """One pupil at one lesson of the day."""

    lesson_id: strawberry.ID = identifier(
        "Lesson", path="lesson_id", description="The lesson's id."
    )
    attendance: Attendance | None = attendance_in_cell()
    expected_absence: ExpectedAbsence | None = expected_absence_in_cell()


@entity(reach=absences.CLASS_DAY_ROWS)
class ClassDayRow:
    """One pupil who was in the class on the day."""

    name: str = pupil_name()
    student: Student | None = pupil()
    entries: list[ClassDayEntry] = many(
        description="The pupil at each lesson of the class and of the pupil's groups, in order; "
        "not at cancelled ones.",
        on={**_DAY, "student_id": "student_id"},
        order_by=("shift", "number", "lesson_id"),
        expected=7,
    )


@entity(reach=absences.CLASS_DAYS)
class ClassDay:
    """Attendance of a class on one day (ведомость посещаемости за день)."""

    date: dt.date = column(description="The day.")
    school_class: SchoolClass = one(description="The class.")
    lessons: list[Lesson] = many(
        description="The day's lessons of the class and of its groups, in order; cancelled ones "
        "too.",
        through=Through(models.ClassDayLesson, on=_DAY, key="lesson_id"),
        order_by=("shift", "number", "id"),
        expected=8,
    )
    rows: list[ClassDayRow] = many(
        description="The pupils who were in the class on the day, by name.",
        on=_DAY,
        order_by=("student__person__full_name", "student_id"),
        expected=30,
    )


@strawberry.input(description="One pupil's attendance at one lesson.")
class DayAttendanceEntryInput:
    """One pupil's attendance at one lesson."""

    lesson_id: strawberry.ID = strawberry.field(description="At which lesson of the day.")
    student_id: strawberry.ID = strawberry.field(description="Which pupil.")
    code: AttendanceCode = strawberry.field(description="Present or absent, and why.")
    note: str | None = strawberry.field(default=None, description="Up to 500 characters.")
    version: int | None = strawberry.field(
        default=None,
        description="The attendance's version that was seen last (`Attendance.version`), 0 where "
        "nothing was written. Where it is told and somebody has written since, that is a CONFLICT.",
    )


@strawberry.input(description="Attendance of a class on one day; all entries are taken, or none.")
class RecordDayAttendanceInput:
    """Attendance of a class on one day; all entries are taken, or none."""

    class_id: strawberry.ID = strawberry.field(description="Of which class.")
    date: dt.date = strawberry.field(description="On which day.")
    entries: list[DayAttendanceEntryInput] = strawberry.field(
        description="1–600 cells, each once; what is not named stays as before."
    )
    reason: str | None = strawberry.field(
        default=None,
        description="Why, 1–1000 characters, from those who write where teachers may no more: on a "
        "page that is locked.",
    )


@payload
class RecordDayAttendancePayload:
    """The attendance that was written down, or why it was not."""

    attendance: list[Attendance] | None = found(
        description="What is otherwise than before, in the order of the entries."
    )
    user_errors: list[UserError] = strawberry.field(
        description="Why nothing was changed, each with its cell; empty when it was."
    )
