"""Views about attendance; made in migrations, read only: see models/views.py."""

from typing import ClassVar

from tortoise import fields

from models.absences import AbsenceNote
from models.classes import SchoolClass
from models.curriculum import CourseSection, Subject, Term
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


class ClassDay(Record):
    """A class on a day of its school year, whether it has lessons or not; `id` is the class's."""

    school_class: fields.ForeignKeyRelation[SchoolClass] = reference("SchoolClass", "days")
    school_class_id: int
    date = fields.DateField()

    class Meta:
        table = "class_day"


class ClassDayLesson(Record):
    """A lesson of a class or of one of its groups; `id` is the lesson's."""

    lesson: fields.ForeignKeyRelation[Lesson] = reference("Lesson", "class_days")
    lesson_id: int
    school_class: fields.ForeignKeyRelation[SchoolClass] = reference("SchoolClass", "day_lessons")
    school_class_id: int
    date = fields.DateField()

    class Meta:
        table = "class_day_lesson"


class ClassDayRow(Record):
    """A pupil enrolled in a class on a day; `id` is the pupil's."""

    student: fields.ForeignKeyRelation[Student] = reference("Student", "class_days")
    student_id: int
    school_class: fields.ForeignKeyRelation[SchoolClass] = reference("SchoolClass", "day_rows")
    school_class_id: int
    date = fields.DateField()

    class Meta:
        table = "class_day_row"


class ClassDayCell(Record):
    """A pupil at a lesson of a class or of one of its groups; `id` is the lesson's.

    Lessons that were cancelled are left out.
    """

    student: fields.ForeignKeyRelation[Student] = reference("Student", "class_day_cells")
    student_id: int
    lesson: fields.ForeignKeyRelation[Lesson] = reference("Lesson", "class_day_cells")
    lesson_id: int
    school_class: fields.ForeignKeyRelation[SchoolClass] = reference("SchoolClass", "day_cells")
    school_class_id: int
    date = fields.DateField()
    shift = fields.SmallIntField()
    number = fields.SmallIntField()

    class Meta:
        table = "class_day_cell"


class _Counted(Record):
    """Lesson-slots of a term until today: held, missed by their reasons, and late.

    A slot is a lesson at which a pupil was enrolled. Percentages have two decimals, half up, and
    are null where nothing was held.
    """

    term: fields.ForeignKeyRelation[Term]
    term_id: int
    is_current = fields.BooleanField()
    held_lessons = fields.IntField()
    missed_lessons = fields.IntField()
    missed_excused = fields.IntField()
    missed_sick = fields.IntField()
    missed_unexcused = fields.IntField()
    missed_unstated = fields.IntField()
    late = fields.IntField()
    exempt = fields.IntField()
    missed_percent = fields.DecimalField(max_digits=5, decimal_places=2, null=True)

    class Meta:
        abstract = True


class AttendanceSummary(_Counted):
    """A pupil's attendance in a term, counted; `id` is the pupil's."""

    term: fields.ForeignKeyRelation[Term] = reference("Term", "attendance_summaries")
    student: fields.ForeignKeyRelation[Student] = reference("Student", "attendance_summaries")
    student_id: int
    school_days = fields.IntField()
    missed_days = fields.IntField()
    missed_days_percent = fields.DecimalField(max_digits=5, decimal_places=2, null=True)

    class Meta:
        table = "attendance_summary"


class SubjectAttendance(_Counted):
    """The same of one subject, without days; `id` is the subject's."""

    term: fields.ForeignKeyRelation[Term] = reference("Term", "subject_attendance")
    student: fields.ForeignKeyRelation[Student] = reference("Student", "subject_attendance")
    student_id: int
    subject: fields.ForeignKeyRelation[Subject] = reference("Subject", "subject_attendance")
    subject_id: int

    class Meta:
        table = "subject_attendance"


class ClassAttendanceRow(_Counted):
    """The same of one pupil at the lessons of a class and its groups; `id` is the pupil's."""

    term: fields.ForeignKeyRelation[Term] = reference("Term", "class_attendance_rows")
    school_class: fields.ForeignKeyRelation[SchoolClass] = reference(
        "SchoolClass", "attendance_rows"
    )
    school_class_id: int
    student: fields.ForeignKeyRelation[Student] = reference("Student", "class_attendance_rows")
    student_id: int
    school_days = fields.IntField()
    missed_days = fields.IntField()
    missed_days_percent = fields.DecimalField(max_digits=5, decimal_places=2, null=True)

    class Meta:
        table = "class_attendance_row"


class ClassAttendance(_Counted):
    """The same of all pupils of a class, its groups' lessons included; `id` is the class's.

    Days are pupil-days.
    """

    term: fields.ForeignKeyRelation[Term] = reference("Term", "class_attendance")
    school_class: fields.ForeignKeyRelation[SchoolClass] = reference("SchoolClass", "attendance")
    school_class_id: int
    pupils = fields.IntField()
    school_days = fields.IntField()
    missed_days = fields.IntField()
    missed_days_percent = fields.DecimalField(max_digits=5, decimal_places=2, null=True)

    class Meta:
        table = "class_attendance"
