"""Notes about absence, and at which lessons they excuse whom."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from models.absences import AbsenceNoteState, AbsenceReason

CONSTRAINTS = """
ALTER TABLE absence_note
ADD CONSTRAINT absence_note_reason_known CHECK (reason IN ('SICK', 'FAMILY', 'OTHER')),
ADD CONSTRAINT absence_note_state_known CHECK (
    state IN ('SUBMITTED', 'APPROVED', 'DECLINED', 'WITHDRAWN')
),
ADD CONSTRAINT absence_note_in_order CHECK (ends_on >= starts_on),
ADD CONSTRAINT absence_note_lessons CHECK (
    (first_lesson IS NULL) = (last_lesson IS NULL)
    AND (first_lesson IS NULL OR (starts_on = ends_on AND first_lesson <= last_lesson))
),
ADD CONSTRAINT absence_note_decided CHECK (
    (state = 'SUBMITTED') = (decided_at IS NULL)
    AND (decided_at IS NULL) = (decided_by_id IS NULL)
)
"""
# A school excuses from its own lessons alone.
EXPECTED_ABSENCE = """
CREATE VIEW expected_absence AS
SELECT l.id, n.student_id, l.id AS lesson_id, l.section_id, n.id AS note_id,
       CASE n.reason WHEN 'SICK' THEN 'ABSENT_SICK' ELSE 'ABSENT_EXCUSED' END::varchar AS code
FROM absence_note n
JOIN enrollment e ON e.student_id = n.student_id AND e.organization_id = n.organization_id
JOIN lesson l
  ON l.school_class_id = e.school_class_id
 AND l.date BETWEEN n.starts_on AND n.ends_on
 AND l.date >= e.valid_from
 AND (e.valid_until IS NULL OR l.date < e.valid_until)
 AND (n.first_lesson IS NULL OR l.number BETWEEN n.first_lesson AND n.last_lesson)
WHERE n.state = 'APPROVED'
"""


class Migration(migrations.Migration):
    """A new table and a view; no row changes."""

    dependencies = [("diary", "0033_homework")]

    initial = False

    operations = [
        ops.CreateModel(
            name="AbsenceNote",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "student",
                    fields.ForeignKeyField(
                        "diary.Student",
                        source_field="student_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="absence_notes",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "school_class",
                    fields.ForeignKeyField(
                        "diary.SchoolClass",
                        source_field="school_class_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="absence_notes",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "diary.Organization",
                        source_field="organization_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="absence_notes",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("starts_on", fields.DateField()),
                ("ends_on", fields.DateField()),
                ("first_lesson", fields.SmallIntField(null=True)),
                ("last_lesson", fields.SmallIntField(null=True)),
                (
                    "reason",
                    fields.CharEnumField(
                        description="SICK: SICK\nFAMILY: FAMILY\nOTHER: OTHER",
                        enum_type=AbsenceReason,
                        max_length=32,
                    ),
                ),
                ("text", fields.CharField(max_length=1000)),
                (
                    "state",
                    fields.CharEnumField(
                        description="SUBMITTED: SUBMITTED\nAPPROVED: APPROVED\nDECLINED: DECLINED\nWITHDRAWN: WITHDRAWN",
                        enum_type=AbsenceNoteState,
                        max_length=32,
                    ),
                ),
                (
                    "submitted_by",
                    fields.ForeignKeyField(
                        "diary.Person",
                        source_field="submitted_by_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="submitted_absence_notes",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("submitted_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "decided_by",
                    fields.ForeignKeyField(
                        "diary.Person",
                        source_field="decided_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="decided_absence_notes",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("decision_reason", fields.CharField(null=True, max_length=1000)),
            ],
            options={
                "table": "absence_note",
                "app": "diary",
                "constraints": [
                    CheckConstraint(
                        check="reason IN ('SICK', 'FAMILY', 'OTHER')",
                        name="absence_note_reason_known",
                    ),
                    CheckConstraint(
                        check="state IN ('SUBMITTED', 'APPROVED', 'DECLINED', 'WITHDRAWN')",
                        name="absence_note_state_known",
                    ),
                    CheckConstraint(check="ends_on >= starts_on", name="absence_note_in_order"),
                    CheckConstraint(
                        check="(first_lesson IS NULL) = (last_lesson IS NULL) AND (first_lesson IS NULL OR (starts_on = ends_on AND first_lesson <= last_lesson))",
                        name="absence_note_lessons",
                    ),
                    CheckConstraint(
                        check="(state = 'SUBMITTED') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)",
                        name="absence_note_decided",
                    ),
                ],
                "indexes": [
                    Index(fields=["student_id", "id"], name="absence_note_student"),
                    Index(fields=["school_class_id", "id"], name="absence_note_class"),
                    Index(fields=["organization_id"], name="absence_note_organization"),
                ],
                "pk_attr": "id",
                "table_description": "A guardian's note that a pupil is absent on some days, or for some lessons of one day.",
            },
            bases=["Record"],
        ),
        ops.RunSQL([CONSTRAINTS, EXPECTED_ABSENCE]),
    ]
