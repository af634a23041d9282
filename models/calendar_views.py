"""Days of classes and school years that PostgreSQL derives from others; as in `models.views`."""

from tortoise import fields

from models.classes import SchoolClass
from models.curriculum import SchoolYear
from models.fields import Record, reference
from models.school_days import CalendarDay, Vacation
from models.templates import TimetableEntry


class ClassVacation(Record):
    """A vacation that a class has: its own, its grade level's or its school's; `id` is its."""

    vacation: fields.ForeignKeyRelation[Vacation] = reference("Vacation", "classes")
    vacation_id: int
    school_class: fields.ForeignKeyRelation[SchoolClass] = reference(
        "SchoolClass", "class_vacations"
    )
    school_class_id: int
    starts_on = fields.DateField()
    ends_on = fields.DateField()

    class Meta:
        table = "class_vacation"


class YearDay(Record):
    """What the school or else the region says of a day of a year; `id` is the day's."""

    calendar_day: fields.ForeignKeyRelation[CalendarDay] = reference("CalendarDay", "years")
    calendar_day_id: int
    school_year: fields.ForeignKeyRelation[SchoolYear] = reference("SchoolYear", "days")
    school_year_id: int
    date = fields.DateField()

    class Meta:
        table = "year_day"


class ClassTimetable(Record):
    """A weekly lesson that a class or one of its groups has; `id` is the entry's."""

    entry: fields.ForeignKeyRelation[TimetableEntry] = reference("TimetableEntry", "classes")
    entry_id: int
    school_class: fields.ForeignKeyRelation[SchoolClass] = reference("SchoolClass", "timetable")
    school_class_id: int

    class Meta:
        table = "class_timetable"
