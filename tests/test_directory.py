"""The region's tree, as the sign-in screen shows it before anybody is known."""

from typing import Any

import pytest

from models import Municipality, OrganizationKind, Region, Settlement
from tests.diary import Diary
from tests.factories import SchoolMade, a_school, gid, serial

pytestmark = pytest.mark.usefixtures("database")


def _told(school: SchoolMade) -> dict[str, str]:
    return {
        "id": gid("Organization", school.id),
        "name": school.row.name,
        "kind": school.row.kind.value,
    }


async def test_the_tree_is_shown_to_everybody_by_name(diary: Diary) -> None:
    number = serial()
    second = await a_school(name=f"Школа {number} Б")
    first = await a_school(near=second, name=f"Школа {number} А")
    others = [
        await a_school(near=second, kind=kind, name=f"{kind.value} {number}")
        for kind in (
            OrganizationKind.PRESCHOOL,
            OrganizationKind.SUPPLEMENTARY,
            OrganizationKind.VOCATIONAL,
        )
    ]
    for kind in (
        OrganizationKind.MUNICIPAL_AUTHORITY,
        OrganizationKind.REGIONAL_AUTHORITY,
        OrganizationKind.OPERATOR,
    ):
        await second.authority(kind)
    settlement = second.settlement
    municipality = await settlement.municipality
    empty = await Settlement.create(municipality=municipality, name="Ближний", kind="д")
    namesake = await Settlement.create(municipality=municipality, name="Ближний", kind="с")

    shown = await _shown(diary, municipality)

    assert shown == {
        "id": gid("Municipality", municipality.id),
        "name": municipality.name,
        "settlements": [
            *(
                {"id": gid("Settlement", each.id), "name": "Ближний", "schools": []}
                for each in (empty, namesake)
            ),
            {
                "id": gid("Settlement", settlement.id),
                "name": settlement.name,
                "schools": [*map(_told, others), _told(first), _told(second)],
            },
        ],
    }


async def _shown(diary: Diary, municipality: Municipality) -> Any:
    tree = (await diary.nobody.ask("SignInDirectory")).data["municipalities"]
    [own] = [each for each in tree if each["id"] == gid("Municipality", municipality.id)]
    return own


async def test_municipalities_stand_by_name_and_may_be_empty(diary: Diary) -> None:
    region = (await Region.get_or_create(name="Приозёрный край"))[0]
    number = serial()
    later, sooner = [
        await Municipality.create(region=region, name=f"Район {number} {letter}") for letter in "БА"
    ]
    tree = (await diary.nobody.ask("SignInDirectory")).data["municipalities"]
    own = {gid("Municipality", each.id) for each in (later, sooner)}
    assert [each for each in tree if each["id"] in own] == [
        {"id": gid("Municipality", each.id), "name": each.name, "settlements": []}
        for each in (sooner, later)
    ]
