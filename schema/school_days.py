"""School years with their vacations and the days that are not as usual."""

import datetime as dt

import strawberry

import models
from access import scopes
from models import CalendarDayKind, WeekParity
from schema.bells import BellSchedule
from schema.classes import SchoolClass
from schema.curriculum import Term
from schema.declaration import (
    Node,
    Through,
    column,
    describe_enum,
    entity,
    found,
    many,
    one,
    payload,
)
from schema.errors import UserError

_ERRORS = "Why nothing was changed; empty when it was."

describe_enum(
    CalendarDayKind,
    "Whether a day has lessons against its weekday.",
    DAY_OFF="It has none: a holiday (праздничный, выходной день).",
    WORKING="It has those of some weekday (перенос рабочего дня).",
)


@entity(reach=scopes.VACATIONS)
class Vacation(Node):
    """Days without lessons (каникулы): of the whole school, a grade level or a class."""

    name: str = column(description="Its name, such as «Осенние каникулы».")
    grade_level: int | None = column(description="Whose: of this grade level alone.")
    school_class: SchoolClass | None = one(description="Whose: of this class and its groups alone.")
    starts_on: dt.date = column(description="The first day.")
    ends_on: dt.date = column(description="The last day.")


@entity(reach=scopes.CALENDAR_DAYS)
class CalendarDay(Node):
    """A holiday, or a working day that was moved (перенос)."""

    date: dt.date = column(description="The day.")
    kind: CalendarDayKind = column(description="Whether it has lessons.")
    follows_weekday: int | None = column(
        description="By the timetable of which weekday lessons are: 1 Monday to 7 Sunday; null for "
        "a day off."
    )
    name: str = column(description="What it is, such as «День народного единства».")


@entity(reach=scopes.BELL_DAYS)
class BellDay(Node):
    """A day on which a school's lessons follow other bells than usual (сокращённый день)."""

    date: dt.date = column(description="The day.")
    bell_schedule: BellSchedule = one(description="The bells of that day.")


@entity(reach=scopes.SCHOOL_DAYS)
class SchoolDay:
    """What a day of the school year is to a class."""

    date: dt.date = column(description="The day.")
    follows_weekday: int | None = column(
        description="By the timetable of which weekday the class has lessons, 1 Monday to 7 "
        "Sunday; null where it has none: in vacations, on days off, and beyond its terms."
    )
    parity: WeekParity = column(
        description="Whether its week of the school year is an odd or an even one."
    )
    calendar_day: CalendarDay | None = one(
        description="The holiday, or the moved working day, that it is."
    )
    vacation: Vacation | None = one(description="The vacation in which it lies.")
    term: Term | None = one(description="The term of the class's grade level in which it lies.")
    bell_schedule: BellSchedule | None = one(
        description="By which bells its lessons are: the day's own, or the school's usual ones; "
        "null where the school has no bells."
    )


@entity(reach=scopes.SCHOOL_YEARS)
class SchoolYear(Node):
    """A school's year (учебный год)."""

    name: str = column(description="Its name, such as «2026/2027».")
    starts_on: dt.date = column(description="The first day.")
    ends_on: dt.date = column(description="The last day.")
    terms: list[Term] = many(
        description="The terms of all grade levels, by grade level and in order.",
        on={"school_year_id": "id"},
        order_by=("grade_level", "starts_on", "id"),
        expected=40,
    )
    vacations: list[Vacation] = many(
        description="The vacations of the whole school, of grade levels and of classes, in order.",
        on={"school_year_id": "id"},
        order_by=("starts_on", "id"),
        expected=6,
    )
    calendar_days: list[CalendarDay] = many(
        description="Days that are not as usual, the school's own and the region's, in order.",
        through=Through(models.YearDay, on={"school_year_id": "id"}, key="calendar_day_id"),
        order_by=("date", "id"),
        expected=20,
    )
    bell_days: list[BellDay] = many(
        description="Days on which the school's lessons follow other bells than usual, in order.",
        through=Through(models.YearBellDay, on={"school_year_id": "id"}, key="bell_day_id"),
        order_by=("date", "id"),
        expected=10,
    )


@strawberry.input(description="A term of a grade level.")
class CreateTermInput:
    """A term of a grade level."""

    school_year_id: strawberry.ID = strawberry.field(description="Of which school year.")
    grade_level: int = strawberry.field(description="Of which grade level, 0–12.")
    kind: models.TermKind = strawberry.field(description="How the year is divided.")
    number: int = strawberry.field(description="Its place in the year, from 1.")
    name: str = strawberry.field(description="Its name, 1–100 characters.")
    starts_on: dt.date = strawberry.field(description="The first day, within the year.")
    ends_on: dt.date = strawberry.field(description="The last day, within the year.")


@payload
class CreateTermPayload:
    """The term that was made, or why it was not."""

    term: Term | None = found(description="The term.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="What is to be otherwise about a term. What is left out stays.")
class ChangeTermInput:
    """What is to be otherwise about a term. What is left out stays."""

    term_id: strawberry.ID = strawberry.field(description="Which term.")
    name: str | None = strawberry.field(default=None, description="Its name, 1–100 characters.")
    starts_on: dt.date | None = strawberry.field(default=None, description="The first day.")
    ends_on: dt.date | None = strawberry.field(default=None, description="The last day.")


@payload
class ChangeTermPayload:
    """The term as it is now, or why it was not changed."""

    term: Term | None = found(description="The term.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A vacation of a whole year, of a grade level or of a class.")
class CreateVacationInput:
    """A vacation of a whole year, of a grade level or of a class."""

    school_year_id: strawberry.ID = strawberry.field(description="Of which school year.")
    grade_level: int | None = strawberry.field(
        default=None, description="Of this grade level alone, 0–12."
    )
    class_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of this class of the year and its groups alone."
    )
    name: str = strawberry.field(description="Its name, 1–100 characters.")
    starts_on: dt.date = strawberry.field(description="The first day, within the year.")
    ends_on: dt.date = strawberry.field(description="The last day, within the year.")


@payload
class CreateVacationPayload:
    """The vacation that was made, or why it was not."""

    vacation: Vacation | None = found(description="The vacation.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A vacation that is to be no more.")
class RemoveVacationInput:
    """A vacation that is to be no more."""

    vacation_id: strawberry.ID = strawberry.field(description="Which vacation.")


@payload
class RemoveVacationPayload:
    """The vacation that was removed, or why it was not."""

    vacation_id: strawberry.ID | None = strawberry.field(description="The id that it had.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="What a day is, in place of what was said of it before.")
class SetCalendarDayInput:
    """What a day is, in place of what was said of it before."""

    school_year_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="In which school's year; null for the whole region, whose operator says it.",
    )
    date: dt.date = strawberry.field(description="Which day, within the year.")
    kind: CalendarDayKind = strawberry.field(description="Whether it has lessons.")
    follows_weekday: int | None = strawberry.field(
        default=None,
        description="For a working day, whose timetable it follows: 1 Monday to 7 Sunday.",
    )
    name: str = strawberry.field(description="What it is, 1–200 characters.")


@payload
class SetCalendarDayPayload:
    """The day, or why it was not set."""

    calendar_day: CalendarDay | None = found(description="The day.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A day that is to be as usual again.")
class RemoveCalendarDayInput:
    """A day that is to be as usual again."""

    calendar_day_id: strawberry.ID = strawberry.field(description="Which day.")


@payload
class RemoveCalendarDayPayload:
    """The day that is as usual again, or why it is not."""

    calendar_day_id: strawberry.ID | None = strawberry.field(description="The id that it had.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)
