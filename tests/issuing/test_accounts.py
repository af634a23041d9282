"""The list of accounts: whom each office finds, by what, and what is masked."""

from typing import Any

import pytest

from models import Position
from tests.diary import Client
from tests.factories import PersonMade, PupilMade, a_school, gid
from tests.issuing.conftest import Office
from tests.issuing.office import holder

_LIST = """
query ($organization: ID, $klass: ID, $role: Role, $status: AccountStatus, $search: String) {
  viewer { accounts(
    organizationId: $organization, classId: $klass, role: $role, status: $status, search: $search,
    first: 100
  ) { totalCount nodes { id maskedName login status } } }
}
"""


async def _listed(client: Client, **given: Any) -> list[dict[str, Any]]:
    page = (await client.send(_LIST, **given)).data["viewer"]["accounts"]
    nodes: list[dict[str, Any]] = page["nodes"]
    assert page["totalCount"] >= len(nodes)
    return nodes


async def _found(client: Client, **given: Any) -> set[str]:
    return {each["id"] for each in await _listed(client, **given)}


def _ids(*people: PersonMade | PupilMade) -> set[str]:
    return {holder(each) for each in people}


@pytest.mark.parametrize(
    "position", [Position.SCHOOL_ADMINISTRATOR, Position.DEPUTY_HEAD, Position.HEAD]
)
async def test_a_school_s_management_finds_its_people(office: Office, position: Position) -> None:
    reader = await office.school.staff(position)
    client = await office.diary.as_(reader)
    everybody = _ids(office.pupil, office.mother, office.teacher, office.administrator, reader)
    assert await _found(client) == everybody


async def test_it_is_narrowed_by_place_role_status_and_name(office: Office) -> None:
    klass = await office.school.class_("8Б")
    other = await klass.pupil(last_name="Ясенев-Приметный")
    await office.mother.account("login.of.the-mother")
    client = office.client
    school = gid("Organization", office.school.id)
    assert await _found(client, klass=gid("SchoolClass", klass.id)) == _ids(other)
    assert await _found(client, role="STUDENT") == _ids(office.pupil, other)
    assert await _found(client, organization=school, role="TEACHER") == _ids(office.teacher)
    assert await _found(client, status="ACTIVE") == _ids(office.mother, office.administrator)
    assert await _found(client, status="NONE") == _ids(office.pupil, other, office.teacher)
    assert await _found(client, search="приметный") == _ids(other)
    assert await _found(client, search="OF.THE-") == _ids(office.mother)


async def test_nobody_is_found_by_what_is_hidden(office: Office) -> None:
    """A place or role elsewhere tells nothing of somebody whom the school knows."""
    elsewhere = await a_school()
    await elsewhere.staff(Position.LIBRARIAN, office.mother)
    place = gid("Organization", elsewhere.id)
    assert await _found(office.client, organization=place) == set()
    assert await _found(office.client, role="LIBRARIAN") == set()


@pytest.mark.parametrize("position", [Position.SYSTEM_ADMINISTRATOR, Position.SUPPORT])
async def test_who_reads_no_names_finds_nobody_by_a_name(
    office: Office, position: Position
) -> None:
    name = "Первоцветов-Тайный"
    pupil = await office.klass.pupil(last_name=name)
    login = (await pupil.account()).login
    client = await office.diary.as_(await office.school.staff(position))
    assert await _found(client, search=name) == set()
    assert await _found(client, klass=gid("SchoolClass", office.klass.id)) == set()
    (found,) = [each for each in await _listed(client, search=login) if each["login"] == login]
    assert (found["id"], found["status"]) == (holder(pupil), "ACTIVE")
    assert found["maskedName"].startswith("П*** ")


@pytest.mark.parametrize("position", [Position.TEACHER, Position.LIBRARIAN, Position.PSYCHOLOGIST])
async def test_nobody_else_finds_anybody(office: Office, position: Position) -> None:
    client = await office.diary.as_(await office.school.staff(position))
    assert await _listed(client) == []
