"""What families say of absence beforehand, or afterwards."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index

from models.classes import SchoolClass
from models.curriculum import Term
from models.directory import Organization
from models.fields import Record, check, choice, one_of, reference, unique
from models.people import Person, Student


class AbsenceReason(StrEnum):
    """Why a pupil does not come."""

    SICK = "SICK"
    FAMILY = "FAMILY"
    OTHER = "OTHER"


class AbsenceNoteState(StrEnum):
    """What has become of a note; whatever follows the first one is final."""

    SUBMITTED = "SUBMITTED"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"


class AbsenceNote(Record):
    """A guardian's note that a pupil is absent on some days, or for some lessons of one day.

    `school_class` is the pupil's class when it was written. Both dates and both lessons are of it.
    """

    student: fields.ForeignKeyRelation[Student] = reference("Student", "absence_notes")
    student_id: int
    school_class: fields.ForeignKeyRelation[SchoolClass] = reference("SchoolClass", "absence_notes")
    school_class_id: int
    organization: fields.ForeignKeyRelation[Organization] = reference(
        "Organization", "absence_notes"
    )
    organization_id: int
    starts_on = fields.DateField()
    ends_on = fields.DateField()
    first_lesson = fields.SmallIntField(null=True)
    last_lesson = fields.SmallIntField(null=True)
    reason: AbsenceReason = choice(AbsenceReason)
    text = fields.CharField(max_length=1000)
    state: AbsenceNoteState = choice(AbsenceNoteState)
    submitted_by: fields.ForeignKeyRelation[Person] = reference("Person", "submitted_absence_notes")
    submitted_by_id: int
    submitted_at = fields.DatetimeField()
    decided_by: fields.ForeignKeyNullableRelation[Person] = reference(
        "Person", "decided_absence_notes", null=True
    )
    decided_by_id: int | None
    decided_at = fields.DatetimeField(null=True)
    decision_reason = fields.CharField(max_length=1000, null=True)

    class Meta:
        table = "absence_note"
        constraints = (
            one_of("absence_note", "reason", AbsenceReason),
            one_of("absence_note", "state", AbsenceNoteState),
            check("absence_note_in_order", "ends_on >= starts_on"),
            check(
                "absence_note_lessons",
                "(first_lesson IS NULL) = (last_lesson IS NULL) AND (first_lesson IS NULL"
                " OR (starts_on = ends_on AND first_lesson <= last_lesson))",
            ),
            check(
                "absence_note_decided",
                "(state = 'SUBMITTED') = (decided_at IS NULL)"
                " AND (decided_at IS NULL) = (decided_by_id IS NULL)",
            ),
        )
        indexes = (
            Index(fields=("student_id", "id"), name="absence_note_student"),
            Index(fields=("school_class_id", "id"), name="absence_note_class"),
            Index(fields=("organization_id",), name="absence_note_organization"),
        )


class AbsenceAlert(Record):
    """That a pupil missed more of a term's lessons than the school lets pass; once a term.

    Numbers are those of the moment: `missed_lessons` of `held_lessons`, and the school's limit in
    percent.
    """

    student: fields.ForeignKeyRelation[Student] = reference("Student", "absence_alerts")
    student_id: int
    term: fields.ForeignKeyRelation[Term] = reference("Term", "absence_alerts")
    term_id: int
    school_class: fields.ForeignKeyRelation[SchoolClass] = reference(
        "SchoolClass", "absence_alerts"
    )
    school_class_id: int
    organization: fields.ForeignKeyRelation[Organization] = reference(
        "Organization", "absence_alerts"
    )
    organization_id: int
    missed_lessons = fields.IntField()
    held_lessons = fields.IntField()
    limit_percent = fields.SmallIntField()
    at = fields.DatetimeField()

    class Meta:
        table = "absence_alert"
        constraints = (
            unique("absence_alert_once", "student_id", "term_id"),
            check("absence_alert_beyond", "missed_lessons * 100 > limit_percent * held_lessons"),
        )
        indexes = (
            Index(fields=("student_id", "id"), name="absence_alert_student"),
            Index(fields=("school_class_id", "id"), name="absence_alert_class"),
            Index(fields=("organization_id",), name="absence_alert_organization"),
        )
