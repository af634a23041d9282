"""The lessons that a journal's figures count, one by one."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple

import pytest

from models import AttendanceCode, Position
from tests.diary import Client, Diary
from tests.factories import (
    ClassMade,
    LessonMade,
    PersonMade,
    PupilMade,
    SchoolMade,
    SectionMade,
    a_school,
    gid,
)
from tests.reports import story
from tests.sessions import signed_in

pytestmark = pytest.mark.usefixtures("database")

_DAY = timedelta(days=1)
_LACKS = ("withoutTopic", "withoutMarks", "withoutEntries")
_DOCUMENT = f"""query ($id: ID!, $on: Date!, $days: Int!, $teacherId: ID, $classId: ID, $from: Date,
        $to: Date, $withoutTopic: Boolean, $withoutMarks: Boolean, $withoutEntries: Boolean,
        $first: Int, $after: String) {{
    node(id: $id) {{ ... on Organization {{
        lateLessons(on: $on, days: $days, teacherId: $teacherId, classId: $classId, from: $from,
                to: $to, withoutTopic: $withoutTopic, withoutMarks: $withoutMarks,
                withoutEntries: $withoutEntries, first: $first, after: $after) {{
            totalCount pageInfo {{ hasNextPage endCursor }}
            nodes {{ date {" ".join(_LACKS)} teacher {{ id }} lesson {{ id }} }} }} }} }} }}"""
_FIGURES = f"""query ($id: ID!, $on: Date!, $days: Int!) {{ node(id: $id) {{ ... on Organization {{
    journalKeeping(on: $on, days: $days) {{ {" ".join(_LACKS)} }} }} }} }}"""


class _Story(NamedTuple):
    """A class of grade 7 with a group, another of grade 1, and lessons by what they lack."""

    school: SchoolMade
    klass: ClassMade
    section: SectionMade
    other: PersonMade
    whole: LessonMade
    untitled: LessonMade
    unmarked: LessonMade
    empty: LessonMade
    of_group: LessonMade
    of_first: LessonMade


async def _a_story() -> _Story:
    """Lessons of the last nine days; one was cancelled, one is of today, one before the terms."""
    school = await a_school()
    klass, first = await school.class_("7А"), await school.class_("1А")
    pupil, section = await klass.pupil(), await klass.section("Алгебра")
    group = await (await klass.group("7А англ", pupil)).section("Английский")
    whole, untitled, unmarked, empty = [
        await section.lesson(school.today - days * _DAY, topic="Дроби") for days in (9, 8, 7, 6)
    ]
    of_group = await group.lesson(school.today - 5 * _DAY, topic="Времена")
    of_first = await (await first.section("Письмо")).lesson(school.today - 4 * _DAY, topic="А")
    for lesson in (whole, untitled):
        await _mark(lesson, pupil, days=2)
    await untitled.change(topic=None)
    await unmarked.attendance(pupil, AttendanceCode.ABSENT)
    await empty.mark(pupil, 2, removed_at=datetime.now(UTC))
    await _mark(of_group, pupil, days=4)
    await story.cancel(await section.lesson(school.today - 3 * _DAY, topic=None))
    await section.lesson(topic=None)
    await section.lesson(klass.terms[0].starts_on - _DAY, topic=None)
    return _Story(
        school, klass, section, group.teacher, whole, untitled, unmarked, empty, of_group, of_first
    )


async def _mark(lesson: LessonMade, pupil: PupilMade, days: int) -> None:
    at = datetime.combine(lesson.row.date + days * _DAY, time(12), UTC)
    await lesson.mark(pupil, 5, recorded_at=at)


async def _page(client: Client, school: SchoolMade, days: int, **narrowed: Any) -> Any:
    given = {"id": gid("Organization", school.id), "on": str(school.today), "days": days}
    answer = await client.send(_DOCUMENT, **given, **narrowed)
    assert (await client.send_unplanned(_DOCUMENT, **given, **narrowed)).body == answer.body
    plan = await client.plan(_DOCUMENT, **given, **narrowed)
    assert (plan["planned"], plan["statements"]) == (True, 1)
    return answer.data["node"]["lateLessons"]


def _told(lesson: LessonMade, *lacks: bool) -> dict[str, Any]:
    return {
        "date": str(lesson.row.date),
        **dict(zip(_LACKS, lacks, strict=True)),
        "teacher": {"id": gid("StaffMember", lesson.row.teacher_id)},
        "lesson": {"id": gid("Lesson", lesson.id)},
    }


async def test_each_lesson_is_told_with_what_it_lacks(diary: Diary) -> None:
    told = await _a_story()
    client = await story.head_of(diary, told.school)
    page = await _page(client, told.school, 1)
    assert page["nodes"] == [
        _told(told.of_first, False, False, True),
        _told(told.of_group, False, True, False),
        _told(told.empty, False, True, True),
        _told(told.unmarked, False, True, False),
        _told(told.untitled, True, True, False),
        _told(told.whole, False, True, False),
    ]
    page = await _page(client, told.school, 4)
    assert page["nodes"] == [
        _told(told.empty, False, True, True),
        _told(told.unmarked, False, True, False),
        _told(told.untitled, True, False, False),
    ]


async def test_there_are_as_many_as_the_figures_say(diary: Diary) -> None:
    told = await _a_story()
    client = await story.head_of(diary, told.school)
    given = {"id": gid("Organization", told.school.id), "on": str(told.school.today)}
    for days, counts in (
        (0, (1, 5, 2)),
        (1, (1, 5, 2)),
        (2, (1, 3, 2)),
        (5, (1, 2, 1)),
        (8, (0, 0, 0)),
    ):
        rows = (await client.send(_FIGURES, **given, days=days)).data["node"]["journalKeeping"]
        assert tuple(sum(row[each] for row in rows) for each in _LACKS) == counts
        for lack, count in zip(_LACKS, counts, strict=True):
            page = await _page(client, told.school, days, **{lack: True})
            assert (page["totalCount"], len(page["nodes"])) == (count, count)


async def test_the_list_is_narrowed_and_read_by_pages(diary: Diary) -> None:
    told = await _a_story()
    client = await story.head_of(diary, told.school)

    async def found(**narrowed: Any) -> list[str]:
        page = await _page(client, told.school, 0, **narrowed)
        return [node["lesson"]["id"] for node in page["nodes"]]

    def ids(*lessons: LessonMade) -> list[str]:
        return [gid("Lesson", each.id) for each in lessons]

    of_section = ids(told.empty, told.unmarked, told.untitled, told.whole)
    day = str(told.unmarked.row.date)
    assert await found(teacherId=gid("StaffMember", told.section.teacher.id)) == of_section
    assert await found(teacherId=gid("StaffMember", told.other.id)) == ids(told.of_group)
    assert await found(classId=gid("SchoolClass", told.klass.id)) == [
        *ids(told.of_group),
        *of_section,
    ]
    assert await found(**{"from": day, "to": day}) == ids(told.unmarked)
    assert await found(withoutMarks=False) == ids(told.of_first)
    assert await found(withoutEntries=True, withoutMarks=True) == ids(told.empty)

    page = await _page(client, told.school, 0, first=4)
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (6, True)
    rest = await found(first=4, after=page["pageInfo"]["endCursor"])
    assert rest == ids(told.untitled, told.whole)


async def test_a_teacher_reads_of_lessons_that_were_theirs(diary: Diary) -> None:
    """The lesson itself is not told of where the section is another's by now."""
    told = await _a_story()
    teacher = told.section.teacher
    client = await signed_in(diary, teacher)
    assert (await _page(client, told.school, 1))["totalCount"] == 4
    await told.section.assignment.end(told.school.today)
    page = await _page(client, told.school, 1)
    assert [node["lesson"] for node in page["nodes"]] == [None] * 4
    assert {node["teacher"]["id"] for node in page["nodes"]} == {gid("StaffMember", teacher.id)}


async def test_who_is_told(diary: Diary) -> None:
    told = await _a_story()
    school, pupil, homeroom = told.school, await told.klass.pupil(), await told.school.teacher()
    await told.klass.led_by(homeroom)
    for who, count in (
        (await school.staff(Position.DEPUTY_HEAD), 6),
        (await school.staff(Position.HEAD), 6),
        (await school.staff(Position.SCHOOL_ADMINISTRATOR), 6),
        (told.section.teacher, 4),
        (told.other, 1),
        (homeroom, 0),
        (pupil, 0),
        (await school.staff(Position.PSYCHOLOGIST), 0),
        (await school.staff(Position.REGIONAL_OPERATOR), 0),
        (await (await a_school()).staff(Position.HEAD), 0),
    ):
        assert (await _page(await signed_in(diary, who), school, 0))["totalCount"] == count


@pytest.mark.parametrize("days", [-1, 31])
@pytest.mark.parametrize("teacher", [{}, {"teacherId": gid("StaffMember", 1)}])
async def test_days_are_bounded(diary: Diary, days: int, teacher: dict[str, str]) -> None:
    school = await a_school()
    client = await story.head_of(diary, school)
    given = {"id": gid("Organization", school.id), "on": str(school.today), "days": days, **teacher}
    for send in (client.send, client.send_unplanned):
        assert (await send(_DOCUMENT, **given)).codes == ["BAD_USER_INPUT"]


async def test_another_year_has_none_of_them(diary: Diary) -> None:
    told = await _a_story()
    client = await story.head_of(diary, told.school)
    given = {"id": gid("Organization", told.school.id), "days": 0}
    before = str(told.school.year.starts_on - _DAY)
    answer = await client.send(_DOCUMENT, on=before, **given)
    assert answer.data["node"]["lateLessons"]["totalCount"] == 0
