"""The weekly timetable (расписание), and the lessons that are made of it."""

import datetime as dt

import strawberry

from access import scopes
from models import WeekParity
from schema.classes import SchoolClass
from schema.curriculum import Subject
from schema.declaration import Node, column, describe_enum, entity, found, one, payload
from schema.errors import UserError
from schema.staff import StaffMember

_ERRORS = "Why nothing was changed; empty when it was. CLASH comes once for each that clashes."

describe_enum(
    WeekParity,
    "In which weeks of the school year, the first of which is odd.",
    EVERY="In every week.",
    ODD="In the first, third, fifth week and so on.",
    EVEN="In the second, fourth, sixth week and so on.",
)


@entity(reach=scopes.TIMETABLE)
class TimetableEntry(Node):
    """One lesson of the weekly timetable."""

    weekday: int = column(description="On which weekday: 1 Monday to 7 Sunday.")
    shift: int = column(description="In which shift (смена), from 1.")
    number: int = column(description="Its place in the shift, as the bell schedule counts.")
    parity: WeekParity = column(description="In which weeks.")
    valid_from: dt.date = column(description="The first day.")
    valid_until: dt.date = column(
        description="The day after the last one; the year's last day is its last unless told."
    )
    room: str | None = column("room__name", description="Where it is held.")
    subject: Subject = one("section__subject_id", description="What is taught.")
    school_class: SchoolClass | None = one(description="The class or group that is taught.")
    teacher: StaffMember | None = one(description="Who teaches it.")


@strawberry.input(description="A lesson of each week, or of every other one.")
class CreateTimetableEntryInput:
    """A lesson of each week, or of every other one."""

    section_id: strawberry.ID = strawberry.field(description="Of which section.")
    weekday: int = strawberry.field(description="On which weekday: 1 Monday to 7 Sunday.")
    shift: int = strawberry.field(default=1, description="In which shift, from 1.")
    number: int = strawberry.field(description="Which lesson of the shift, 0–20.")
    parity: WeekParity = strawberry.field(
        default=WeekParity.EVERY, description="In which weeks of the school year."
    )
    valid_from: dt.date = strawberry.field(description="The first day, within the school year.")
    valid_until: dt.date | None = strawberry.field(
        default=None, description="The day after the last one; null for the year's end."
    )
    teacher_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Who gives it, of those who teach the section on the first day; the one who "
        "has taught it longest unless told.",
    )
    room_id: strawberry.ID | None = strawberry.field(
        default=None, description="In which room of the school."
    )


@payload
class CreateTimetableEntryPayload:
    """The entry that was made, or why it was not."""

    entry: TimetableEntry | None = found(
        description="The entry; lessons are made of it by `generateLessons`."
    )
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A lesson of the weekly timetable that is to hold no longer.")
class EndTimetableEntryInput:
    """A lesson of the weekly timetable that is to hold no longer."""

    entry_id: strawberry.ID = strawberry.field(description="Which entry.")
    valid_until: dt.date = strawberry.field(
        description="The day after its last one; its first day where it is to have none."
    )


@payload
class EndTimetableEntryPayload:
    """The entry as it is now, or why it was not ended."""

    entry: TimetableEntry | None = found(
        description="The entry; lessons that were made of it stay."
    )
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="Of which classes lessons are to be made, and for which days.")
class GenerateLessonsInput:
    """Of which classes lessons are to be made, and for which days."""

    school_year_id: strawberry.ID = strawberry.field(description="Of which school year.")
    class_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of this class and its groups alone."
    )
    from_: dt.date = strawberry.field(name="from", description="The first day, within the year.")
    until: dt.date = strawberry.field(
        description="The last day, within the year: 62 days at most, of a single class 366."
    )


@strawberry.type(description="A lesson of the weekly timetable that was not made on a day.")
class SkippedLesson:
    """A lesson of the weekly timetable that was not made on a day."""

    date: dt.date = strawberry.field(description="The day.")
    shift: int = strawberry.field(description="In which shift.")
    number: int = strawberry.field(description="Which lesson of the shift.")
    school_class: str = strawberry.field(description="The name of the class or group.")
    subject: str = strawberry.field(description="The name of the subject.")
    reason: str = strawberry.field(
        description="What stands in the way, for people: another lesson, or that there is no bell."
    )


@payload
class GenerateLessonsPayload:
    """What was made, and what was not."""

    made_count: int | None = strawberry.field(
        description="How many lessons were made; those that were there already are not counted."
    )
    skipped_count: int | None = strawberry.field(description="How many could not be made.")
    skipped: list[SkippedLesson] | None = strawberry.field(
        description="Those that could not be made, by day and lesson; the first 200."
    )
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)
