"""A school's weekly timetable, of which dated lessons are made."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index

from models.classes import SchoolClass
from models.curriculum import CourseSection
from models.fields import Record, check, choice, dates_in_order, one_of, reference
from models.people import Person
from models.timetable import Room


class WeekParity(StrEnum):
    """In which weeks of the school year, the first of which is odd."""

    EVERY = "EVERY"
    ODD = "ODD"
    EVEN = "EVEN"


class TimetableEntry(Record):
    """A section's lesson of each week from `valid_from` until before `valid_until`.

    Weekdays are 1 Monday to 7 Sunday. One that was ended before it began has no day. PostgreSQL
    refuses a second one of the same class, teacher or room in a slot of the same weeks and days; a
    class's own stands in the way of all its groups.
    """

    section: fields.ForeignKeyRelation[CourseSection] = reference("CourseSection", "entries")
    section_id: int
    school_class: fields.ForeignKeyRelation[SchoolClass] = reference("SchoolClass", "entries")
    school_class_id: int
    whole_class_id = fields.BigIntField()
    """The class that a group belongs to, and of a class its own number."""
    teacher: fields.ForeignKeyRelation[Person] = reference("Person", "timetable_entries")
    teacher_id: int
    room: fields.ForeignKeyNullableRelation[Room] = reference("Room", "entries", null=True)
    room_id: int | None
    weekday = fields.SmallIntField()
    shift = fields.SmallIntField(default=1)
    number = fields.SmallIntField()
    parity: WeekParity = choice(WeekParity)
    valid_from = fields.DateField()
    valid_until = fields.DateField()

    class Meta:
        table = "timetable_entry"
        constraints = (
            one_of("timetable_entry", "parity", WeekParity),
            check("timetable_entry_weekday", "weekday BETWEEN 1 AND 7"),
            check("timetable_entry_shift", "shift BETWEEN 1 AND 3"),
            check("timetable_entry_number", "number BETWEEN 0 AND 20"),
            dates_in_order("timetable_entry"),
        )
        indexes = (
            Index(fields=("school_class_id", "weekday"), name="timetable_entry_class"),
            Index(fields=("teacher_id", "weekday"), name="timetable_entry_teacher"),
            Index(fields=("room_id", "weekday"), name="timetable_entry_room"),
            Index(fields=("section_id",), name="timetable_entry_section"),
        )
