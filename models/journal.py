"""The class journal: work types, assignments, marks with their history, attendance."""

from collections.abc import Mapping
from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index

from models.curriculum import CourseSection
from models.directory import Organization
from models.fields import Record, check, choice, one_of, reference, unique
from models.people import Person, Student
from models.timetable import Lesson


class MarkSign(StrEnum):
    """A mark that is a word and not a number."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    EXEMPT = "EXEMPT"
    NOT_ATTESTED = "NOT_ATTESTED"


MARK_WORDS: Mapping[MarkSign, str] = {
    MarkSign.PASSED: "зач",
    MarkSign.FAILED: "незач",
    MarkSign.EXEMPT: "осв",
    MarkSign.NOT_ATTESTED: "н/а",
}
"""What a person reads in the cell."""


class MarkChangeKind(StrEnum):
    """What happened to a mark."""

    RECORDED = "RECORDED"
    CORRECTED = "CORRECTED"
    REMOVED = "REMOVED"


class AttendanceCode(StrEnum):
    """Whether a pupil was at a lesson, and if not, why."""

    PRESENT = "PRESENT"
    ABSENT = "ABSENT"
    ABSENT_EXCUSED = "ABSENT_EXCUSED"
    ABSENT_SICK = "ABSENT_SICK"
    ABSENT_UNEXCUSED = "ABSENT_UNEXCUSED"
    LATE = "LATE"
    EXEMPT = "EXEMPT"


class WorkType(Record):
    """A kind of work that is marked, with the school's usual weight for it."""

    organization: fields.ForeignKeyRelation[Organization] = reference("Organization", "work_types")
    organization_id: int
    code = fields.CharField(max_length=64)
    abbreviation = fields.CharField(max_length=8)
    name = fields.CharField(max_length=200)
    weight = fields.SmallIntField()

    class Meta:
        table = "work_type"
        constraints = (
            unique("work_type_code", "organization_id", "code"),
            check("work_type_weight", "weight > 0"),
        )


class Assignment(Record):
    """A work that pupils hand in or write at a lesson (задание).

    PostgreSQL counts its `version` on with every change, whoever makes it.
    """

    lesson: fields.ForeignKeyRelation[Lesson] = reference("Lesson", "assignments")
    lesson_id: int
    section: fields.ForeignKeyRelation[CourseSection] = reference("CourseSection", "assigned_works")
    section_id: int
    work_type: fields.ForeignKeyRelation[WorkType] = reference("WorkType", "assignments")
    work_type_id: int
    title = fields.CharField(max_length=300)
    due_on = fields.DateField()
    is_mandatory = fields.BooleanField(default=True)
    weight = fields.SmallIntField(null=True)
    """What a mark for it has in place of its work type's."""
    removed_at = fields.DatetimeField(null=True)
    version = fields.IntField(default=1, db_default=1)

    class Meta:
        table = "assignment"
        indexes = (
            Index(fields=("lesson_id",), name="assignment_lesson"),
            Index(fields=("section_id", "due_on"), name="assignment_due"),
        )


_IS_VALUE_OR_SIGN = "(value IS NULL) <> (sign IS NULL)"
_SCALE = "value BETWEEN 1 AND 5"


class Mark(Record):
    """One mark of one pupil at one lesson; a removed mark stays, with `removed_at` set.

    `date` is the lesson's; where it is not given, PostgreSQL takes it from there.
    """

    lesson: fields.ForeignKeyRelation[Lesson] = reference("Lesson", "marks")
    lesson_id: int
    date = fields.DateField()
    student: fields.ForeignKeyRelation[Student] = reference("Student", "marks")
    student_id: int
    assignment: fields.ForeignKeyNullableRelation[Assignment] = reference(
        "Assignment", "marks", null=True
    )
    assignment_id: int | None
    work_type: fields.ForeignKeyRelation[WorkType] = reference("WorkType", "marks")
    work_type_id: int
    value = fields.SmallIntField(null=True)
    sign: MarkSign | None = choice(MarkSign, null=True)
    weight = fields.SmallIntField()
    comment = fields.CharField(max_length=1000, null=True)
    version = fields.IntField(default=1)
    recorded_at = fields.DatetimeField()
    removed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "mark"
        constraints = (
            check("mark_value_scale", _SCALE),
            check("mark_value_or_sign", _IS_VALUE_OR_SIGN),
            one_of("mark", "sign", MarkSign),
            check("mark_weight", "weight > 0"),
            check("mark_version", "version > 0"),
        )
        indexes = (
            Index(fields=("student_id", "recorded_at", "id"), name="mark_student_recent"),
            Index(fields=("assignment_id", "student_id"), name="mark_assignment"),
        )


class MarkRevision(Record):
    """What a mark was made to at one moment, by whom and why; never changed or deleted."""

    mark: fields.ForeignKeyRelation[Mark] = reference("Mark", "history")
    mark_id: int
    version = fields.IntField()
    kind: MarkChangeKind = choice(MarkChangeKind)
    value = fields.SmallIntField(null=True)
    sign: MarkSign | None = choice(MarkSign, null=True)
    weight = fields.SmallIntField()
    comment = fields.CharField(max_length=1000, null=True)
    reason = fields.CharField(max_length=1000, null=True)
    by: fields.ForeignKeyRelation[Person] = reference("Person", "mark_revisions")
    by_id: int
    at = fields.DatetimeField()

    class Meta:
        table = "mark_revision"
        constraints = (
            unique("mark_revision_version", "mark_id", "version"),
            one_of("mark_revision", "kind", MarkChangeKind),
            one_of("mark_revision", "sign", MarkSign),
            check("mark_revision_value_scale", _SCALE),
            check("mark_revision_value_or_sign", _IS_VALUE_OR_SIGN),
            check("mark_revision_weight", "weight > 0"),
        )


class Attendance(Record):
    """A pupil's attendance at one lesson; no row means present.

    PostgreSQL counts its `version` on with every change, whoever makes it.
    """

    lesson: fields.ForeignKeyRelation[Lesson] = reference("Lesson", "attendance")
    lesson_id: int
    student: fields.ForeignKeyRelation[Student] = reference("Student", "attendance")
    student_id: int
    code: AttendanceCode = choice(AttendanceCode)
    note = fields.CharField(max_length=500, null=True)
    version = fields.IntField(default=1, db_default=1)

    class Meta:
        table = "attendance"
        constraints = (
            unique("attendance_lesson_student", "lesson_id", "student_id"),
            one_of("attendance", "code", AttendanceCode),
        )
        indexes = (Index(fields=("student_id",), name="attendance_student"),)
