"""Debts: works that pupils have still to hand in."""

from tortoise import fields
from tortoise.indexes import Index

from models.fields import Record, check, reference
from models.journal import Assignment
from models.people import Person, Student
from models.timetable import Lesson


class DebtMark(Record):
    """A pupil owes a work («точка»); PostgreSQL clears it when a number is given for the work.

    `lesson` is the work's own. One that was cleared stays; of others there is one for a pupil and
    a work. Of one that a number cleared, `is_settled`, PostgreSQL tells the log too.
    """

    assignment: fields.ForeignKeyRelation[Assignment] = reference("Assignment", "debts")
    assignment_id: int
    lesson: fields.ForeignKeyRelation[Lesson] = reference("Lesson", "debts")
    lesson_id: int
    student: fields.ForeignKeyRelation[Student] = reference("Student", "debts")
    student_id: int
    deadline = fields.DateField()
    set_by: fields.ForeignKeyRelation[Person] = reference("Person", "debts_set")
    set_by_id: int
    set_at = fields.DatetimeField()
    cleared_at = fields.DatetimeField(null=True)
    is_settled = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "debt_mark"
        constraints = (check("debt_mark_settled", "cleared_at IS NOT NULL OR NOT is_settled"),)
        indexes = (
            Index(fields=("student_id", "deadline", "id"), name="debt_mark_student"),
            Index(fields=("lesson_id", "student_id"), name="debt_mark_cell"),
            Index(fields=("assignment_id", "student_id"), name="debt_mark_work"),
        )
