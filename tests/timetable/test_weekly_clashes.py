"""Entries of the weekly timetable that clash: told before PostgreSQL refuses, and in a race."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from models import BellPeriod, BellSchedule, CourseSection, SchoolYear, TimetableEntry, WeekParity
from tests.diary import Diary
from tests.factories import SectionMade, gid
from tests.locks import waiting
from tests.timetable.story import DAY, Story, a_story
from tests.timetable.weekly import create
from tests.traces import reasons

pytestmark = pytest.mark.usefixtures("database")

_CLASH = [("CLASH", "number")]


def _of(section: SectionMade) -> dict[str, Any]:
    return {"sectionId": gid("CourseSection", section.id)}


def _messages(payload: Any) -> list[str]:
    return [error["message"] for error in payload["userErrors"]]


async def test_a_class_stands_in_the_way_of_its_groups_and_these_of_it(story: Story) -> None:
    other = await story.klass.pupil()
    one = await story.klass.group("7А англ. 1", story.pupil)
    two = await story.klass.group("7А англ. 2", other)
    sections = [await group.section("Английский язык") for group in (one, two)]
    assert reasons(await create(story, **_of(sections[0]))) == []
    assert _messages(await create(story)) == [
        "The class or some of its pupils have «Английский язык» of 7А англ. 1 then."
    ]
    assert reasons(await create(story, **_of(sections[1]))) == []
    chemistry = await two.section("Химия")
    assert reasons(await create(story, **_of(chemistry))) == _CLASH
    assert reasons(await create(story, number=4)) == []
    assert reasons(await create(story, **_of(chemistry), number=4)) == _CLASH
    assert await TimetableEntry.filter(school_class__organization_id=story.school.id).count() == 3


async def test_pupils_of_two_groups_stand_in_the_way_while_they_are_in_both(story: Story) -> None:
    half = story.tomorrow
    one = await story.klass.group("7А англ. 1", story.pupil)
    two = await story.klass.group("7А англ. 2")
    await (await one.enrollment(story.pupil)).end(half)
    await two.enroll(story.pupil, half - DAY)
    english, german = await one.section("Английский язык"), await two.section("Немецкий язык")
    assert reasons(await create(story, **_of(english))) == []
    assert reasons(await create(story, **_of(german))) == _CLASH
    assert reasons(await create(story, **_of(german), validFrom=str(half))) == []
    before = {"validUntil": str(half - DAY)}
    assert reasons(await create(story, **_of(german), **before)) == []


async def test_entries_of_other_days_and_weeks_stand_in_nobodys_way(story: Story) -> None:
    day = story.tomorrow
    assert reasons(await create(story, validUntil=str(day), parity="ODD")) == []
    for given, clashes in (
        ({"validFrom": str(day)}, []),
        ({"validFrom": str(day - DAY), "parity": "ODD"}, _CLASH * 4),
        ({"validUntil": str(day), "parity": "EVEN"}, []),
        ({"validUntil": str(day), "parity": "EVERY"}, _CLASH * 4),
        ({"weekday": 2}, []),
    ):
        assert reasons(await create(story, **given)) == clashes
    entries = TimetableEntry.filter(section_id=story.section.id)
    after = story.school.year.ends_on + DAY
    assert sorted(await entries.values_list("valid_until", flat=True)) == [day, day, after, after]


async def test_shifts_are_compared_by_the_usual_bells(story: Story) -> None:
    first = await BellPeriod.get(bell_schedule_id=story.school.bells.id, number=3)
    times: dict[str, Any] = {"starts_at": first.starts_at, "ends_at": first.ends_at}
    await BellPeriod.create(bell_schedule=story.school.bells, shift=2, number=1, **times)
    short = await BellSchedule.create(organization=story.school.row, name="Короткий")
    fourth = await BellPeriod.get(bell_schedule_id=story.school.bells.id, number=4)
    late: dict[str, Any] = {"starts_at": fourth.starts_at, "ends_at": fourth.ends_at}
    await BellPeriod.create(bell_schedule=short, shift=2, number=1, **late)
    other = await (await story.school.class_("9А")).section("Геометрия", story.teacher)
    assert reasons(await create(story)) == []
    assert _messages(await create(story, **_of(other), shift=2, number=1)) == [
        "The teacher has «Алгебра» of 7А then."
    ]
    assert reasons(await create(story, number=4)) == []


async def test_an_entry_ends_with_its_year(story: Story) -> None:
    after = story.school.year.ends_on + DAY
    late = await create(story, validUntil=str(after + DAY))
    assert reasons(late) == [("OUT_OF_RANGE", "validUntil")]
    assert reasons(await create(story)) == []
    year = await SchoolYear.create(
        organization=story.school.row,
        name="Следующий",
        starts_on=after,
        ends_on=after + timedelta(days=200),
    )
    klass = await story.school.class_("8А")
    await klass.change(school_year_id=year.id)
    section = await klass.section("Алгебра", story.teacher)
    assert reasons(await create(story, **_of(section), validFrom=str(after))) == []


@pytest.mark.parametrize(
    ("shared", "message"),
    [
        ("class", "The class or some of its pupils have been given another lesson then."),
        ("teacher", "The teacher has been given another lesson then."),
        ("room", "The room has been taken by another lesson."),
    ],
)
async def test_what_comes_in_between_is_told_as_a_clash(
    story: Story, shared: str, message: str
) -> None:
    room = await story.school.room()
    klass = story.klass if shared == "class" else await story.school.class_("9А")
    if shared == "class":
        klass = await story.klass.group("7А англ.")
    theirs = await klass.section("Химия", story.teacher if shared == "teacher" else None)
    async with in_transaction() as holding:
        await TimetableEntry.create(
            section=theirs.row,
            school_class=klass.row,
            whole_class_id=klass.row.parent_id or klass.id,
            teacher_id=theirs.teacher.id,
            room=room if shared == "room" else None,
            weekday=1,
            number=3,
            parity=WeekParity.ODD,
            valid_from=story.school.today,
            valid_until=story.tomorrow,
            using_db=holding,
        )
        late = asyncio.create_task(create(story, roomId=gid("Room", room.id)))
        await waiting(holding, 1)
    payload = await late
    assert (payload["entry"], reasons(payload)) == (None, [("CLASH", None)])
    assert _messages(payload) == [message]
    assert await TimetableEntry.filter(section_id=story.section.id).count() == 0


async def test_two_schools_do_not_book_a_teacher_twice(diary: Diary, story: Story) -> None:
    other = await a_story(diary)
    shared = await other.klass.section("Химия", story.teacher)
    own, theirs = await asyncio.gather(create(story), create(other, **_of(shared)))
    codes = [[code for code, _ in reasons(each)] for each in (own, theirs)]
    assert sorted(codes) == [[], ["CLASH"]]
    sections = CourseSection.filter(id__in=[story.section.id, shared.id])
    assert await sections.filter(entries__id__isnull=False).count() == 1
