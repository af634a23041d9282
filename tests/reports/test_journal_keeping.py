"""Who is late with the journal: lessons that are past and lack what belongs to them."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from models import AttendanceCode, Position
from tests.diary import Client, Diary
from tests.factories import LessonMade, PersonMade, SchoolMade, a_school, gid
from tests.reports import story
from tests.sessions import signed_in

pytestmark = pytest.mark.usefixtures("database")

_TOLD = "lessons withoutTopic withoutMarks withoutEntries"
_DOCUMENT = f"""query ($id: ID!, $on: Date!, $days: Int!) {{ node(id: $id) {{
    ... on Organization {{ journalKeeping(on: $on, days: $days) {{
        teacher {{ id }} periodNumber {_TOLD} }} }} }} }}"""
_DAY = timedelta(days=1)


async def _kept(client: Client, school: SchoolMade, days: int) -> list[dict[str, Any]]:
    given = {"id": gid("Organization", school.id), "on": str(school.today), "days": days}
    answer = await client.send(_DOCUMENT, **given)
    assert (await client.send_unplanned(_DOCUMENT, **given)).body == answer.body
    plan = await client.plan(_DOCUMENT, **given)
    assert (plan["planned"], plan["statements"]) == (True, 1)
    found: list[dict[str, Any]] = answer.data["node"]["journalKeeping"]
    return found


async def _a_teacher() -> tuple[SchoolMade, PersonMade]:
    """Four lessons of the quarter that goes on, 9, 8, 7 and 6 days ago, and one of today.

    The first has all; the second its mark two days late; the third an absence alone; the fourth
    nothing at all, and a fifth was cancelled.
    """
    school = await a_school()
    klass = await school.class_("7А")
    pupil, section = await klass.pupil(), await klass.section("Алгебра")
    lessons = [await section.lesson(school.today - days * _DAY) for days in (9, 8, 7, 6, 0)]
    for lesson, days in ((lessons[0], 0), (lessons[1], 2)):
        await lesson.change(topic="Дроби")
        at = datetime.combine(lesson.row.date + days * _DAY, time(12), UTC)
        await lesson.mark(pupil, 5, recorded_at=at)
    await lessons[2].attendance(pupil, AttendanceCode.ABSENT)
    for lesson in lessons[2:]:
        await lesson.change(topic=None)
    await story.cancel(await section.lesson(school.today - 5 * _DAY))
    return school, section.teacher


async def test_lessons_are_counted_that_lack_something(diary: Diary) -> None:
    school, teacher = await _a_teacher()
    client = await story.head_of(diary, school)
    for days, counts in (
        (0, (4, 2, 3, 1)),
        (1, (4, 2, 3, 1)),
        (2, (4, 2, 2, 1)),
        (6, (3, 1, 1, 0)),
        (7, (2, 0, 0, 0)),
    ):
        (row,) = await _kept(client, school, days)
        assert row["teacher"] == {"id": gid("StaffMember", teacher.id)}
        assert (row["periodNumber"], *(row[each] for each in _TOLD.split())) == (2, *counts)
    assert await _kept(client, school, 9) == []


async def test_whose_lesson_and_which_mark_was_first(diary: Diary) -> None:
    """By hand, for one day: the first mark that stays is what counts, and who gave the lesson."""
    school = await a_school()
    klass = await school.class_("7А")
    pupil, section, other = (
        await klass.pupil(),
        await klass.section("Алгебра"),
        await school.teacher(),
    )
    former, late, empty = [
        await section.lesson(day, topic="Дроби")
        for day in (klass.terms[0].starts_on, *(school.today - days * _DAY for days in (9, 8)))
    ]
    await empty.change(teacher_id=other.id)

    def after(lesson: LessonMade, days: int) -> datetime:
        return datetime.combine(lesson.row.date + days * _DAY, time(12), UTC)

    for days in (5, 1):
        await former.mark(pupil, 5, recorded_at=after(former, days))
    await late.mark(pupil, 2, recorded_at=after(late, 0), removed_at=after(late, 3))
    await late.mark(pupil, 3, recorded_at=after(late, 4))
    await empty.mark(pupil, 2, recorded_at=after(empty, 0), removed_at=after(empty, 0))
    counted = {
        (row["teacher"]["id"], row["periodNumber"]): tuple(row[each] for each in _TOLD.split())
        for row in await _kept(await story.head_of(diary, school), school, 1)
    }
    teacher, absent = (gid("StaffMember", each.id) for each in (section.teacher, other))
    assert counted == {
        (teacher, 1): (1, 0, 0, 0),
        (teacher, 2): (1, 0, 1, 0),
        (absent, 2): (1, 0, 1, 1),
    }


async def test_the_first_grade_lacks_no_marks(diary: Diary) -> None:
    school = await a_school()
    klass = await school.class_("1А")
    await (await klass.section("Письмо")).lesson(school.today - 3 * _DAY)
    (row,) = await _kept(await story.head_of(diary, school), school, 1)
    assert (row["withoutMarks"], row["withoutEntries"]) == (0, 1)


async def test_who_is_told(diary: Diary) -> None:
    school, teacher = await _a_teacher()
    for who, told in (
        (await school.staff(Position.DEPUTY_HEAD), 1),
        (await school.staff(Position.HEAD), 1),
        (teacher, 1),
        (await school.teacher(), 0),
        (await school.staff(Position.REGIONAL_OPERATOR), 0),
        (await (await a_school()).staff(Position.HEAD), 0),
    ):
        assert len(await _kept(await signed_in(diary, who), school, 0)) == told


@pytest.mark.parametrize("days", [-1, 31])
async def test_days_are_bounded(diary: Diary, days: int) -> None:
    school = await a_school()
    client = await story.head_of(diary, school)
    given = {"id": gid("Organization", school.id), "on": str(school.today)}
    assert (await client.send(_DOCUMENT, days=days, **given)).codes == ["BAD_USER_INPUT"]
