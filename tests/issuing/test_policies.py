"""What a school settles for itself: who reads and who changes it."""

from typing import Any

import pytest

from models import Position, SchoolPolicy
from tests.diary import Client
from tests.factories import gid
from tests.issuing.conftest import Office
from tests.issuing.office import do
from tests.traces import deeds, reasons

_READ = """query ($id: ID!) { node(id: $id) { ... on Organization { policy {
  homeroomResetsPasswords homeroomWritesMarks administratorsNeedSecondFactor
  pupilsWriteToClassmates guardiansWriteToGuardians teachersWriteToGuardians
  quietFrom quietUntil } } } }"""
_NOTHING = {
    "homeroomResetsPasswords": False,
    "homeroomWritesMarks": False,
    "administratorsNeedSecondFactor": False,
    "pupilsWriteToClassmates": False,
    "guardiansWriteToGuardians": False,
    "teachersWriteToGuardians": False,
    "quietFrom": None,
    "quietUntil": None,
}


async def _policy(office: Office, client: Client) -> Any:
    school = gid("Organization", office.school.id)
    return (await client.send(_READ, id=school)).data["node"]["policy"]


async def test_it_is_changed_bit_by_bit(office: Office) -> None:
    school = gid("Organization", office.school.id)
    assert await _policy(office, office.client) == _NOTHING
    head = await office.diary.as_(await office.school.staff(Position.HEAD))
    for client, name in (
        (office.client, "homeroomResetsPasswords"),
        (head, "homeroomWritesMarks"),
    ):
        payload = await do(client, "changeSchoolPolicy", organizationId=school, **{name: True})
        assert payload["userErrors"] == []
    changed = {**_NOTHING, "homeroomResetsPasswords": True, "homeroomWritesMarks": True}
    assert await _policy(office, office.client) == changed
    first, second = await deeds("SchoolPolicy", office.school.id)
    assert (first.action, first.before, first.after) == (
        "policy.changed",
        {"homeroom_resets_passwords": False},
        {"homeroom_resets_passwords": True},
    )
    assert second.after == {"homeroom_writes_marks": True}


async def test_nothing_is_no_change(office: Office) -> None:
    school = gid("Organization", office.school.id)
    payload = await do(office.client, "changeSchoolPolicy", organizationId=school)
    assert reasons(payload) == [("REQUIRED", None)]
    assert not await SchoolPolicy.filter(organization_id=office.school.id).exists()


@pytest.mark.parametrize(
    ("position", "is_read"),
    [(Position.DEPUTY_HEAD, True), (Position.TEACHER, False), (Position.REGIONAL_OPERATOR, False)],
)
async def test_the_management_reads_it(
    office: Office, position: Position, *, is_read: bool
) -> None:
    client = await office.diary.as_(await office.school.staff(position))
    assert await _policy(office, client) == (_NOTHING if is_read else None)


async def test_quiet_hours_are_settled_and_given_up(office: Office) -> None:
    school = gid("Organization", office.school.id)
    night = {"quietFrom": "22:00:00", "quietUntil": "07:00:00"}
    for given in (night, {"quietFrom": None, "quietUntil": None}):
        payload = await do(office.client, "changeSchoolPolicy", organizationId=school, **given)
        assert payload["userErrors"] == []
        assert (await _policy(office, office.client)).items() >= given.items()


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"quietFrom": "22:00:00"}, ("REQUIRED", "quietUntil")),
        ({"quietUntil": "22:00:00"}, ("REQUIRED", "quietFrom")),
        ({"quietFrom": "22:00:00", "quietUntil": "22:00:00"}, ("OUT_OF_RANGE", "quietUntil")),
    ],
)
async def test_quiet_hours_are_whole(office: Office, given: Any, error: Any) -> None:
    school = gid("Organization", office.school.id)
    payload = await do(office.client, "changeSchoolPolicy", organizationId=school, **given)
    assert reasons(payload) == [error]
    assert await _policy(office, office.client) == _NOTHING
