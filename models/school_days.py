"""Days on which a school does otherwise: vacations, days off, moved working days, other bells."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index

from models.classes import SchoolClass
from models.curriculum import SchoolYear
from models.directory import Organization
from models.fields import Record, check, choice, one_of, reference, unique
from models.timetable import BellSchedule


class Vacation(Record):
    """Days without lessons: of a whole school year, of a grade level or of a class.

    Both dates are days of it. Those of a class are its groups' too.
    """

    school_year: fields.ForeignKeyRelation[SchoolYear] = reference("SchoolYear", "vacations")
    school_year_id: int
    grade_level = fields.SmallIntField(null=True)
    school_class: fields.ForeignKeyNullableRelation[SchoolClass] = reference(
        "SchoolClass", "vacations", null=True
    )
    school_class_id: int | None
    name = fields.CharField(max_length=100)
    starts_on = fields.DateField()
    ends_on = fields.DateField()

    class Meta:
        table = "vacation"
        constraints = (
            check("vacation_in_order", "ends_on >= starts_on"),
            check("vacation_of_one", "grade_level IS NULL OR school_class_id IS NULL"),
            check("vacation_grade_level", "grade_level BETWEEN 0 AND 12"),
        )
        indexes = (
            Index(fields=("school_year_id", "starts_on"), name="vacation_year"),
            Index(fields=("school_class_id",), name="vacation_class"),
        )


class CalendarDayKind(StrEnum):
    """Whether a day has lessons against its weekday."""

    DAY_OFF = "DAY_OFF"
    WORKING = "WORKING"


class CalendarDay(Record):
    """A holiday, or a day that follows the timetable of another weekday (1 Monday … 7 Sunday).

    Without an organization it is the whole region's; a school's own day goes before that.
    """

    organization: fields.ForeignKeyNullableRelation[Organization] = reference(
        "Organization", "calendar_days", null=True
    )
    organization_id: int | None
    date = fields.DateField()
    kind: CalendarDayKind = choice(CalendarDayKind)
    follows_weekday = fields.SmallIntField(null=True)
    name = fields.CharField(max_length=200)

    class Meta:
        table = "calendar_day"
        constraints = (
            one_of("calendar_day", "kind", CalendarDayKind),
            unique("calendar_day_of_school", "organization_id", "date"),
            unique("calendar_day_of_region", "date", where="organization_id IS NULL"),
            check("calendar_day_follows", "(kind = 'WORKING') = (follows_weekday IS NOT NULL)"),
            check("calendar_day_weekday", "follows_weekday BETWEEN 1 AND 7"),
        )


class BellDay(Record):
    """A day on which a school's lessons begin and end by other bells than usual."""

    organization: fields.ForeignKeyRelation[Organization] = reference("Organization", "bell_days")
    organization_id: int
    date = fields.DateField()
    bell_schedule: fields.ForeignKeyRelation[BellSchedule] = reference("BellSchedule", "days")
    bell_schedule_id: int

    class Meta:
        table = "bell_day"
        constraints = (unique("bell_day_date", "organization_id", "date"),)
        indexes = (Index(fields=("bell_schedule_id",), name="bell_day_schedule"),)
