"""Views that the diary is made of; made in migrations, read only: see models/views.py."""

from collections.abc import Mapping
from typing import ClassVar

from tortoise import fields

from models.absences import AbsenceAlert, AbsenceNote
from models.accounts import Account
from models.changes import ChangeArea, ChangeKind
from models.classes import SchoolClass
from models.curriculum import CourseSection
from models.debts import DebtMark
from models.fields import LocalTimeField, Record, choice, reference
from models.homework import Homework, HomeworkAnswer
from models.journal import Assignment, Attendance, Mark
from models.people import Person, Student
from models.period_marks import PeriodMark
from models.timetable import Lesson, Room


class DiaryEntry(Record):
    """A lesson as one enrolled pupil has it; `id` is the lesson's."""

    repeats: ClassVar[Mapping[str, str]] = {"lesson__section_id": "section_id"}

    student: fields.ForeignKeyRelation[Student] = reference("Student", "diary")
    student_id: int
    lesson: fields.ForeignKeyRelation[Lesson] = reference("Lesson", "diary_entries")
    lesson_id: int
    section: fields.ForeignKeyRelation[CourseSection] = reference("CourseSection", "diary_entries")
    section_id: int
    teacher: fields.ForeignKeyRelation[Person] = reference("Person", "diary_entries")
    teacher_id: int
    room: fields.ForeignKeyNullableRelation[Room] = reference("Room", "diary_entries", null=True)
    room_id: int | None
    date = fields.DateField()
    shift = fields.SmallIntField()
    number = fields.SmallIntField()
    starts_at: LocalTimeField = LocalTimeField()
    ends_at: LocalTimeField = LocalTimeField()
    topic = fields.CharField(max_length=500, null=True)
    cancelled_at = fields.DatetimeField(null=True)
    cancellation_reason = fields.CharField(max_length=1000, null=True)
    moved_from_date = fields.DateField(null=True)
    moved_from_number = fields.SmallIntField(null=True)

    class Meta:
        table = "diary_entry"


class StudentHomework(Record):
    """Homework as one pupil has it, who was in the class at its lesson; `id` is the homework's."""

    student: fields.ForeignKeyRelation[Student] = reference("Student", "homework")
    student_id: int
    homework: fields.ForeignKeyRelation[Homework] = reference("Homework", "students")
    homework_id: int
    lesson: fields.ForeignKeyRelation[Lesson] = reference("Lesson", "student_homework")
    lesson_id: int
    section: fields.ForeignKeyRelation[CourseSection] = reference(
        "CourseSection", "student_homework"
    )
    section_id: int
    due_on = fields.DateField()
    due_lesson: fields.ForeignKeyNullableRelation[Lesson] = reference(
        "Lesson", "due_student_homework", null=True
    )
    due_lesson_id: int | None
    expected_minutes = fields.SmallIntField(null=True)
    is_mandatory = fields.BooleanField()
    is_done = fields.BooleanField()
    is_overdue = fields.BooleanField()
    """Mandatory, past its day, not done, and the pupil is still in the class."""

    class Meta:
        table = "student_homework"


class ClassOverdueHomework(Record):
    """Overdue homework of a pupil who is in a class today; `id` is the homework's."""

    school_class: fields.ForeignKeyRelation[SchoolClass] = reference(
        "SchoolClass", "overdue_homework"
    )
    school_class_id: int
    student: fields.ForeignKeyRelation[Student] = reference("Student", "overdue_homework_in_class")
    student_id: int
    homework: fields.ForeignKeyRelation[Homework] = reference("Homework", "overdue_in_classes")
    homework_id: int
    section: fields.ForeignKeyRelation[CourseSection] = reference(
        "CourseSection", "overdue_homework_in_classes"
    )
    section_id: int
    due_on = fields.DateField()

    class Meta:
        table = "class_overdue_homework"


class DiaryChange(Record):
    """The last change of one row of a pupil's diary since an account looked; `id` is the log's.

    Of the columns behind `at` the one of its area is set, none where the row is gone.
    """

    account: fields.ForeignKeyRelation[Account] = reference("Account", "diary_changes")
    account_id: int
    student: fields.ForeignKeyRelation[Student] = reference("Student", "diary_changes")
    student_id: int
    area: ChangeArea = choice(ChangeArea)
    kind: ChangeKind = choice(ChangeKind)
    at = fields.DatetimeField()
    mark: fields.ForeignKeyNullableRelation[Mark] = reference("Mark", "news", null=True)
    mark_id: int | None
    attendance: fields.ForeignKeyNullableRelation[Attendance] = reference(
        "Attendance", "news", null=True
    )
    attendance_id: int | None
    homework: fields.ForeignKeyNullableRelation[Homework] = reference("Homework", "news", null=True)
    homework_id: int | None
    homework_answer: fields.ForeignKeyNullableRelation[HomeworkAnswer] = reference(
        "HomeworkAnswer", "news", null=True
    )
    homework_answer_id: int | None
    period_mark: fields.ForeignKeyNullableRelation[PeriodMark] = reference(
        "PeriodMark", "news", null=True
    )
    period_mark_id: int | None
    assignment: fields.ForeignKeyNullableRelation[Assignment] = reference(
        "Assignment", "news", null=True
    )
    assignment_id: int | None
    debt: fields.ForeignKeyNullableRelation[DebtMark] = reference("DebtMark", "news", null=True)
    debt_id: int | None
    absence_note: fields.ForeignKeyNullableRelation[AbsenceNote] = reference(
        "AbsenceNote", "news", null=True
    )
    absence_note_id: int | None
    absence_alert: fields.ForeignKeyNullableRelation[AbsenceAlert] = reference(
        "AbsenceAlert", "news", null=True
    )
    absence_alert_id: int | None
    lesson: fields.ForeignKeyNullableRelation[Lesson] = reference("Lesson", "news", null=True)
    lesson_id: int | None

    class Meta:
        table = "diary_change"


class DiaryNews(Record):
    """How much is new in a pupil's diary since an account looked; `id` is the pupil's."""

    account: fields.ForeignKeyRelation[Account] = reference("Account", "diary_news")
    account_id: int
    student: fields.ForeignKeyRelation[Student] = reference("Student", "news")
    student_id: int
    new_mark_count = fields.IntField()
    new_attendance_count = fields.IntField()
    new_homework_count = fields.IntField()
    new_homework_answer_count = fields.IntField()
    new_final_mark_count = fields.IntField()
    new_assignment_count = fields.IntField()
    new_debt_count = fields.IntField()
    new_absence_note_count = fields.IntField()
    new_absence_alert_count = fields.IntField()
    new_lesson_change_count = fields.IntField()
    is_complete = fields.BooleanField()

    class Meta:
        table = "diary_news"


class OverdueWork(Record):
    """A mandatory assignment past its day without a mark of the pupil; `id` is the assignment's."""

    student: fields.ForeignKeyRelation[Student] = reference("Student", "overdue")
    student_id: int
    assignment: fields.ForeignKeyRelation[Assignment] = reference("Assignment", "overdue")
    assignment_id: int
    section: fields.ForeignKeyRelation[CourseSection] = reference("CourseSection", "overdue")
    section_id: int
    title = fields.CharField(max_length=300)
    due_on = fields.DateField()

    class Meta:
        table = "overdue_work"
