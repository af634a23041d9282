"""How far somebody has looked into a pupil's diary."""

from tortoise import fields
from tortoise.indexes import Index

from models.accounts import Account
from models.fields import Record, reference, unique
from models.people import Student


class DiaryMarker(Record):
    """Up to which change of a topic an account has seen a pupil's diary; it only moves forward."""

    account: fields.ForeignKeyRelation[Account] = reference("Account", "diary_markers")
    account_id: int
    student: fields.ForeignKeyRelation[Student] = reference("Student", "diary_markers")
    student_id: int
    topic = fields.CharField(max_length=64)
    seq = fields.BigIntField()

    class Meta:
        table = "diary_marker"
        constraints = (unique("diary_marker_once", "account_id", "student_id", "topic"),)
        indexes = (Index(fields=("student_id",), name="diary_marker_student"),)
