"""Rows of the journal that PostgreSQL derives from others, and the guard of its pages."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from models.fields import Record, choice, reference
from models.people import Person, Student
from models.timetable import Lesson


class ElsewhereMark(Record):
    """A mark for a work that was set at another lesson than the mark's; `id` is the mark's.

    `lesson_id` is the work's lesson.
    """

    mark_id = fields.BigIntField()
    lesson_id = fields.BigIntField()
    student_id = fields.BigIntField()

    class Meta:
        table = "elsewhere_mark"


class LockedPage(Record):
    """A section's lessons of a term, or its year's marks of a kind; `id` is the lock's."""

    section_id = fields.BigIntField()
    term_id = fields.BigIntField(null=True)
    starts_on = fields.DateField(null=True)
    ends_on = fields.DateField(null=True)
    kind = fields.CharField(max_length=32)

    class Meta:
        table = "locked_page"


class JournalGuard(Record):
    """Takes rows and keeps none: a row is refused where its page of the journal is locked.

    Whoever locks a page waits for those who have written a guard, and the other way round.
    """

    section_id = fields.BigIntField()
    date = fields.DateField(null=True)
    term_id = fields.BigIntField(null=True)
    kind = fields.CharField(max_length=32, null=True)

    class Meta:
        table = "journal_guard"


class JournalDeedKind(StrEnum):
    """What was written at a lesson."""

    MARK = "MARK"
    ATTENDANCE = "ATTENDANCE"
    TOPIC = "TOPIC"
    WORK = "WORK"
    DEBT = "DEBT"
    HOMEWORK = "HOMEWORK"


class JournalDeed(Record):
    """What somebody wrote at a lesson, and why; `id` is the audit entry's, of a mark below zero.

    `row_id` is the row's of its kind, and `before` and `after` are what was changed in it.
    """

    kind: JournalDeedKind = choice(JournalDeedKind)
    row_id = fields.BigIntField()
    lesson: fields.ForeignKeyRelation[Lesson] = reference("Lesson", "deeds")
    lesson_id: int
    student: fields.ForeignKeyNullableRelation[Student] = reference("Student", "deeds", null=True)
    student_id: int | None
    at = fields.DatetimeField()
    by: fields.ForeignKeyNullableRelation[Person] = reference("Person", "journal_deeds", null=True)
    by_id: int | None
    action = fields.CharField(max_length=64)
    before: Any = fields.JSONField(null=True)
    after: Any = fields.JSONField(null=True)
    reason = fields.CharField(max_length=1000, null=True)

    class Meta:
        table = "journal_deed"
