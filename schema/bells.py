"""Bell schedules: when the lessons of a day begin and end."""

import datetime as dt

import strawberry

from access import scopes
from schema.declaration import Node, column, entity, found, many, payload
from schema.errors import UserError

_ERRORS = "Why nothing was changed; empty when it was."


@entity(reach=scopes.BELL_PERIODS)
class BellPeriod(Node):
    """When one lesson of a shift begins and ends."""

    shift: int = column(description="In which shift (смена), from 1.")
    number: int = column(description="Which lesson of the shift.")
    starts_at: dt.time = column(description="When it begins, by the school's clock.")
    ends_at: dt.time = column(description="When it ends, by the school's clock.")


@entity(reach=scopes.BELL_SCHEDULES)
class BellSchedule(Node):
    """The bells of an ordinary or of a shortened day (расписание звонков)."""

    name: str = column(description="Its name, such as «Сокращённый день».")
    is_usual: bool = column(description="Whether it holds on all days for which none was chosen.")
    periods: list[BellPeriod] = many(
        description="Its lessons, by shift and in order.",
        on={"bell_schedule_id": "id"},
        order_by=("shift", "number", "id"),
        expected=8,
    )


@strawberry.input(description="When one lesson of a shift begins and ends.")
class BellPeriodInput:
    """When one lesson of a shift begins and ends."""

    shift: int = strawberry.field(default=1, description="In which shift, from 1 to 3.")
    number: int = strawberry.field(description="Which lesson of the shift, 0–20.")
    starts_at: dt.time = strawberry.field(description="When it begins, by the school's clock.")
    ends_at: dt.time = strawberry.field(description="When it ends, by the school's clock.")


@strawberry.input(description="A school's bells, in place of those of that name.")
class SetBellScheduleInput:
    """A school's bells, in place of those of that name."""

    organization_id: strawberry.ID = strawberry.field(description="Of which school.")
    name: str = strawberry.field(
        description="Their name, 1–100 characters; one that is new makes a new schedule."
    )
    is_usual: bool = strawberry.field(
        default=False, description="Whether these hold from now on where none were chosen."
    )
    periods: list[BellPeriodInput] = strawberry.field(
        description="All lessons, 1–60; those of one shift do not overlap."
    )


@payload
class SetBellSchedulePayload:
    """The bells as they are now, or why they were not set."""

    bell_schedule: BellSchedule | None = found(
        description="The bells; lessons that are planned keep their times."
    )
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="By which bells the lessons of a day begin and end.")
class SetDayBellsInput:
    """By which bells the lessons of a day begin and end."""

    organization_id: strawberry.ID = strawberry.field(description="Of which school.")
    date: dt.date = strawberry.field(description="Which day, not before today.")
    bell_schedule_id: strawberry.ID | None = strawberry.field(
        default=None, description="By which bells; null for the usual ones."
    )


@payload
class SetDayBellsPayload:
    """The bells of the day, or why they were not set."""

    bell_schedule: BellSchedule | None = found(description="The bells of the day.")
    lesson_count: int | None = strawberry.field(
        description="How many lessons of the day were given other times; each is told live."
    )
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)
