"""Closed periods are counted once, and nothing of groups under five pupils comes out of them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tortoise.connection import get_connection

from models import MarkSign, PeriodFigure, Position, Subject, TermKind
from models.figures import DAYS_TO_CLOSE, count_closed
from tests.diary import Client, Diary
from tests.factories import a_school, gid, serial
from tests.figures.conftest import Places, places
from tests.reports import story
from tests.sessions import signed_in

__all__ = ["places"]

pytestmark = pytest.mark.usefixtures("database")

_NUMBERS = ("fives", "fours", "threes", "twos", "not_attested")
_RATES = ("successRate", "qualityRate", "learningDegree", "averageMark")
_TOLD = f"""gradeLevel subject {{ name }} counted fives fours threes twos notAttested
    {" ".join(_RATES)} isSuppressed"""
_GROUPINGS = ("ALL", "SUBJECT", "GRADE_LEVEL", "GRADE_LEVEL_AND_SUBJECT")
_ARGUMENTS = "schoolYear: $year, by: $by"
_DOCUMENT = f"""query ($ids: [ID!]!, $year: Int!, $by: FigureGrouping!) {{
    region {{ periodFigures({_ARGUMENTS}) {{ {_TOLD} }} }}
    nodes(ids: $ids) {{
        ... on Organization {{ periodFigures({_ARGUMENTS}) {{ {_TOLD} }} }}
        ... on Municipality {{ periodFigures({_ARGUMENTS}) {{ {_TOLD} }} }} }} }}"""

Cell = tuple[int, int, int, int, int]
"""How many have 5, 4, 3 and 2, and how many are not attested."""
Cells = Mapping[tuple[int, int, str], Cell]
"""By the school's place, the grade level and the subject."""


def _a_year() -> int:
    """A school year that nobody else has."""
    return 100 + serial()


async def _put(places: Places, year: int, cells: Cells) -> None:
    for (place, grade, name), cell in cells.items():
        subject, _ = await Subject.get_or_create(name=name)
        counts: dict[str, Any] = dict(zip(_NUMBERS, cell, strict=True))
        await PeriodFigure.create(
            organization=places.schools[place].row,
            subject=subject,
            grade_level=grade,
            school_year=year,
            period_kind=TermKind.QUARTER,
            period_number=1,
            **counts,
        )


async def _told(client: Client, places: Places, year: int, by: str) -> list[list[dict[str, Any]]]:
    """Of the region, then of each school and each municipality."""
    ids = [
        *(gid("Organization", each.id) for each in places.schools),
        *(gid("Municipality", each.id) for each in places.municipalities),
    ]
    data = (await client.send(_DOCUMENT, ids=ids, year=year, by=by)).data
    return [data["region"]["periodFigures"], *(each["periodFigures"] for each in data["nodes"])]


async def _answers(places: Places, cells: Cells) -> list[Any]:
    """Whatever can be asked of these cells, in a year of their own."""
    year = _a_year()
    await _put(places, year, cells)
    return [await _told(places.region, places, year, by) for by in _GROUPINGS]


async def test_the_formulas_are_those_of_the_live_figures(places: Places) -> None:
    year = _a_year()
    await _put(places, year, {(0, 7, "Алгебра"): (5, 10, 8, 1, 1)})
    region, school, *_ = await _told(places.region, places, year, "GRADE_LEVEL_AND_SUBJECT")
    assert region == school
    (row,) = region
    assert (row["gradeLevel"], row["subject"], row["counted"]) == (7, {"name": "Алгебра"}, 25)
    assert tuple(row[each] for each in _RATES) == (92.0, 60.0, 58.04, 3.79)
    assert row["isSuppressed"] is False


async def test_totals_are_sums_of_what_is_told(places: Places) -> None:
    year = _a_year()
    cells = {
        (0, 7, "Алгебра"): (5, 0, 0, 0, 0),
        (0, 7, "Химия"): (0, 0, 4, 0, 0),
        (1, 8, "Алгебра"): (0, 5, 0, 0, 0),
        (2, 8, "Алгебра"): (0, 0, 0, 5, 1),
    }
    await _put(places, year, cells)
    region, first, second, third, fourth, *municipalities = await _told(
        places.region, places, year, "ALL"
    )
    assert [
        [(row["counted"], row["isSuppressed"]) for row in each] for each in (first, second)
    ] == [
        [(5, True)],
        [(5, False)],
    ]
    assert ([row["counted"] for row in third], fourth) == ([6], [])
    assert [[row["counted"] for row in each] for each in municipalities] == [[10], [6]]
    assert [(row["counted"], row["isSuppressed"]) for row in region] == [(16, True)]
    withheld = (await _told(places.region, places, year, "SUBJECT"))[0][-1]
    assert withheld["subject"] == {"name": "Химия"}
    assert {withheld[each] for each in ("counted", "threes", "notAttested", *_RATES)} == {None}


@st.composite
def _cell(draw: Any, fewest: int = 0, most: int = 8) -> Cell:
    marks = draw(st.lists(st.integers(0, 4), min_size=fewest, max_size=most))
    five, four, three, two, none = (marks.count(each) for each in range(5))
    return (five, four, three, two, none)


@st.composite
def _two_regions(draw: Any) -> tuple[Cells, Cells]:
    """Cells, and others that differ in those alone that must be withheld."""
    keys = st.tuples(
        st.integers(0, 3), st.sampled_from((7, 9)), st.sampled_from(("Алгебра", "Химия"))
    )
    one = draw(st.dictionaries(keys, _cell(), min_size=1, max_size=9))
    return one, {key: cell if sum(cell) >= 5 else draw(_cell(most=4)) for key, cell in one.items()}


@settings(max_examples=25, deadline=None, database=None)
@given(regions=_two_regions())
async def test_what_is_withheld_changes_no_answer(
    places: Places, regions: tuple[Cells, Cells]
) -> None:
    one, other = [await _answers(places, cells) for cells in regions]
    assert one == other


async def _count(database_url: str) -> None:
    connection = await asyncpg.connect(
        database_url.replace("asyncpg://", "postgresql://", 1),
        server_settings={"timezone": "Europe/Moscow"},
    )
    try:
        await count_closed(connection)
    finally:
        await connection.close()


async def test_a_closed_period_is_counted_once(database_url: str) -> None:
    klass = await (await a_school()).class_("7А")
    first, second, third = klass.terms[:3]
    section, pupils = await story.a_section(klass, [5, 1, MarkSign.NOT_ATTESTED, MarkSign.EXEMPT])
    await story.give(section, pupils, [4] * 4, term=1)
    assert first.ends_on < klass.school.today - timedelta(days=DAYS_TO_CLOSE) < third.starts_on
    await _count(database_url)
    late = await klass.pupil()
    await story.give(section, [late], [5])
    await _count(database_url)
    found = await PeriodFigure.filter(organization_id=klass.school.id).values()
    year = klass.school.year.starts_on.year
    assert [
        tuple(row[each] for each in ("school_year", "period_number", "grade_level", *_NUMBERS))
        for row in found
    ] == [(year, 1, 7, 1, 0, 0, 1, 1)]
    # The period that goes on is not counted.
    assert second.ends_on >= klass.school.today


async def test_who_is_told(diary: Diary, places: Places) -> None:
    """The school's management and the authorities over it; nobody is refused."""
    year, school, other = _a_year(), places.schools[0], places.schools[2]
    await _put(places, year, {(0, 7, "Алгебра"): (5, 0, 0, 0, 0)})
    pupil = await (await school.class_("7А")).pupil()
    document = f"""query ($id: ID!, $year: Int!) {{ node(id: $id) {{ ... on Organization {{
        periodFigures(schoolYear: $year, by: ALL) {{ {_TOLD} }} }} }} }}"""
    given = {"id": gid("Organization", school.id), "year": year}
    for who, told in (
        (await school.staff(Position.HEAD), 1),
        (await school.staff(Position.DEPUTY_HEAD), 1),
        (await school.staff(Position.SCHOOL_ADMINISTRATOR), 1),
        (await school.staff(Position.MUNICIPAL_AUTHORITY), 1),
        (await school.staff(Position.REGIONAL_OPERATOR), 1),
        (await school.teacher(), 0),
        (await school.staff(Position.PSYCHOLOGIST), 0),
        (await school.staff(Position.SUPPORT), 0),
        (await other.staff(Position.HEAD), 0),
        (await other.staff(Position.MUNICIPAL_AUTHORITY), 0),
        (pupil, 0),
        (await pupil.guardian(), 0),
    ):
        client = await signed_in(diary, who)
        for send in (client.send, client.send_unplanned):
            answer = await send(document, **given)
            assert len(answer.data["node"]["periodFigures"]) == told
        assert (await client.plan(document, **given))["planned"] is True


async def test_what_was_counted_is_not_changed() -> None:
    with pytest.raises(Exception, match="period_figure is append-only"):
        await get_connection("default").execute_query("DELETE FROM period_figure")
