"""Days of classes and school years that PostgreSQL derives from others; as in `models.views`."""

from typing import ClassVar

from tortoise import fields

from models.classes import SchoolClass
from models.curriculum import SchoolYear, Term
from models.fields import Record, choice, reference
from models.school_days import BellDay, CalendarDay, Vacation
from models.templates import TimetableEntry, WeekParity
from models.timetable import BellSchedule


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


class SchoolDay(Record):
    """A day of a class's school year, and what is otherwise than usual on it; `id` is the class's.

    `follows_weekday` is null where the class has no lessons: in vacations, on days off, and beyond
    the terms of its grade level.
    """

    key: ClassVar[tuple[str, ...]] = ("school_class_id", "date")

    school_class: fields.ForeignKeyRelation[SchoolClass] = reference("SchoolClass", "school_days")
    school_class_id: int
    date = fields.DateField()
    follows_weekday = fields.SmallIntField(null=True)
    parity: WeekParity = choice(WeekParity)
    calendar_day: fields.ForeignKeyNullableRelation[CalendarDay] = reference(
        "CalendarDay", "school_days", null=True
    )
    calendar_day_id: int | None
    vacation: fields.ForeignKeyNullableRelation[Vacation] = reference(
        "Vacation", "school_days", null=True
    )
    vacation_id: int | None
    term: fields.ForeignKeyNullableRelation[Term] = reference("Term", "school_days", null=True)
    term_id: int | None
    bell_schedule: fields.ForeignKeyNullableRelation[BellSchedule] = reference(
        "BellSchedule", "school_days", null=True
    )
    bell_schedule_id: int | None

    class Meta:
        table = "school_day"


class YearBellDay(Record):
    """A day of a school year on which other bells hold; `id` is the day's."""

    bell_day: fields.ForeignKeyRelation[BellDay] = reference("BellDay", "years")
    bell_day_id: int
    school_year: fields.ForeignKeyRelation[SchoolYear] = reference("SchoolYear", "bell_days")
    school_year_id: int
    date = fields.DateField()

    class Meta:
        table = "year_bell_day"
