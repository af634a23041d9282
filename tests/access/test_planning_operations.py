"""Planning a school's year and bells × everybody: who does it, and that for others nothing is."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import CalendarDay, CalendarDayKind, Lesson, Term, TimetableEntry, Vacation, WeekParity
from tests.access.cast import Cast, Who
from tests.access.outcomes import (
    Deed,
    Outcome,
    Table,
    assert_comes_to,
    assert_names_everybody_once,
    cases,
    others_forbidden,
)
from tests.factories import SchoolMade, gid, serial
from tests.timetable.story import document
from tests.traces import number

_PLAN = {Who.DEPUTY, Who.ADMINISTRATOR}
_PLAN_ELSEWHERE = {Who.DEPUTY_ELSEWHERE, Who.ADMINISTRATOR_ELSEWHERE, Who.RUSSIAN_AND_DEPUTY}
# Whoever is signed in reads of a school's year.
_PLANNING: Table = others_forbidden({Outcome.DONE: _PLAN, Outcome.READ_ONLY: _PLAN_ELSEWHERE})
# The region's operator sets days of the region, and no single school's.
_OF_DAYS: Table = others_forbidden(
    {Outcome.DONE: _PLAN, Outcome.READ_ONLY: {*_PLAN_ELSEWHERE, Who.REGION}}
)
# Lessons are known to whoever gives them.
_OF_LESSONS: Table = others_forbidden(
    {
        Outcome.DONE: _PLAN,
        Outcome.READ_ONLY: {Who.RUSSIAN_AND_DEPUTY},
        Outcome.HIDDEN: {Who.DEPUTY_ELSEWHERE, Who.ADMINISTRATOR_ELSEWHERE},
    }
)
OF_PLANNING: Mapping[str, Table] = {
    "CancelLesson": _OF_LESSONS,
    "RestoreLesson": _OF_LESSONS,
    "MoveLesson": _OF_LESSONS,
    "ScheduleLesson": _OF_LESSONS,
    "CreateTimetableEntry": _OF_LESSONS,
    "EndTimetableEntry": _OF_LESSONS,
    "GenerateLessons": _PLANNING,
    "CancelLessons": _PLANNING,
    "CreateRoom": _PLANNING,
    "CreateTerm": _PLANNING,
    "ChangeTerm": _PLANNING,
    "CreateVacation": _PLANNING,
    "RemoveVacation": _PLANNING,
    "SetCalendarDay": _OF_DAYS,
    "RemoveCalendarDay": _OF_DAYS,
    "SetBellSchedule": _PLANNING,
    "SetDayBells": _PLANNING,
}
_LESSON = ("CancelLesson", "RestoreLesson", "MoveLesson", "ScheduleLesson")
_SHOWN = {
    **dict.fromkeys(_LESSON, "lesson { id }"),
    "CreateTimetableEntry": "entry { id }",
    "EndTimetableEntry": "entry { id }",
    "GenerateLessons": "madeCount",
    "CancelLessons": "cancelledCount",
    "CreateRoom": "room { id }",
    "CreateTerm": "term { id }",
    "ChangeTerm": "term { id }",
    "CreateVacation": "vacation { id }",
    "RemoveVacation": "vacationId",
    "SetCalendarDay": "calendarDay { id }",
    "RemoveCalendarDay": "calendarDayId",
    "SetBellSchedule": "bellSchedule { id }",
    "SetDayBells": "lessonCount",
}
_CHANGES: Mapping[str, Mapping[str, int]] = {
    **{each: {"lesson": 1, "audit_entry": 1, "change_entry": 1} for each in _LESSON},
    "CreateTimetableEntry": {"timetable_entry": 1, "audit_entry": 1},
    "EndTimetableEntry": {"timetable_entry": 1, "audit_entry": 1},
    "GenerateLessons": {"audit_entry": 1},
    "CancelLessons": {"lesson": 1, "audit_entry": 1, "change_entry": 1},
    "CreateRoom": {"room": 1, "audit_entry": 1},
    "CreateTerm": {"term": 1, "audit_entry": 1},
    "ChangeTerm": {"term": 1, "audit_entry": 1},
    "CreateVacation": {"vacation": 1, "audit_entry": 1},
    "RemoveVacation": {"vacation": 1, "audit_entry": 1},
    "SetCalendarDay": {"calendar_day": 1, "audit_entry": 1},
    "RemoveCalendarDay": {"calendar_day": 1, "audit_entry": 1},
    "SetBellSchedule": {"bell_schedule": 1, "bell_period": 1, "audit_entry": 1},
    "SetDayBells": {"audit_entry": 1},
}
_DELETED = {"RemoveVacation": ["vacation"], "RemoveCalendarDay": ["calendar_day"]}


@pytest.mark.parametrize(("operation", "who", "outcome"), cases(OF_PLANNING))
async def test_a_mutation(cast: Cast, operation: str, who: Who, outcome: Outcome) -> None:
    given = await _given(cast, operation)
    deed = Deed(document(operation, _SHOWN[operation]), given, next(iter(given)))
    deleted = _DELETED.get(operation, [])
    await assert_comes_to(cast, who, outcome, deed, _CHANGES[operation], deleted=deleted)


@pytest.mark.parametrize("table", OF_PLANNING.values())
def test_a_table_names_everybody_once(table: Table) -> None:
    assert_names_everybody_once(table)


async def _given(cast: Cast, operation: str) -> dict[str, Any]:
    if operation in _LESSON:
        return await _lesson(cast, operation)
    if operation == "CancelLessons":
        lesson = await _lesson(cast, "CancelLesson")
        day = (await Lesson.get(id=number(lesson["lessonId"]))).date
        year = gid("SchoolYear", cast.world.school.year.id)
        return {"schoolYearId": year, "from": str(day), "until": str(day), "reason": "Карантин"}
    if operation.endswith("Entry"):
        return await _entry(cast, operation)
    return await _input(cast.world.school, operation)


async def _entry(cast: Cast, operation: str) -> dict[str, Any]:
    """A weekly lesson in a slot that nobody has yet."""
    section, first = cast.world.russian, cast.world.school.year.starts_on
    taken = await TimetableEntry.filter(section_id=section.id).count()
    slot = {"weekday": 1 + taken // 20, "number": taken % 20}
    if operation == "CreateTimetableEntry":
        return {"sectionId": gid("CourseSection", section.id), **slot, "validFrom": str(first)}
    made = await TimetableEntry.create(
        section=section.row,
        school_class=section.klass.row,
        whole_class_id=section.klass.id,
        teacher_id=section.teacher.id,
        parity=WeekParity.EVERY,
        valid_from=first,
        valid_until=section.klass.school.year.ends_on,
        weekday=slot["weekday"],
        number=slot["number"],
    )
    return {"entryId": gid("TimetableEntry", made.id), "validUntil": str(first)}


async def _input(school: SchoolMade, operation: str) -> dict[str, Any]:
    """What is sent; days that nobody has taken yet."""
    year = {"schoolYearId": gid("SchoolYear", school.year.id)}
    days: dict[str, Any] = {
        "school_year": school.year,
        "starts_on": school.today,
        "ends_on": school.today,
    }
    if operation == "CreateTerm":
        taken = await Term.filter(school_year_id=school.year.id, grade_level=11).count()
        day = str(school.today + timedelta(days=taken))
        place = {"gradeLevel": 11, "kind": "OTHER", "number": taken + 1, "name": "Сессия"}
        return {**year, **place, "startsOn": day, "endsOn": day}
    if operation == "ChangeTerm":
        term = await Term.get(school_year_id=school.year.id, grade_level=7, number=1)
        return {"termId": gid("Term", term.id), "name": f"Четверть {serial()}"}
    if operation == "CreateVacation":
        taken = await Vacation.filter(school_year_id=school.year.id).count()
        day = str(school.today - timedelta(days=1 + taken))
        return {**year, "name": "Каникулы", "startsOn": day, "endsOn": day}
    if operation == "RemoveVacation":
        vacation = await Vacation.create(name="Каникулы", grade_level=12, **days)
        return {"vacationId": gid("Vacation", vacation.id)}
    if operation == "SetCalendarDay":
        return {**year, "date": str(await _free_day(school)), "kind": "DAY_OFF", "name": "День"}
    if operation == "RemoveCalendarDay":
        day_off = await CalendarDay.create(
            organization=school.row,
            date=await _free_day(school),
            kind=CalendarDayKind.DAY_OFF,
            name="День",
        )
        return {"calendarDayId": gid("CalendarDay", day_off.id)}
    if operation == "GenerateLessons":
        day = str(school.year.starts_on)
        return {**year, "from": day, "until": day}
    given = {"organizationId": gid("Organization", school.id)}
    if operation == "SetBellSchedule":
        period = {"number": 1, "startsAt": "09:00:00", "endsAt": "09:30:00"}
        return {**given, "name": f"Звонки {serial()}", "periods": [period]}
    if operation == "CreateRoom":
        return {**given, "name": f"Кабинет {serial()}"}
    return {**given, "date": str(school.today + timedelta(days=100))}


async def _lesson(cast: Cast, operation: str) -> dict[str, Any]:
    """A lesson of a week ahead, on a day on which the class has no other one."""
    section, school = cast.world.russian, cast.world.school
    taken = await Lesson.filter(section_id=section.id).count()
    day = school.today + timedelta(days=7 + taken)
    if operation == "ScheduleLesson":
        return {
            "sectionId": gid("CourseSection", section.id),
            "date": str(day),
            "number": 3,
            "roomId": gid("Room", (await school.room()).id),
        }
    made = await section.lesson(day)
    if operation == "RestoreLesson":
        await made.change(cancelled_at=datetime.now(UTC), cancellation_reason="Карантин")
    given: Mapping[str, Any] = {"CancelLesson": {"reason": "Карантин"}, "MoveLesson": {"number": 5}}
    return {"lessonId": gid("Lesson", made.id), **given.get(operation, {})}


async def _free_day(school: SchoolMade) -> Any:
    taken = await CalendarDay.filter(organization_id=school.id).count()
    return school.today + timedelta(days=1 + taken)
