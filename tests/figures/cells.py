"""Cells of months that nobody else has, and what is told of them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from tortoise.connection import get_connection

from tests.diary import Client
from tests.factories import Made, SchoolMade, gid, serial

_MEASURES = "month gradeLevel pupils marks averageMark goodMarksShare attendance isSuppressed"
_TOLD = f"""query ($ids: [ID!]!, $month: Date!) {{
    region {{ figures(from: $month, to: $month) {{ {_MEASURES} }} }}
    nodes(ids: $ids) {{
        ... on Organization {{ figures(from: $month, to: $month) {{ {_MEASURES} }} }}
        ... on Municipality {{ figures(from: $month, to: $month) {{ {_MEASURES} }} }} }} }}"""
_INSERT = """
INSERT INTO monthly_figure (organization_id, grade_level, month, pupils, marked_pupils, marks,
                            marks_total, good_marks, attending_pupils, places, missed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


@dataclass(frozen=True)
class Cell:
    """What was counted of a grade of a school."""

    pupils: int
    marked_pupils: int
    marks: int
    marks_total: int
    good_marks: int
    attending_pupils: int
    places: int
    missed: int


Cells = Mapping[tuple[int, int], Cell]
"""By school and grade level."""


def a_month() -> date:
    """A month long before all others, once."""
    number = serial()
    return date(1000 + number // 12, number % 12 + 1, 1)


async def put(cells: Cells, month: date) -> None:
    for (school, grade), cell in cells.items():
        values = [school, grade, month, *asdict(cell).values()]
        await get_connection("default").execute_query(_INSERT, values)


async def told(
    client: Client, month: date, schools: Sequence[SchoolMade], municipalities: Sequence[Made[Any]]
) -> list[list[dict[str, Any]]]:
    """Of the region, then of each school and each municipality, without the month."""
    ids = [
        *(gid("Organization", each.id) for each in schools),
        *(gid("Municipality", each.id) for each in municipalities),
    ]
    data = (await client.send(_TOLD, ids=ids, month=str(month))).data
    lists = [data["region"]["figures"], *(each["figures"] for each in data["nodes"])]
    assert {each.pop("month") for rows in lists for each in rows} <= {str(month)}
    return lists
