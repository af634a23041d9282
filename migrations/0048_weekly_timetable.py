"""The weekly timetable, of which lessons are made."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from models.templates import WeekParity

CONSTRAINTS = """
ALTER TABLE timetable_entry
ADD CONSTRAINT timetable_entry_parity_known CHECK (parity IN ('EVERY', 'ODD', 'EVEN')),
ADD CONSTRAINT timetable_entry_weekday CHECK (weekday BETWEEN 1 AND 7),
ADD CONSTRAINT timetable_entry_number CHECK (number BETWEEN 0 AND 20),
ADD CONSTRAINT timetable_entry_valid_until_in_order CHECK (
    valid_until IS NULL OR valid_until >= valid_from
)
"""
CLASS_TIMETABLE = """
CREATE VIEW class_timetable AS
SELECT e.id, e.id AS entry_id, e.school_class_id FROM timetable_entry e
UNION ALL
SELECT e.id, e.id, c.parent_id
FROM timetable_entry e
JOIN school_class c ON c.id = e.school_class_id
WHERE c.parent_id IS NOT NULL
"""


class Migration(migrations.Migration):
    """A new table and a view; no row changes."""

    dependencies = [("diary", "0047_school_days")]

    initial = False

    operations = [
        ops.CreateModel(
            name="TimetableEntry",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "section",
                    fields.ForeignKeyField(
                        "diary.CourseSection",
                        source_field="section_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="entries",
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
                        related_name="entries",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "teacher",
                    fields.ForeignKeyField(
                        "diary.Person",
                        source_field="teacher_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="timetable_entries",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "room",
                    fields.ForeignKeyField(
                        "diary.Room",
                        source_field="room_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="entries",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("weekday", fields.SmallIntField()),
                ("shift", fields.SmallIntField(default=1)),
                ("number", fields.SmallIntField()),
                (
                    "parity",
                    fields.CharEnumField(
                        description="EVERY: EVERY\nODD: ODD\nEVEN: EVEN",
                        enum_type=WeekParity,
                        max_length=32,
                    ),
                ),
                ("valid_from", fields.DateField()),
                ("valid_until", fields.DateField(null=True)),
            ],
            options={
                "table": "timetable_entry",
                "app": "diary",
                "constraints": [
                    CheckConstraint(
                        check="parity IN ('EVERY', 'ODD', 'EVEN')",
                        name="timetable_entry_parity_known",
                    ),
                    CheckConstraint(
                        check="weekday BETWEEN 1 AND 7", name="timetable_entry_weekday"
                    ),
                    CheckConstraint(check="number BETWEEN 0 AND 20", name="timetable_entry_number"),
                    CheckConstraint(
                        check="valid_until IS NULL OR valid_until >= valid_from",
                        name="timetable_entry_valid_until_in_order",
                    ),
                ],
                "indexes": [
                    Index(fields=["school_class_id", "weekday"], name="timetable_entry_class"),
                    Index(fields=["teacher_id", "weekday"], name="timetable_entry_teacher"),
                    Index(fields=["room_id", "weekday"], name="timetable_entry_room"),
                    Index(fields=["section_id"], name="timetable_entry_section"),
                ],
                "pk_attr": "id",
                "table_description": "A section's lesson of each week from `valid_from` until before `valid_until`.",
            },
            bases=["Record"],
        ),
        ops.RunSQL([CONSTRAINTS, CLASS_TIMETABLE]),
    ]
