"""Closed months are counted once, from what stands in the journals."""

from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from models import AttendanceCode, MarkSign, MonthlyFigure, Position
from models.figures import DAYS_TO_CLOSE, count_closed
from tests.diary import Diary
from tests.factories import ClassMade, PupilMade, a_school, gid
from tests.figures.cells import Cell, a_month, put
from tests.figures.conftest import Places
from tests.sessions import signed_in

pytestmark = pytest.mark.usefixtures("database")

_FIGURES = """query ($id: ID!, $from: Date!, $to: Date!) { node(id: $id) { ... on Organization {
    figures(from: $from, to: $to) { gradeLevel pupils marks averageMark attendance } } } }"""


def _closed(today: date) -> date:
    """The first day of the last month that is closed."""
    in_open = (today - timedelta(days=DAYS_TO_CLOSE)).replace(day=1)
    return (in_open - timedelta(days=1)).replace(day=1)


async def _count(database_url: str) -> None:
    connection = await asyncpg.connect(
        database_url.replace("asyncpg://", "postgresql://", 1),
        server_settings={"timezone": "Europe/Moscow"},
    )
    try:
        await count_closed(connection)
    finally:
        await connection.close()


async def _a_class(pupils: int) -> tuple[ClassMade, list[PupilMade]]:
    klass = await (await a_school()).class_("7А")
    return klass, [await klass.pupil() for _ in range(pupils)]


async def test_a_closed_month_is_counted(database_url: str) -> None:
    klass, pupils = await _a_class(6)
    month = _closed(klass.school.today)
    section = await klass.section("Алгебра")
    first, second = await section.lesson(month), await section.lesson(month + timedelta(days=1))
    for pupil, value in zip(pupils, (5, 4, 3, 2, 5), strict=False):
        await first.mark(pupil, value)
    await second.mark(pupils[0], 4)
    await second.mark(pupils[1], MarkSign.PASSED)
    await (await second.mark(pupils[2], 2)).remove()
    for pupil, code in zip(
        pupils, (AttendanceCode.ABSENT, AttendanceCode.LATE, AttendanceCode.EXEMPT), strict=False
    ):
        await first.attendance(pupil, code)
    await (await section.lesson()).mark(pupils[0], 2)
    await (await klass.enrollment(pupils[5])).end(month + timedelta(days=1))
    await _count(database_url)
    found = await MonthlyFigure.filter(organization_id=klass.school.id, month=month).values()
    assert [{name: row[name] for name in _NAMES} for row in found] == [
        {
            "grade_level": 7,
            "pupils": 5,
            "marked_pupils": 5,
            "marks": 6,
            "marks_total": 23,
            "good_marks": 4,
            "attending_pupils": 6,
            "places": 11,
            "missed": 1,
        }
    ]


async def test_it_is_counted_once_and_an_open_month_not_at_all(database_url: str) -> None:
    klass, pupils = await _a_class(5)
    month = _closed(klass.school.today)
    lesson = await (await klass.section("Алгебра")).lesson(month)
    await lesson.mark(pupils[0], 5)
    await _count(database_url)
    before = await MonthlyFigure.filter(organization_id=klass.school.id).order_by("id").values()
    await lesson.mark(pupils[1], 2)
    await klass.pupil()
    await _count(database_url)
    after = await MonthlyFigure.filter(organization_id=klass.school.id).order_by("id").values()
    assert before == after
    assert max(row["month"] for row in after) == month


async def test_who_is_told(diary: Diary, places: Places) -> None:
    """The school's management and the authorities over it; no one else, and nobody is refused."""
    month, school, other = a_month(), places.schools[0], places.schools[2]
    await put({(school.id, 7): Cell(5, 5, 5, 20, 5, 5, 5, 0)}, month)
    row = {"pupils": 5, "marks": 5, "averageMark": 4.0, "attendance": 100.0}
    whole = [{"gradeLevel": 7, **row}, {"gradeLevel": None, **row}]
    pupil = await (await school.class_("7А")).pupil()
    for who, figures in (
        (await school.staff(Position.HEAD), whole),
        (await school.staff(Position.DEPUTY_HEAD), whole),
        (await school.staff(Position.SCHOOL_ADMINISTRATOR), whole),
        (await school.staff(Position.MUNICIPAL_AUTHORITY), whole),
        (await school.staff(Position.REGIONAL_OPERATOR), whole),
        (await school.teacher(), []),
        (await school.staff(Position.PSYCHOLOGIST), []),
        (await school.staff(Position.SUPPORT), []),
        (await other.staff(Position.HEAD), []),
        (await other.staff(Position.MUNICIPAL_AUTHORITY), []),
        (pupil, []),
        (await pupil.guardian(), []),
    ):
        client = await signed_in(diary, who)
        given: dict[str, Any] = {"id": gid("Organization", school.id), "from": str(month)}
        for send in (client.send, client.send_unplanned):
            answer = await send(_FIGURES, to=str(month), **given)
            assert answer.data["node"]["figures"] == figures


@pytest.mark.parametrize(
    ("first", "last"), [("2025-01-01", "2026-01-01"), ("2026-02-01", "2026-01-01")]
)
async def test_a_year_is_told_at_once_and_no_more(places: Places, first: str, last: str) -> None:
    given = {"id": gid("Organization", places.schools[0].id), "from": first}
    answer = await places.region.send(_FIGURES, to=last, **given)
    assert answer.codes == ["BAD_USER_INPUT"]


_NAMES = (
    "grade_level",
    "pupils",
    "marked_pupils",
    "marks",
    "marks_total",
    "good_marks",
    "attending_pupils",
    "places",
    "missed",
)
