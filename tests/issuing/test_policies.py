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
  homeroomResetsPasswords homeroomWritesMarks administratorsNeedSecondFactor } } } }"""
_NOTHING = {
    "homeroomResetsPasswords": False,
    "homeroomWritesMarks": False,
    "administratorsNeedSecondFactor": False,
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
