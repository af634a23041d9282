"""Attendance by reason, in places at lessons."""

from datetime import timedelta
from typing import Any

import pytest

from models import AttendanceCode, Position
from tests.diary import Diary
from tests.factories import ClassMade, a_school, gid
from tests.reports import story
from tests.sessions import signed_in

pytestmark = pytest.mark.usefixtures("database")

_TOLD = """gradeLevel periodNumber places absent absentExcused absentSick absentUnexcused late
    exempt missedPercent"""
_DOCUMENT = f"""query ($class: ID!, $school: ID!, $on: Date!) {{
    schoolClass(id: $class) {{ attendanceFigures {{ {_TOLD} term {{ number }} }} }}
    node(id: $school) {{ ... on Organization {{ attendanceFigures(on: $on) {{ {_TOLD} }} }} }} }}"""
_DAY = timedelta(days=1)


async def _a_class() -> ClassMade:
    """Two lessons of the first quarter, between which a pupil left; one of tomorrow.

    Places of the quarter: 7 + 6 at both lessons, and 1 of a group's; none at a cancelled one.
    """
    klass = await (await a_school()).class_("7А")
    first = klass.terms[0].starts_on
    pupils = [await klass.pupil() for _ in AttendanceCode]
    section = await klass.section("Алгебра")
    one, two = await section.lesson(first), await section.lesson(first + _DAY)
    for pupil, code in zip(pupils, AttendanceCode, strict=True):
        await one.attendance(pupil, code)
    await (await klass.enrollment(pupils[0])).end(first + _DAY)
    await two.attendance(pupils[1], AttendanceCode.ABSENT_SICK)
    group = await klass.group("7А англ", pupils[1])
    held = await (await group.section("Английский")).lesson(first)
    await held.attendance(pupils[1], AttendanceCode.ABSENT_UNEXCUSED)
    tomorrow = await section.lesson(klass.school.today + _DAY)
    await tomorrow.attendance(pupils[1], AttendanceCode.ABSENT_EXCUSED)
    await story.cancel(await section.lesson(first + 2 * _DAY))
    return klass


def _given(klass: ClassMade) -> dict[str, Any]:
    return {
        "class": gid("SchoolClass", klass.id),
        "school": gid("Organization", klass.school.id),
        "on": str(klass.school.today),
    }


async def test_places_and_reasons_are_counted(diary: Diary) -> None:
    klass = await _a_class()
    client = await story.head_of(diary, klass.school)
    answer = await client.send(_DOCUMENT, **_given(klass))
    assert (await client.send_unplanned(_DOCUMENT, **_given(klass))).body == answer.body
    row = {
        "gradeLevel": 7,
        "periodNumber": 1,
        "places": 14,
        "absent": 1,
        "absentExcused": 1,
        "absentSick": 2,
        "absentUnexcused": 2,
        "late": 1,
        "exempt": 1,
        "missedPercent": 42.86,
    }
    assert answer.data["schoolClass"]["attendanceFigures"] == [{**row, "term": {"number": 1}}]
    assert answer.data["node"]["attendanceFigures"] == [row, {**row, "gradeLevel": None}]
    plan = await client.plan(_DOCUMENT, **_given(klass))
    assert (plan["planned"], plan["statements"]) == (True, 1)


async def test_an_absence_after_the_pupil_left_has_no_place(diary: Diary) -> None:
    """The order to let a pupil go may be of an earlier day than what was written meanwhile."""
    klass = await (await a_school()).class_("7А")
    first = klass.terms[0].starts_on
    stays, leaves = await klass.pupil(), await klass.pupil()
    section = await klass.section("Алгебра")
    for day in (first, first + _DAY):
        await (await section.lesson(day)).attendance(leaves, AttendanceCode.ABSENT_UNEXCUSED)
    await (await section.lesson(first + 2 * _DAY)).attendance(stays, AttendanceCode.ABSENT_SICK)
    await (await klass.enrollment(leaves)).end(first + _DAY)
    client = await story.head_of(diary, klass.school)
    answer = await client.send(_DOCUMENT, **_given(klass))
    (row,) = answer.data["schoolClass"]["attendanceFigures"]
    assert (row["places"], row["absentUnexcused"], row["absentSick"]) == (4, 1, 1)
    assert row["missedPercent"] == 50.0


async def test_who_is_told(diary: Diary) -> None:
    klass = await _a_class()
    school = klass.school
    homeroom, pupil = await school.teacher(), await klass.pupil()
    await klass.led_by(homeroom)
    for who, told in (
        (await school.staff(Position.DEPUTY_HEAD), (1, 2)),
        (await school.staff(Position.SCHOOL_ADMINISTRATOR), (1, 2)),
        (homeroom, (1, 0)),
        (await school.staff(Position.PSYCHOLOGIST), (0, 0)),
        (await school.staff(Position.REGIONAL_OPERATOR), (0, 0)),
        (pupil, (0, 0)),
    ):
        client = await signed_in(diary, who)
        data = (await client.send(_DOCUMENT, **_given(klass))).data
        found = (data["schoolClass"], data["node"])
        assert tuple(len(each["attendanceFigures"]) for each in found) == told
