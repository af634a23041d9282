"""A deputy head prepares a school's year from nothing, and then keeps it through a hard week."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from models import BellPeriod, BellSchedule, Lesson, Position, SchoolClass, Term
from tests.diary import Client, Diary
from tests.factories import ClassMade, SchoolMade, SectionMade, StaffMade, a_school, gid
from tests.sessions import signed_in
from tests.timetable.story import DAY, document
from tests.traces import reasons

pytestmark = pytest.mark.usefixtures("database")

_TIMES = ((1, 1, "08:30", "09:15"), (1, 2, "09:25", "10:10"), (2, 1, "14:00", "14:45"))
_SHORT = ((1, 1, "08:30", "09:00"), (1, 2, "09:10", "09:40"), (2, 1, "14:00", "14:30"))
_DIARY = """query ($id: ID!, $from: Date!, $to: Date!) { student(id: $id) {
    diary(from: $from, to: $to) { date lessons {
        number startsAt room subject { name } cancellationReason movedFromDate } } } }"""
_CLASS = """query ($id: ID!, $from: Date!, $to: Date!) { schoolClass(id: $id) {
    timetable { weekday number parity subject { name } }
    days(from: $from, to: $to) {
        date followsWeekday term { name } vacation { name } calendarDay { name }
        bellSchedule { name } } } }"""


def _periods(times: Any) -> list[dict[str, Any]]:
    names = ("shift", "number", "startsAt", "endsAt")
    return [dict(zip(names, each, strict=True)) for each in times]


@dataclass
class Deputy:
    """The deputy head at work; whatever is refused without being expected fails the test."""

    school: SchoolMade
    client: Client
    rooms: dict[str, str] = field(default_factory=dict)

    @property
    def year(self) -> dict[str, str]:
        return {"schoolYearId": gid("SchoolYear", self.school.year.id)}

    @property
    def place(self) -> dict[str, str]:
        return {"organizationId": gid("Organization", self.school.id)}

    async def do(self, operation: str, shown: str, *told: tuple[str, str], **given: Any) -> Any:
        answer = await self.client.send(document(operation, shown), input=given)
        (payload,) = answer.data.values()
        assert reasons(payload) == [*told]
        return payload

    async def weekly(self, section: SectionMade, *slots: tuple[int, int], **given: Any) -> None:
        """Give the section these weekdays and numbers of lessons."""
        of = {"sectionId": gid("CourseSection", section.id)}
        since = str(self.school.year.starts_on)
        for weekday, number in slots:
            slot = {"weekday": weekday, "number": number, "validFrom": since}
            await self.do("CreateTimetableEntry", "entry { id }", **of, **slot, **given)

    async def stands_in(
        self, section: SectionMade, who: StaffMade, days: tuple[date, date], *told: Any
    ) -> None:
        given = {
            "sectionId": gid("CourseSection", section.id),
            "teacherId": gid("StaffMember", who.id),
            "validFrom": str(days[0]),
            "validUntil": str(days[1]),
        }
        await self.do("AssignSubstitute", "substitution { id }", *told, **given)


async def _bare(school: SchoolMade, *names: str) -> list[ClassMade]:
    """Classes of a school that has planned nothing of its year yet."""
    classes = [await school.class_(name) for name in names]
    await Term.filter(school_year_id=school.year.id).delete()
    await BellPeriod.filter(bell_schedule__organization_id=school.id).delete()
    await BellSchedule.filter(organization_id=school.id).delete()
    return classes


async def _prepare(deputy: Deputy, monday: date) -> None:
    """Bells, terms, a vacation and rooms; this week and the next are in the first term."""
    for name, times in (("Обычный день", _TIMES), ("Сокращённый день", _SHORT)):
        shown = "bellSchedule { id isUsual }"
        given = {**deputy.place, "name": name, "periods": _periods(times)}
        await deputy.do("SetBellSchedule", shown, **given)
    for grade, kind in ((7, "QUARTER"), (10, "SEMESTER")):
        for number, first, last in ((1, -14, 13), (2, 21, 60)):
            days = {"startsOn": str(monday + first * DAY), "endsOn": str(monday + last * DAY)}
            term = {"gradeLevel": grade, "kind": kind, "number": number, "name": f"{number}-я"}
            await deputy.do("CreateTerm", "term { id }", **deputy.year, **term, **days)
    days = {"startsOn": str(monday + 14 * DAY), "endsOn": str(monday + 20 * DAY)}
    await deputy.do(
        "CreateVacation", "vacation { id }", **deputy.year, name="Осенние каникулы", **days
    )
    for name in ("101", "102"):
        made = await deputy.do("CreateRoom", "room { id }", **deputy.place, name=name)
        deputy.rooms[name] = made["room"]["id"]
    await deputy.do(
        "CreateRoom", "room { id }", ("DUPLICATE", "name"), **deputy.place, name=" 101 "
    )


async def test_a_year_is_prepared_and_kept(diary: Diary) -> None:  # noqa: PLR0915 — a whole story
    school = await a_school()
    seventh, tenth = await _bare(school, "7А", "10А")
    monday = school.today + (7 - school.today.weekday()) * DAY
    deputy = Deputy(school, await signed_in(diary, await school.staff(Position.DEPUTY_HEAD)))
    await _prepare(deputy, monday)

    # The week: algebra daily, English in two groups at once, history in odd and even weeks.
    pupil, mate = await seventh.pupil(), await seventh.pupil()
    ill, historian, helper, free = [await school.teacher() for _ in range(4)]
    algebra, geometry = await seventh.section("Алгебра", ill), await tenth.section("Геометрия", ill)
    one, two = await seventh.group("7А англ. 1", pupil), await seventh.group("7А англ. 2", mate)
    english = [await group.section("Английский язык") for group in (one, two)]
    history = await seventh.section("История", historian)
    physics = await tenth.section("Физика", helper)
    room = {"roomId": deputy.rooms["101"]}
    await deputy.weekly(algebra, *((day, 1) for day in range(1, 6)), **room)
    for section, name in zip(english, ("101", "102"), strict=True):
        await deputy.weekly(section, (2, 2), roomId=deputy.rooms[name])
    await deputy.weekly(history, (3, 2), parity="ODD")
    await deputy.weekly(history, (4, 2), parity="EVEN")
    await deputy.weekly(geometry, (1, 2))
    await deputy.weekly(physics, (1, 1), (3, 1))
    of = {"sectionId": gid("CourseSection", geometry.id), "validFrom": str(school.year.starts_on)}
    clash = {**of, "weekday": 2, "number": 1, **room}
    await deputy.do("CreateTimetableEntry", "entry { id }", *[("CLASH", "number")] * 2, **clash)

    # Two terms are made at once, and the vacation between them is left out.
    days = {"from": str(monday), "until": str(monday + 27 * DAY)}
    made = await deputy.do("GenerateLessons", "madeCount skippedCount", **deputy.year, **days)
    # Three weeks of five, two, one, one and two lessons.
    assert (made["madeCount"], made["skippedCount"]) == (33, 0)
    assert not await Lesson.filter(
        school_class__organization_id=school.id,
        date__gte=monday + 14 * DAY,
        date__lt=monday + 21 * DAY,
    ).exists()
    again = await deputy.do("GenerateLessons", "madeCount skippedCount", **deputy.year, **days)
    assert (again["madeCount"], again["skippedCount"]) == (0, 0)

    # Wednesday becomes a holiday: its lessons are cancelled, and Saturday follows it instead.
    wednesday, saturday = monday + 2 * DAY, monday + 5 * DAY
    off = {"date": str(wednesday), "kind": "DAY_OFF", "name": "Праздник"}
    await deputy.do("SetCalendarDay", "calendarDay { id }", **deputy.year, **off)
    its = {"from": str(wednesday), "until": str(wednesday), "reason": "Праздник"}
    off_class = {**deputy.year, "classId": gid("SchoolClass", tenth.id)}
    gone = await deputy.do("CancelLessons", "cancelledCount heldCount", **off_class, **its)
    assert (gone["cancelledCount"], gone["heldCount"]) == (1, 0)
    gone = await deputy.do("CancelLessons", "cancelledCount heldCount", **deputy.year, **its)
    seventh_has = 1 + await Lesson.filter(section_id=history.id, date=wednesday).count()
    assert (gone["cancelledCount"], gone["heldCount"]) == (seventh_has, 0)
    working = {"date": str(saturday), "kind": "WORKING", "followsWeekday": 3, "name": "Перенос"}
    await deputy.do("SetCalendarDay", "calendarDay { id }", **deputy.year, **working)
    week = {"from": str(monday), "until": str(monday + 6 * DAY)}
    made = await deputy.do("GenerateLessons", "madeCount skippedCount", **deputy.year, **week)
    assert (made["madeCount"], made["skippedCount"]) == (2 + seventh_has - 1, 0)

    # The teacher is ill for the week. The helper has physics on Monday; two others share the days.
    friday = monday + 4 * DAY
    whole = (monday, monday + 7 * DAY)
    told = [("CLASH", "teacherId")] * 2
    await deputy.stands_in(algebra, helper, whole, *told)
    await deputy.stands_in(algebra, historian, (monday, friday))
    await deputy.stands_in(algebra, free, (friday, monday + 7 * DAY))
    await deputy.stands_in(geometry, free, whole)
    await deputy.stands_in(geometry, historian, whole, ("OVERLAPS", "validFrom"))

    # Friday is shortened, its algebra moves to the second lesson, and Thursday's is cancelled.
    schedules = await BellSchedule.filter(organization_id=school.id, is_usual=False)
    short = {"bellScheduleId": gid("BellSchedule", schedules[0].id), "date": str(friday)}
    changed = await deputy.do("SetDayBells", "lessonCount", **deputy.place, **short)
    assert changed["lessonCount"] == 1
    of_friday = await Lesson.get(section_id=algebra.id, date=friday)
    moving = {"lessonId": gid("Lesson", of_friday.id), "number": 2}
    await deputy.do("MoveLesson", "lesson { startsAt }", **moving)
    of_thursday = await Lesson.get(section_id=algebra.id, date=friday - DAY)
    ill_day = {"lessonId": gid("Lesson", of_thursday.id), "reason": "Некому вести"}
    await deputy.do("CancelLesson", "lesson { id }", **ill_day)
    made = await deputy.do("GenerateLessons", "madeCount skippedCount", **deputy.year, **week)
    assert (made["madeCount"], made["skippedCount"]) == (0, 0)

    # What the pupil's family sees of the week, and what the days are to the class.
    family = await signed_in(diary, await pupil.guardian())
    asked = {"id": gid("Student", pupil.id), "from": str(monday), "to": str(saturday)}
    shown = (await family.send(_DIARY, **asked)).data["student"]["diary"]
    at = {each["date"]: each["lessons"] for each in shown}
    assert [each["subject"]["name"] for each in at[str(monday)]] == ["Алгебра"]
    assert [(each["subject"]["name"], each["room"]) for each in at[str(monday + DAY)]] == [
        ("Алгебра", "101"),
        ("Английский язык", "101"),
    ]
    assert {each["cancellationReason"] for each in at[str(wednesday)]} == {"Праздник"}
    assert at[str(friday - DAY)][0]["cancellationReason"] == "Некому вести"
    (moved,) = at[str(friday)]
    assert (moved["number"], moved["startsAt"]) == (2, "09:10:00")
    assert moved["movedFromDate"] == str(friday)
    assert {each["cancellationReason"] for each in at[str(saturday)]} == {None}
    assert len(at[str(saturday)]) == seventh_has
    klass = {"id": gid("SchoolClass", seventh.id), "from": str(wednesday), "to": str(friday)}
    told_class = (await family.send(_CLASS, **klass)).data["schoolClass"]
    # Not that of the other group.
    assert len(told_class["timetable"]) == 8
    assert [
        (each["followsWeekday"], each["bellSchedule"]["name"]) for each in told_class["days"]
    ] == [(None, "Обычный день"), (4, "Обычный день"), (5, "Сокращённый день")]

    # Days at which something was written down are not cancelled any more.
    await Lesson.filter(id=of_friday.id).update(date=school.today)
    teacher = await signed_in(diary, ill)
    mark = {"lessonId": gid("Lesson", of_friday.id), "studentId": gid("Student", pupil.id)}
    assert reasons(await teacher.do("RecordMark", **mark, value=5)) == []
    its = {"from": str(school.today), "until": str(school.today), "reason": "Карантин"}
    gone = await deputy.do("CancelLessons", "cancelledCount heldCount", **deputy.year, **its)
    assert (gone["cancelledCount"], gone["heldCount"]) == (0, 1)
    assert await SchoolClass.filter(lessons__id=of_friday.id, lessons__cancelled_at=None).exists()
