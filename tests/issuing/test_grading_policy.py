"""What a school settles of its marks and journals: who reads and who changes it."""

from typing import Any

import pytest

from models import GradingPolicy, Position
from tests.diary import Client
from tests.factories import gid
from tests.issuing.conftest import Office
from tests.issuing.office import do
from tests.traces import deeds, reasons

_READ = """query ($id: ID!) { node(id: $id) { ... on Organization { gradingPolicy {
  correctionDays fiveFrom fourFrom threeFrom fewestMarks fewestMarksOfHalfYear
  absenceLimitPercent debtsBecomeTwo learningDegreeWeighsOnes pupilsAnswerHomework } } } }"""
_USUAL = {
    "correctionDays": 7,
    "fiveFrom": 4.5,
    "fourFrom": 3.5,
    "threeFrom": 2.5,
    "fewestMarks": 3,
    "fewestMarksOfHalfYear": 5,
    "absenceLimitPercent": 30,
    "debtsBecomeTwo": False,
    "learningDegreeWeighsOnes": False,
    "pupilsAnswerHomework": True,
}
_NOVOSIBIRSK = {"fiveFrom": 4.65, "fourFrom": 3.65, "threeFrom": 2.65}


async def _policy(office: Office, client: Client) -> Any:
    school = gid("Organization", office.school.id)
    return (await client.send(_READ, id=school)).data["node"]["gradingPolicy"]


async def _settle(office: Office, client: Client, **given: Any) -> Any:
    school = gid("Organization", office.school.id)
    return await do(client, "changeGradingPolicy", organizationId=school, **given)


async def test_it_is_changed_bit_by_bit(office: Office) -> None:
    deputy = await office.diary.as_(await office.school.staff(Position.DEPUTY_HEAD))
    assert await _policy(office, deputy) == _USUAL
    for given in (_NOVOSIBIRSK, {"correctionDays": 3, "debtsBecomeTwo": True}):
        assert (await _settle(office, deputy, **given))["userErrors"] == []
    changed = {**_USUAL, **_NOVOSIBIRSK, "correctionDays": 3, "debtsBecomeTwo": True}
    assert await _policy(office, deputy) == changed
    first, second = await deeds("GradingPolicy", office.school.id)
    assert (first.before["five_from"], first.after["five_from"]) == ("4.50", "4.65")
    assert second.after == {"correction_days": 3, "debts_become_two": True}


@pytest.mark.parametrize(
    ("position", "is_read"),
    [(Position.HEAD, True), (Position.LIBRARIAN, False), (Position.REGIONAL_OPERATOR, False)],
)
async def test_the_management_reads_it(
    office: Office, position: Position, *, is_read: bool
) -> None:
    client = await office.diary.as_(await office.school.staff(position))
    assert await _policy(office, client) == (_USUAL if is_read else None)


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({}, [("REQUIRED", None)]),
        ({"correctionDays": -1}, [("OUT_OF_RANGE", "correctionDays")]),
        (
            {"absenceLimitPercent": 0, "fewestMarks": 51},
            [("OUT_OF_RANGE", "fewestMarks"), ("OUT_OF_RANGE", "absenceLimitPercent")],
        ),
        ({"fourFrom": 4.5}, [("OUT_OF_RANGE", "fiveFrom")]),
        ({"fiveFrom": 4.555}, [("OUT_OF_RANGE", "fiveFrom")]),
        ({"fiveFrom": 5.01}, [("OUT_OF_RANGE", "fiveFrom")]),
    ],
)
async def test_what_makes_no_sense_is_refused(office: Office, given: Any, errors: Any) -> None:
    assert reasons(await _settle(office, office.client, **given)) == errors
    assert not await GradingPolicy.filter(organization_id=office.school.id).exists()
