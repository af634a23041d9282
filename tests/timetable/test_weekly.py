"""The weekly timetable, and the lessons that are made of it."""

from datetime import date, time
from typing import Any

import pytest

from models import (
    BellDay,
    BellPeriod,
    BellSchedule,
    CalendarDay,
    CalendarDayKind,
    Lesson,
    TimetableEntry,
    Vacation,
)
from tests.diary import Diary
from tests.factories import gid
from tests.sessions import signed_in
from tests.timetable.story import DAY, Story, document
from tests.timetable.weekly import create, generate, odd_monday
from tests.traces import announced, number, reasons

pytestmark = pytest.mark.usefixtures("database")

_WEEKLY = """query ($id: ID!) { schoolClass(id: $id) { timetable {
    weekday number parity room subject { name } schoolClass { name } teacher { fullName } } } }"""


async def _days(story: Story) -> list[date]:
    """The days of the section's lessons but the story's own."""
    lessons = Lesson.filter(section_id=story.section.id, id__not=story.lesson.id)
    return [each.date for each in await lessons.order_by("date", "number")]


async def test_an_entry_is_read_by_its_class_and_its_teacher(diary: Diary, story: Story) -> None:
    room = await story.school.room("305")
    made = await create(story, roomId=gid("Room", room.id), parity="ODD")
    assert made["userErrors"] == []
    row = await TimetableEntry.get(id=number(made["entry"]["id"]))
    assert (row.teacher_id, row.school_class_id) == (story.teacher.id, story.klass.id)
    family = await signed_in(diary, await story.pupil.guardian())
    answer = await family.send(_WEEKLY, id=gid("SchoolClass", story.klass.id))
    assert answer.data["schoolClass"]["timetable"] == [
        {
            "weekday": 1,
            "number": 3,
            "parity": "ODD",
            "room": "305",
            "subject": {"name": "Алгебра"},
            "schoolClass": {"name": "7А"},
            "teacher": {"fullName": story.teacher.row.full_name},
        }
    ]
    teacher = await signed_in(diary, story.teacher)
    own = await teacher.send("{ viewer { timetable { weekday number } } }")
    assert own.data["viewer"]["timetable"] == [{"weekday": 1, "number": 3}]
    assert (await family.plan(_WEEKLY, id=gid("SchoolClass", story.klass.id)))["planned"] is True


async def test_entries_clash_in_the_same_weeks(story: Story) -> None:
    room = await story.school.room("305")
    assert reasons(await create(story, roomId=gid("Room", room.id), parity="ODD")) == []
    other = await (await story.school.class_("9А")).section("Геометрия", story.teacher)
    group = await (await story.klass.group("7А англ.", story.pupil)).section("Английский язык")
    for section, given, clashes in (
        (other, {"roomId": gid("Room", room.id)}, 2),
        (other, {"roomId": gid("Room", room.id), "parity": "EVEN"}, 0),
        (group, {"parity": "ODD"}, 1),
        (group, {"number": 4}, 0),
    ):
        of = {"sectionId": gid("CourseSection", section.id)}
        assert reasons(await create(story, **of, **given)) == [("CLASH", "number")] * clashes
    assert await TimetableEntry.filter(school_class__organization_id=story.school.id).count() == 3


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"weekday": 8}, ("OUT_OF_RANGE", "weekday")),
        ({"shift": 0}, ("OUT_OF_RANGE", "shift")),
        ({"number": 21}, ("OUT_OF_RANGE", "number")),
        ({"validFrom": "2000-01-01"}, ("OUT_OF_RANGE", "validFrom")),
        ({"validUntil": "2000-01-01"}, ("OUT_OF_RANGE", "validUntil")),
        ({"teacherId": gid("StaffMember", 2**40)}, ("NOT_FOUND", "teacherId")),
        ({"roomId": gid("Room", 2**40)}, ("NOT_FOUND", "roomId")),
    ],
)
async def test_an_entry_that_cannot_be(
    story: Story, given: dict[str, Any], told: tuple[str, str]
) -> None:
    assert reasons(await create(story, **given)) == [told]
    assert await TimetableEntry.filter(section_id=story.section.id).count() == 0


async def test_lessons_are_made_once(story: Story) -> None:
    monday = odd_monday(story)
    await create(story)
    await create(story, weekday=2, number=1, parity="EVEN")
    made = await generate(story, monday, monday + 13 * DAY)
    assert made == {"madeCount": 3, "skippedCount": 0, "skipped": [], "userErrors": []}
    assert await _days(story) == [monday, monday + 7 * DAY, monday + 8 * DAY]
    again = await generate(story, monday, monday + 13 * DAY)
    assert again["madeCount"] == 0

    first = await Lesson.get(section_id=story.section.id, date=monday)
    second = await Lesson.get(section_id=story.section.id, date=monday + 7 * DAY)
    moved = {"lessonId": gid("Lesson", first.id), "date": str(monday + 2 * DAY)}
    assert reasons(await story.do("MoveLesson", **moved)) == []
    off = {"lessonId": gid("Lesson", second.id), "reason": "Карантин"}
    assert reasons(await story.do("CancelLesson", **off)) == []
    assert (await generate(story, monday, monday + 13 * DAY))["madeCount"] == 0


async def test_days_are_as_the_calendar_says(story: Story) -> None:
    monday, school = odd_monday(story), story.school
    await create(story)
    off: dict[str, Any] = {"organization": school.row, "name": "День"}
    await CalendarDay.create(date=monday, kind=CalendarDayKind.DAY_OFF, **off)
    await CalendarDay.create(
        date=monday + 5 * DAY, kind=CalendarDayKind.WORKING, follows_weekday=1, **off
    )
    vacation = monday + 7 * DAY
    await Vacation.create(
        school_year=school.year, name="Каникулы", starts_on=vacation, ends_on=vacation
    )
    short = await BellSchedule.create(organization=school.row, name="Короткий")
    await BellPeriod.create(bell_schedule=short, number=3, starts_at=time(11), ends_at=time(11, 30))
    await BellDay.create(organization=school.row, date=monday + 14 * DAY, bell_schedule=short)
    assert (await generate(story, monday, monday + 20 * DAY))["madeCount"] == 2
    assert await _days(story) == [monday + 5 * DAY, monday + 14 * DAY]
    shortened = await Lesson.get(section_id=story.section.id, date=monday + 14 * DAY)
    assert (str(shortened.starts_at), str(shortened.ends_at)) == ("11:00:00", "11:30:00")


async def test_lessons_are_made_within_terms(story: Story) -> None:
    last = story.klass.term.ends_on
    await create(story, weekday=last.isoweekday())
    made = await generate(story, last, last + 7 * DAY)
    assert (made["madeCount"], made["skippedCount"]) == (1, 0)
    assert await _days(story) == [last]


async def test_a_class_of_its_own_vacation_makes_none_and_others_do(story: Story) -> None:
    monday, other = odd_monday(story), await story.school.class_("7Б")
    group = await story.klass.group("7А англ.", story.pupil)
    english = await group.section("Английский язык")
    section = await other.section("Алгебра")
    for each, lesson in ((story.section, 3), (english, 4), (section, 3)):
        given = {"sectionId": gid("CourseSection", each.id), "number": lesson}
        assert reasons(await create(story, **given)) == []
    days: dict[str, Any] = {"starts_on": monday, "ends_on": monday, "name": "Карантин"}
    await Vacation.create(school_year=story.school.year, school_class=story.klass.row, **days)
    made = await generate(story, monday, monday)
    assert (made["madeCount"], made["skippedCount"]) == (1, 0)
    assert await Lesson.filter(section_id=section.id).count() == 1


async def test_lessons_of_two_shifts_and_of_groups_are_made_beside_each_other(
    story: Story,
) -> None:
    monday, mate = odd_monday(story), await story.klass.pupil()
    late: dict[str, Any] = {"starts_at": time(14), "ends_at": time(14, 45)}
    await BellPeriod.create(bell_schedule=story.school.bells, shift=2, number=3, **late)
    groups = [
        await story.klass.group("7А англ. 1", story.pupil),
        await story.klass.group("7А англ. 2", mate),
    ]
    sections = [await group.section("Английский язык") for group in groups]
    for shift in (1, 2):
        assert reasons(await create(story, number=3, shift=shift)) == []
    for each in sections:
        given = {"sectionId": gid("CourseSection", each.id), "number": 4}
        assert reasons(await create(story, **given)) == []
    assert (await generate(story, monday, monday))["madeCount"] == 4
    own = Lesson.filter(section_id=story.section.id, date=monday).order_by("shift")
    assert [(each.shift, str(each.starts_at)) for each in await own] == [
        (1, "10:20:00"),
        (2, "14:00:00"),
    ]
    assert await Lesson.filter(section_id__in=[each.id for each in sections]).count() == 2


async def test_what_was_held_is_never_touched(story: Story) -> None:
    monday, day = odd_monday(story), story.school.today
    held = await story.section.lesson(day, 5)
    await held.mark(story.pupil, 5)
    later = await story.section.lesson(monday, 3)
    await later.attendance(story.pupil)
    await create(story, weekday=day.isoweekday(), number=5)
    await create(story, number=3)
    before = [await Lesson.get(id=each.id).values() for each in (held, later)]
    await generate(story, day, day)
    await generate(story, monday, monday)
    assert [await Lesson.get(id=each.id).values() for each in (held, later)] == before
    assert await _days(story) == [day, monday]


async def test_what_clashes_is_told_and_nothing_is_lost(story: Story) -> None:
    monday = odd_monday(story)
    chemistry = await story.klass.section("Химия")
    await chemistry.lesson(monday, 3)
    await create(story)
    await create(story, number=9)
    made = await generate(story, monday, monday + 7 * DAY)
    assert (made["madeCount"], made["skippedCount"]) == (1, 3)
    of = {"schoolClass": "7А", "subject": "Алгебра"}
    no_bell = "The day's bells have no such lesson."
    assert made["skipped"] == [
        {
            "date": str(monday),
            "number": 3,
            **of,
            "reason": "The class has «Химия» of 7А then.",
        },
        {"date": str(monday), "number": 9, **of, "reason": no_bell},
        {"date": str(monday + 7 * DAY), "number": 9, **of, "reason": no_bell},
    ]
    assert await _days(story) == [monday + 7 * DAY]


async def test_lessons_of_the_next_days_are_told(story: Story) -> None:
    weekday = story.tomorrow.isoweekday()
    await create(story, weekday=weekday)
    made = await generate(story, story.tomorrow, story.tomorrow + 7 * DAY)
    assert made["madeCount"] == 2
    near = await Lesson.get(section_id=story.section.id, date=story.tomorrow, number=3)
    assert await announced(story.school) == [(1, "LESSONS", "SCHEDULED", near.id, None)]


async def test_an_ended_entry_makes_no_more(story: Story) -> None:
    monday = odd_monday(story)
    entry = (await create(story))["entry"]["id"]
    sent = document("EndTimetableEntry", "entry { validUntil }")
    day = str(monday + 7 * DAY)
    answer = await story.client.send(sent, input={"entryId": entry, "validUntil": day})
    assert answer.data["endTimetableEntry"] == {"entry": {"validUntil": day}, "userErrors": []}
    late = str(monday + 8 * DAY)
    answer = await story.client.send(sent, input={"entryId": entry, "validUntil": late})
    assert reasons(answer.data["endTimetableEntry"]) == [("OUT_OF_RANGE", "validUntil")]
    assert (await generate(story, monday, monday + 13 * DAY))["madeCount"] == 1
    await story.section.assignment.end(story.school.today)
    await story.section.taught_by(await story.school.teacher())
    await create(story, weekday=2, teacherId=None)
    made = await generate(story, monday, monday + 13 * DAY)
    assert [each["reason"] for each in made["skipped"]] == [
        "Its teacher does not teach the section on that day."
    ] * 2


@pytest.mark.parametrize(
    ("first", "last", "given", "told"),
    [
        (2, 1, {}, [("OUT_OF_RANGE", "until")]),
        (0, 62, {}, [("TOO_LONG", "until")]),
        (-101, 0, {"classId": "own"}, [("OUT_OF_RANGE", "from")]),
        (0, 1, {"classId": gid("SchoolClass", 2**40)}, [("NOT_FOUND", "classId")]),
    ],
)
async def test_days_that_cannot_be_made(
    story: Story, first: int, last: int, given: dict[str, Any], told: list[Any]
) -> None:
    if given.get("classId") == "own":
        given = {"classId": gid("SchoolClass", story.klass.id)}
    await create(story)
    day = story.school.today
    payload = await generate(story, day + first * DAY, day + last * DAY, **given)
    assert (payload["madeCount"], reasons(payload)) == (None, told)
    assert await _days(story) == []
