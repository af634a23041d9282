"""Views about attendance; made in migrations, read only: see models/views.py."""

from typing import ClassVar

from tortoise import fields

from models.absences import AbsenceNote
from models.curriculum import CourseSection
from models.fields import Record, choice, reference
from models.journal import AttendanceCode
from models.people import Student
from models.timetable import Lesson


class ExpectedAbsence(Record):
    """A pupil at a lesson for which an approved note excuses them; `id` is the lesson's.

    `code` is the one that the note speaks for.
    """

    repeats: ClassVar[dict[str, str]] = {"lesson__section_id": "section_id"}

    student: fields.ForeignKeyRelation[Student] = reference("Student", "expected_absences")
    student_id: int
    lesson: fields.ForeignKeyRelation[Lesson] = reference("Lesson", "expected_absences")
    lesson_id: int
    section: fields.ForeignKeyRelation[CourseSection] = reference(
        "CourseSection", "expected_absences"
    )
    section_id: int
    note: fields.ForeignKeyRelation[AbsenceNote] = reference("AbsenceNote", "expected_absences")
    note_id: int
    code: AttendanceCode = choice(AttendanceCode)

    class Meta:
        table = "expected_absence"
