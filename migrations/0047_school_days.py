"""Vacations, days off, moved working days, and the bells of single days."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.school_days import CalendarDayKind

CONSTRAINTS = (
    """
    ALTER TABLE vacation
    ADD CONSTRAINT vacation_in_order CHECK (ends_on >= starts_on),
    ADD CONSTRAINT vacation_of_one CHECK (grade_level IS NULL OR school_class_id IS NULL),
    ADD CONSTRAINT vacation_grade_level CHECK (grade_level BETWEEN 0 AND 12)
    """,
    """
    ALTER TABLE calendar_day
    ADD CONSTRAINT calendar_day_kind_known CHECK (kind IN ('DAY_OFF', 'WORKING')),
    ADD CONSTRAINT calendar_day_of_school UNIQUE (organization_id, date),
    ADD CONSTRAINT calendar_day_follows CHECK (
        (kind = 'WORKING') = (follows_weekday IS NOT NULL)
    ),
    ADD CONSTRAINT calendar_day_weekday CHECK (follows_weekday BETWEEN 1 AND 7)
    """,
    """
    CREATE UNIQUE INDEX calendar_day_of_region ON calendar_day (date)
    WHERE organization_id IS NULL
    """,
    "ALTER TABLE bell_day ADD CONSTRAINT bell_day_date UNIQUE (organization_id, date)",
)
USUAL_BELLS = """
UPDATE bell_schedule SET is_usual = true
WHERE id IN (SELECT min(id) FROM bell_schedule GROUP BY organization_id)
"""
VIEWS = (
    """
    CREATE VIEW class_vacation AS
    SELECT v.id, v.id AS vacation_id, c.id AS school_class_id, v.starts_on, v.ends_on
    FROM school_class c
    JOIN vacation v ON v.school_year_id = c.school_year_id
     AND (v.grade_level IS NULL OR v.grade_level = c.grade_level)
     AND (v.school_class_id IS NULL OR v.school_class_id IN (c.id, c.parent_id))
    """,
    """
    CREATE VIEW year_day AS
    SELECT d.id, d.id AS calendar_day_id, y.id AS school_year_id, d.date
    FROM school_year y
    JOIN calendar_day d ON d.date BETWEEN y.starts_on AND y.ends_on
     AND (d.organization_id = y.organization_id OR d.organization_id IS NULL AND NOT EXISTS (
         SELECT FROM calendar_day own
         WHERE own.organization_id = y.organization_id AND own.date = d.date
     ))
    """,
)
# The same as before, but for lessons that were cancelled: nobody is excused from those.
EXPECTED_ABSENCE = """
CREATE OR REPLACE VIEW expected_absence AS
SELECT l.id, n.student_id, l.id AS lesson_id, l.section_id, n.id AS note_id,
       CASE n.reason WHEN 'SICK' THEN 'ABSENT_SICK' ELSE 'ABSENT_EXCUSED' END::varchar AS code
FROM absence_note n
JOIN enrollment e ON e.student_id = n.student_id AND e.organization_id = n.organization_id
JOIN lesson l
  ON l.school_class_id = e.school_class_id
 AND l.cancelled_at IS NULL
 AND l.date BETWEEN n.starts_on AND n.ends_on
 AND l.date >= e.valid_from
 AND (e.valid_until IS NULL OR l.date < e.valid_until)
 AND (n.first_lesson IS NULL OR l.number BETWEEN n.first_lesson AND n.last_lesson)
WHERE n.state = 'APPROVED'
"""


class Migration(migrations.Migration):
    """New tables and views; of its bells a school's first ones are its usual ones."""

    dependencies = [("diary", "0046_attainment_of_years")]

    initial = False

    operations = [
        ops.CreateModel(
            name="BellDay",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "diary.Organization",
                        source_field="organization_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="bell_days",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("date", fields.DateField()),
                (
                    "bell_schedule",
                    fields.ForeignKeyField(
                        "diary.BellSchedule",
                        source_field="bell_schedule_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="days",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "bell_day",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(fields=("organization_id", "date"), name="bell_day_date")
                ],
                "indexes": [Index(fields=["bell_schedule_id"], name="bell_day_schedule")],
                "pk_attr": "id",
                "table_description": "A day on which a school's lessons begin and end by other bells than usual.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="CalendarDay",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "diary.Organization",
                        source_field="organization_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="calendar_days",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("date", fields.DateField()),
                (
                    "kind",
                    fields.CharEnumField(
                        description="DAY_OFF: DAY_OFF\nWORKING: WORKING",
                        enum_type=CalendarDayKind,
                        max_length=32,
                    ),
                ),
                ("follows_weekday", fields.SmallIntField(null=True)),
                ("name", fields.CharField(max_length=200)),
            ],
            options={
                "table": "calendar_day",
                "app": "diary",
                "constraints": [
                    CheckConstraint(
                        check="kind IN ('DAY_OFF', 'WORKING')", name="calendar_day_kind_known"
                    ),
                    UniqueConstraint(
                        fields=("organization_id", "date"), name="calendar_day_of_school"
                    ),
                    UniqueConstraint(
                        fields=("date",),
                        name="calendar_day_of_region",
                        condition="organization_id IS NULL",
                    ),
                    CheckConstraint(
                        check="(kind = 'WORKING') = (follows_weekday IS NOT NULL)",
                        name="calendar_day_follows",
                    ),
                    CheckConstraint(
                        check="follows_weekday BETWEEN 1 AND 7", name="calendar_day_weekday"
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A holiday, or a day that follows the timetable of another weekday (1 Monday … 7 Sunday).",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="Vacation",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "school_year",
                    fields.ForeignKeyField(
                        "diary.SchoolYear",
                        source_field="school_year_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="vacations",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("grade_level", fields.SmallIntField(null=True)),
                (
                    "school_class",
                    fields.ForeignKeyField(
                        "diary.SchoolClass",
                        source_field="school_class_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="vacations",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("name", fields.CharField(max_length=100)),
                ("starts_on", fields.DateField()),
                ("ends_on", fields.DateField()),
            ],
            options={
                "table": "vacation",
                "app": "diary",
                "constraints": [
                    CheckConstraint(check="ends_on >= starts_on", name="vacation_in_order"),
                    CheckConstraint(
                        check="grade_level IS NULL OR school_class_id IS NULL",
                        name="vacation_of_one",
                    ),
                    CheckConstraint(
                        check="grade_level BETWEEN 0 AND 12", name="vacation_grade_level"
                    ),
                ],
                "indexes": [
                    Index(fields=["school_year_id", "starts_on"], name="vacation_year"),
                    Index(fields=["school_class_id"], name="vacation_class"),
                ],
                "pk_attr": "id",
                "table_description": "Days without lessons: of a whole school year, of a grade level or of a class.",
            },
            bases=["Record"],
        ),
        ops.AddField(
            model_name="BellSchedule",
            name="is_usual",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.RunSQL([*CONSTRAINTS, USUAL_BELLS, *VIEWS, EXPECTED_ABSENCE]),
        ops.AddConstraint(
            model_name="BellSchedule",
            constraint=UniqueConstraint(
                fields=("organization_id",), name="bell_schedule_usual", condition="is_usual"
            ),
        ),
    ]
