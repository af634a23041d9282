"""Nothing of a group under five pupils comes out of anything that an authority can ask."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.figures.cells import Cell, Cells, a_month, put, told
from tests.figures.conftest import Places

pytestmark = pytest.mark.usefixtures("database")

_LEAST = 5
_GRADES = (1, 7, 9)
_MEASURES = ("pupils", "marks", "averageMark", "goodMarksShare", "attendance")


@st.composite
def _marks(draw: Any, fewest: int = 0, most: int = 8) -> dict[str, int]:
    """Marks of so many pupils."""
    pupils = draw(st.integers(fewest, most))
    values = draw(st.lists(st.integers(2, 5), min_size=pupils, max_size=3 * pupils))
    return {
        "marked_pupils": pupils,
        "marks": len(values),
        "marks_total": sum(values),
        "good_marks": sum(value >= 4 for value in values),
    }


@st.composite
def _places(draw: Any, fewest: int = 0, most: int = 8) -> dict[str, int]:
    """Lessons of so many pupils."""
    pupils = draw(st.integers(fewest, most))
    places = pupils * draw(st.integers(1, 9))
    missed = draw(st.integers(0, places))
    return {"attending_pupils": pupils, "places": places, "missed": missed}


@st.composite
def _cell(draw: Any, fewest: int = 1, most: int = 8) -> Cell:
    pupils = draw(st.integers(fewest, most))
    return Cell(pupils=pupils, **draw(_marks()), **draw(_places()))


@st.composite
def _two_regions(draw: Any) -> tuple[dict[tuple[int, int], Cell], dict[tuple[int, int], Cell]]:
    """Cells by places and grades, and others that differ in what must be withheld alone."""
    keys = st.tuples(st.integers(0, 3), st.sampled_from(_GRADES))
    one = draw(st.dictionaries(keys, _cell(), min_size=1, max_size=9))
    return one, {key: draw(_other(cell)) for key, cell in one.items()}


@st.composite
def _other(draw: Any, cell: Cell) -> Cell:
    few = _LEAST - 1
    if cell.pupils < _LEAST:
        other: Cell = draw(_cell(most=few))
        return other
    if 0 < cell.marked_pupils < _LEAST:
        cell = replace(cell, **draw(_marks(fewest=1, most=few)))
    if 0 < cell.attending_pupils < _LEAST:
        cell = replace(cell, **draw(_places(fewest=1, most=few)))
    return cell


@settings(max_examples=40, deadline=None, database=None)
@given(regions=_two_regions())
async def test_what_is_withheld_changes_no_answer(places: Places, regions: tuple[Any, Any]) -> None:
    one, other = [await _told(places, cells) for cells in regions]
    assert one == other


@settings(max_examples=40, deadline=None, database=None)
@given(regions=_two_regions())
async def test_subtracting_what_is_told_leaves_nothing(
    places: Places, regions: tuple[Any, Any]
) -> None:
    """Counts add up exactly, over schools, over municipalities and over grades."""
    region, *lists = await _told(places, regions[0])
    schools, municipalities = lists[:4], lists[4:]
    for measure in ("pupils", "marks"):
        for parts, whole in (
            (schools[:2], municipalities[0]),
            (schools[2:], municipalities[1]),
            (municipalities, region),
        ):
            for grade in (*_GRADES, None):
                below = [_value(rows, grade, measure) for rows in parts]
                assert sum(filter(None, below)) == (_value(whole, grade, measure) or 0)
        for rows in (region, *lists):
            grades = sum(filter(None, (_value(rows, grade, measure) for grade in _GRADES)))
            assert grades == (_value(rows, None, measure) or 0)


async def test_a_cell_under_five_is_withheld_whole_and_said_to_be(places: Places) -> None:
    five = Cell(5, 5, 6, 24, 4, 5, 50, 5)
    four = Cell(4, 4, 9, 18, 0, 4, 40, 40)
    region, school, *_ = await _told(places, {(0, 7): five, (0, 9): four})
    shown = {
        "pupils": 5,
        "marks": 6,
        "averageMark": 4.0,
        "goodMarksShare": 66.7,
        "attendance": 90.0,
    }
    seventh = {"gradeLevel": 7, **shown, "isSuppressed": False}
    ninth = {"gradeLevel": 9, **dict.fromkeys(_MEASURES), "isSuppressed": True}
    total = {"gradeLevel": None, **shown, "isSuppressed": True}
    assert school == region == [seventh, ninth, total]


@pytest.mark.parametrize(
    ("cell", "withheld"),
    [
        (Cell(6, 4, 9, 18, 0, 6, 60, 6), {"marks", "averageMark", "goodMarksShare"}),
        (Cell(6, 6, 9, 18, 0, 4, 40, 4), {"attendance"}),
    ],
)
async def test_each_thing_is_told_of_five_alone(
    places: Places, cell: Cell, withheld: set[str]
) -> None:
    _, (row, total), *_ = await _told(places, {(0, 7): cell})
    for each in (row, total):
        assert {name for name in _MEASURES if each[name] is None} == withheld
        assert each["isSuppressed"] is True


async def test_where_no_marks_are_given_nothing_is_withheld(places: Places) -> None:
    """As in grade 1."""
    _, (row, _), *_ = await _told(places, {(0, 1): Cell(20, 0, 0, 0, 0, 20, 100, 10)})
    assert (row["marks"], row["averageMark"], row["isSuppressed"]) == (0, None, False)


async def _told(places: Places, cells: dict[tuple[int, int], Cell]) -> list[list[dict[str, Any]]]:
    """Put the cells into a month of their own; what is told of region, schools, municipalities."""
    month = a_month()
    kept: Cells = {
        (places.schools[place].id, grade): cell for (place, grade), cell in cells.items()
    }
    await put(kept, month)
    return await told(places.region, month, places.schools, places.municipalities)


def _value(rows: list[dict[str, Any]], grade: int | None, measure: str) -> int | None:
    found: list[int | None] = [row[measure] for row in rows if row["gradeLevel"] == grade]
    return found[0] if found else None
