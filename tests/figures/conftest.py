"""Two municipalities with two schools each, and who is told what of them."""

from dataclasses import dataclass
from typing import Any

import pytest

from models import Municipality, Position
from tests.diary import Client, Diary
from tests.factories import Made, SchoolMade, a_school
from tests.sessions import signed_in


@dataclass
class Places:
    """The schools, two of each municipality, and the regional operator's client."""

    schools: list[SchoolMade]
    municipalities: list[Made[Any]]
    region: Client


@pytest.fixture(scope="module")
async def places(database: str, diary: Diary) -> Places:  # noqa: ARG001 — connects Tortoise
    """Return places to which nothing was counted in the months of `cells.a_month`."""
    schools: list[SchoolMade] = []
    municipalities: list[Made[Any]] = []
    for _ in range(2):
        first = await a_school()
        schools += [first, await a_school(near=first)]
        row = await Municipality.get(id=first.settlement.municipality_id)
        municipalities.append(Made(row))
    operator = await schools[0].staff(Position.REGIONAL_OPERATOR)
    return Places(schools, municipalities, await signed_in(diary, operator))
