"""PostgreSQL itself refuses entries of the weekly timetable that clash."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.fields import MadeNumberField

# An entry without a last day held to the end of its year, and so it clashed with the next one's.
FILLED = """
UPDATE timetable_entry entry
SET whole_class_id = class.whole_id,
    valid_until = greatest(coalesce(entry.valid_until, year.ends_on + 1), entry.valid_from)
FROM school_class class JOIN school_year year ON year.id = class.school_year_id
WHERE class.id = entry.school_class_id
"""
OF_ITS_CLASS = """
ALTER TABLE timetable_entry
ADD CONSTRAINT timetable_entry_of_its_section
FOREIGN KEY (section_id, school_class_id) REFERENCES course_section (id, school_class_id),
ADD CONSTRAINT timetable_entry_of_its_class
FOREIGN KEY (school_class_id, whole_class_id) REFERENCES school_class (id, whole_id)
ON UPDATE CASCADE
"""
# The slot, the weeks and the days of two entries; without an extension, as in 0003.
_MEET = """
    int4range((weekday * 4 + shift) * 21 + number, (weekday * 4 + shift) * 21 + number, '[]')
    WITH &&,
    int4range((parity = 'EVEN')::int, (parity <> 'ODD')::int, '[]') WITH &&,
    daterange(valid_from, valid_until) WITH &&
"""
# A class takes all of its groups, and a group no other one: which pupils they share is a matter of
# dates, and those who plan are told of it.
CLASHES = f"""
ALTER TABLE timetable_entry
ADD CONSTRAINT timetable_entry_class_slot EXCLUDE USING gist (
    int8range(whole_class_id, whole_class_id, '[]') WITH &&,
    int8range(
        nullif(school_class_id, whole_class_id), nullif(school_class_id, whole_class_id), '[]'
    ) WITH &&,
    {_MEET}
),
ADD CONSTRAINT timetable_entry_teacher_slot EXCLUDE USING gist (
    int8range(teacher_id, teacher_id, '[]') WITH &&,
    {_MEET}
),
ADD CONSTRAINT timetable_entry_room_slot EXCLUDE USING gist (
    int8range(room_id, room_id, '[]') WITH &&,
    {_MEET}
) WHERE (room_id IS NOT NULL)
"""


class Migration(migrations.Migration):
    """Entries end with their year at the latest."""

    dependencies = [("diary", "0051_absence_alert")]

    initial = False

    operations = [
        ops.AddField(
            "SchoolClass",
            "whole_id",
            MadeNumberField(generated=True, made_of="coalesce(parent_id, id)"),
        ),
        ops.AddConstraint(
            "SchoolClass", UniqueConstraint(fields=("id", "whole_id"), name="school_class_whole")
        ),
        ops.AddField("TimetableEntry", "whole_class_id", fields.BigIntField(null=True)),
        ops.RunSQL([FILLED]),
        ops.AlterField("TimetableEntry", "whole_class_id", fields.BigIntField()),
        ops.AlterField("TimetableEntry", "valid_until", fields.DateField()),
        ops.AddConstraint(
            "TimetableEntry",
            CheckConstraint(check="shift BETWEEN 1 AND 3", name="timetable_entry_shift"),
        ),
        ops.RunSQL([OF_ITS_CLASS, CLASHES]),
    ]
