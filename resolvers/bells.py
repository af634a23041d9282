"""Bell schedules of a school, and the days on which its lessons follow other bells than usual."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import strawberry

from errors import UserError
from models import BellDay, BellPeriod, BellSchedule, ChangeKind, Lesson
from resolvers import limits
from resolvers.mutation import mutation
from resolvers.school_days.years import SCHOOL
from resolvers.timetable.telling import announce
from resolvers.work import Work, all_of
from schema.bells import (
    BellPeriodInput,
    SetBellScheduleInput,
    SetBellSchedulePayload,
    SetDayBellsInput,
    SetDayBellsPayload,
)
from schema.declaration.ids import decode

_LONGEST_NAME = 100
_MOST_PERIODS = 60
_SHIFTS, _NUMBERS = range(1, 4), range(21)
# A day's lessons that take place, with the times that these bells give them, and their pupils.
_LESSONS = """
SELECT lesson.id, lesson.shift, lesson.number, period.starts_at, period.ends_at,
       (lesson.starts_at, lesson.ends_at) = (period.starts_at, period.ends_at) AS is_so,
       ARRAY(SELECT student_id FROM diary_entry WHERE lesson_id = lesson.id) AS students,
       ARRAY(SELECT teacher_id FROM substituted_lesson WHERE lesson_id = lesson.id) AS substitutes
FROM school_class class
JOIN lesson ON lesson.school_class_id = class.id AND lesson.date = $2
LEFT JOIN bell_period period ON period.bell_schedule_id = $3
 AND (period.shift, period.number) = (lesson.shift, lesson.number)
WHERE class.organization_id = $1 AND lesson.cancelled_at IS NULL
ORDER BY lesson.shift, lesson.number, lesson.id
"""


@mutation(SetBellSchedulePayload, allow=SCHOOL.via)
async def set_bell_schedule(work: Work, input: SetBellScheduleInput) -> Mapping[str, Any]:  # noqa: A002
    """Say when the lessons of an ordinary or a shortened day begin and end."""
    all_of((limits.required_text(input.name, _LONGEST_NAME, "name"),))
    all_of(_problems(input.periods))
    school = (await work.read(SCHOOL, input.organization_id, "organizationId"))["id"]
    every = await BellSchedule.filter(organization_id=school).using_db(work.connection)
    name = input.name.strip()
    former = next((each for each in every if each.name == name), None)
    is_usual = input.is_usual or not every or (former is not None and former.is_usual)
    if is_usual:
        others = BellSchedule.filter(organization_id=school, is_usual=True)
        await others.using_db(work.connection).update(is_usual=False)
    if former is None:
        row_id = await work.next_id(BellSchedule)
        work.writes.make(
            BellSchedule, id=row_id, organization_id=school, name=name, is_usual=is_usual
        )
    else:
        row_id = former.id
        work.writes.change(BellSchedule, row_id, is_usual=is_usual)
        periods = BellPeriod.filter(bell_schedule_id=row_id).using_db(work.connection)
        await periods.delete()
    for period in input.periods:
        work.writes.make(BellPeriod, bell_schedule_id=row_id, **vars(period))
    after = {"name": name, "is_usual": is_usual, "periods": list(map(vars, input.periods))}
    work.audit("timetable.bells_set", BellSchedule, row_id, after=after, organization_id=school)
    return {"bell_schedule": row_id}


@mutation(SetDayBellsPayload, allow=SCHOOL.via)
async def set_day_bells(work: Work, input: SetDayBellsInput) -> Mapping[str, Any]:  # noqa: A002
    """Let the lessons of a day follow other bells; each that has other times then is told."""
    if input.date < work.viewer.today:
        raise UserError("IN_PAST", "The day is over.", "date")
    school = (await work.read(SCHOOL, input.organization_id, "organizationId"))["id"]
    schedule = await _schedule(work, school, input.bell_schedule_id)
    values = [school, input.date, schedule.id]
    lessons = await work.connection.execute_query_dict(_LESSONS, values)
    all_of(_without_bell(lessons))
    changed = [each for each in lessons if not each["is_so"]]
    for lesson in changed:
        times = {"starts_at": lesson["starts_at"], "ends_at": lesson["ends_at"]}
        work.writes.change(Lesson, lesson["id"], **times)
        announce(work, {**lesson, "organization_id": school}, ChangeKind.CHANGED)
    await _keep(work, school, input.date, schedule)
    after = {"date": input.date, "bell_schedule_id": schedule.id, "lessons": len(changed)}
    work.audit("timetable.day_bells_set", BellDay, None, after=after, organization_id=school)
    return {"bell_schedule": schedule.id, "lesson_count": len(changed)}


async def _schedule(work: Work, school: int, wanted: str | None) -> BellSchedule:
    """The school's bells with that id, or its usual ones; raises UserError."""
    which = {"is_usual": True} if wanted is None else {"id": decode("BellSchedule", wanted) or 0}
    bells = BellSchedule.filter(organization_id=school, **which).using_db(work.connection)
    found = await bells.first()
    if found is None:
        raise UserError("NOT_FOUND", "The school has no such bells.", "bellScheduleId")
    return found


async def _keep(work: Work, school: int, day: date, schedule: BellSchedule) -> None:
    """Remember the day's bells, where they are not the usual ones."""
    days = BellDay.filter(organization_id=school, date=day).using_db(work.connection)
    await days.delete()
    if not schedule.is_usual:
        work.writes.make(BellDay, organization_id=school, date=day, bell_schedule_id=schedule.id)


def _without_bell(lessons: Sequence[Mapping[str, Any]]) -> list[UserError]:
    """One error for each slot that has lessons and no bell."""
    slots = {(each["shift"], each["number"]) for each in lessons if each["starts_at"] is None}
    return [
        UserError(
            "OUT_OF_RANGE",
            f"There are lessons {number} in shift {shift} on that day, and no bell for them.",
            "bellScheduleId",
        )
        for shift, number in sorted(slots)
    ]


def _problems(periods: Sequence[BellPeriodInput]) -> list[UserError]:
    """What is wrong with the lessons of a schedule, each at its place."""
    if not 0 < len(periods) <= _MOST_PERIODS:
        return [UserError("OUT_OF_RANGE", f"1 to {_MOST_PERIODS} lessons.", "periods")]
    found = []
    for place, period in enumerate(periods):
        if period.shift not in _SHIFTS or period.number not in _NUMBERS:
            found.append(("OUT_OF_RANGE", "Shifts 1 to 3, lessons 0 to 20.", place, "number"))
        elif period.ends_at <= period.starts_at:
            found.append(("OUT_OF_RANGE", "It ends before it begins.", place, "endsAt"))
        elif period.starts_at.tzinfo is not None or period.ends_at.tzinfo is not None:
            found.append(("MALFORMED", "The school's clock has no zone.", place, "startsAt"))
        elif any(_meet(period, other) for other in periods[:place]):
            found.append(("OVERLAPS", "Another lesson of the shift is then.", place, "startsAt"))
    return [
        UserError(code, message, "periods", str(place), at) for code, message, place, at in found
    ]


def _meet(one: BellPeriodInput, other: BellPeriodInput) -> bool:
    """Whether two lessons are of one shift and the same, or overlap."""
    if one.shift != other.shift:
        return False
    return one.number == other.number or (
        one.starts_at < other.ends_at and other.starts_at < one.ends_at
    )


@strawberry.type
class BellsMutation:
    """Saying when lessons begin and end."""

    set_bell_schedule = set_bell_schedule
    set_day_bells = set_day_bells
