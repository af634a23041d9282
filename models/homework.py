"""Homework that is given at a lesson."""

from tortoise import fields
from tortoise.indexes import Index

from models.fields import Record, reference
from models.timetable import Lesson


class Homework(Record):
    """Homework given at a lesson, to be done by a day."""

    lesson: fields.ForeignKeyRelation[Lesson] = reference("Lesson", "homework")
    lesson_id: int
    text = fields.CharField(max_length=4000)
    due_on = fields.DateField()

    class Meta:
        table = "homework"
        indexes = (Index(fields=("lesson_id",), name="homework_lesson"),)
