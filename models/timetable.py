"""Bell schedules, rooms and dated lessons."""

from tortoise import fields
from tortoise.indexes import Index

from models.classes import SchoolClass
from models.curriculum import CourseSection
from models.directory import Organization
from models.fields import LocalTimeField, MadeNumberField, Record, check, reference, unique
from models.people import Person

_SLOT = ("date", "shift", "number", "set_aside")


class BellSchedule(Record):
    """A set of bell times that a school uses on some days (ordinary, shortened)."""

    organization: fields.ForeignKeyRelation[Organization] = reference(
        "Organization", "bell_schedules"
    )
    organization_id: int
    name = fields.CharField(max_length=100)
    is_usual = fields.BooleanField(default=False, db_default=False)
    """Whether it holds on every day for which no other one was chosen."""

    class Meta:
        table = "bell_schedule"
        constraints = (
            unique("bell_schedule_name", "organization_id", "name"),
            unique("bell_schedule_usual", "organization_id", where="is_usual"),
        )


class BellPeriod(Record):
    """When the n-th lesson of a shift begins and ends."""

    bell_schedule: fields.ForeignKeyRelation[BellSchedule] = reference("BellSchedule", "periods")
    bell_schedule_id: int
    shift = fields.SmallIntField(default=1)
    number = fields.SmallIntField()
    starts_at: LocalTimeField = LocalTimeField()
    ends_at: LocalTimeField = LocalTimeField()

    class Meta:
        table = "bell_period"
        constraints = (
            unique("bell_period_number", "bell_schedule_id", "shift", "number"),
            check("bell_period_in_order", "ends_at > starts_at"),
        )


class Room(Record):
    """A room where lessons are held."""

    organization: fields.ForeignKeyRelation[Organization] = reference("Organization", "rooms")
    organization_id: int
    name = fields.CharField(max_length=50)

    class Meta:
        table = "room"
        constraints = (unique("room_name", "organization_id", "name"),)


class Lesson(Record):
    """One lesson on one day: a column of the class journal.

    A slot is date, shift and number. `starts_at` and `ends_at` are copied from the bell schedule
    when the lesson is planned: a lesson keeps the time at which it was held. One that was moved
    says in which slot it was planned first; one that was cancelled leaves its slot to others, and
    PostgreSQL lets nobody write marks or attendance at it.
    """

    section: fields.ForeignKeyRelation[CourseSection] = reference("CourseSection", "lessons")
    section_id: int
    school_class: fields.ForeignKeyRelation[SchoolClass] = reference("SchoolClass", "lessons")
    school_class_id: int
    teacher: fields.ForeignKeyRelation[Person] = reference("Person", "lessons")
    teacher_id: int
    room: fields.ForeignKeyNullableRelation[Room] = reference("Room", "lessons", null=True)
    room_id: int | None
    date = fields.DateField()
    shift = fields.SmallIntField(default=1)
    number = fields.SmallIntField()
    starts_at: LocalTimeField = LocalTimeField()
    ends_at: LocalTimeField = LocalTimeField()
    topic = fields.CharField(max_length=500, null=True)
    cancelled_at = fields.DatetimeField(null=True)
    cancellation_reason = fields.CharField(max_length=1000, null=True)
    moved_from_date = fields.DateField(null=True)
    moved_from_shift = fields.SmallIntField(null=True)
    moved_from_number = fields.SmallIntField(null=True)
    set_aside = MadeNumberField(made_of="CASE WHEN cancelled_at IS NULL THEN 0 ELSE id END")
    """0 for a lesson that takes its slot, and of every cancelled one a number of its own."""

    class Meta:
        table = "lesson"
        constraints = (
            unique("lesson_class_slot", "school_class_id", *_SLOT),
            unique("lesson_teacher_slot", "teacher_id", *_SLOT),
            unique("lesson_room_slot", "room_id", *_SLOT),
            # Assignments refer to this pair, so that an assignment's section is its lesson's.
            unique("lesson_section_pair", "id", "section_id"),
            # And marks to this one, so that a mark's date is its lesson's.
            unique("lesson_date_pair", "id", "date"),
            check("lesson_number", "number BETWEEN 0 AND 20"),
            check("lesson_in_order", "ends_at > starts_at"),
            check(
                "lesson_cancelled_for_a_reason",
                "(cancelled_at IS NULL) = (cancellation_reason IS NULL)",
            ),
            check(
                "lesson_moved_from_slot",
                "num_nulls(moved_from_date, moved_from_shift, moved_from_number) IN (0, 3)",
            ),
        )
        indexes = (Index(fields=("section_id", "date"), name="lesson_section"),)
