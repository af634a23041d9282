"""Every operation on personal data × everybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from tests.access.cast import Cast, Who
from tests.access.outcomes import (
    Outcome,
    Table,
    assert_audited,
    assert_refused,
    cases,
    others_forbidden,
    payload_of,
    state_around,
)
from tests.access.state import changed
from tests.factories import GuardianMade, PupilMade, gid, serial

_REVEAL = {
    Outcome.DONE: {Who.PUPIL, Who.HOMEROOM, Who.DEPUTY, Who.HEAD, Who.ADMINISTRATOR},
    Outcome.READ_ONLY: {Who.PSYCHOLOGIST, Who.RUSSIAN_AND_HOMEROOM, Who.RUSSIAN_AND_DEPUTY},
    Outcome.HIDDEN: {
        Who.CLASSMATE,
        Who.NEIGHBOUR,
        Who.STRANGER,
        Who.HOMEROOM_OF_NEIGHBOURS,
        Who.HOMEROOM_OF_STRANGERS,
        Who.DEPUTY_ELSEWHERE,
        Who.HEAD_ELSEWHERE,
        Who.ADMINISTRATOR_ELSEWHERE,
        Who.PSYCHOLOGIST_ELSEWHERE,
    },
}
_CHANGE_PERSONAL_DATA = {
    Outcome.DONE: {Who.ADMINISTRATOR, Who.HOMEROOM},
    Outcome.READ_ONLY: {Who.RUSSIAN_AND_HOMEROOM},
    Outcome.HIDDEN: {
        Who.HOMEROOM_OF_NEIGHBOURS,
        Who.HOMEROOM_OF_STRANGERS,
        Who.ADMINISTRATOR_ELSEWHERE,
    },
}
_CHANGE_CARE = {
    Outcome.DONE: {Who.ADMINISTRATOR, Who.PSYCHOLOGIST},
    Outcome.HIDDEN: {Who.ADMINISTRATOR_ELSEWHERE, Who.PSYCHOLOGIST_ELSEWHERE},
}
_CHANGE_GUARDIAN_DATA = {
    Outcome.DONE: {Who.ADMINISTRATOR},
    Outcome.HIDDEN: {Who.ADMINISTRATOR_ELSEWHERE},
}


OF_PEOPLE: Mapping[str, Table] = {
    "Reveal": others_forbidden(_REVEAL),
    "ChangePersonalData": others_forbidden(_CHANGE_PERSONAL_DATA),
    "ChangeCare": others_forbidden(_CHANGE_CARE),
    "ChangeGuardianData": others_forbidden(_CHANGE_GUARDIAN_DATA),
}

# How many rows an operation that is done makes or changes, by their table.
_CHANGES = {
    "Reveal": {"audit_entry": 1},
    "ChangePersonalData": {"person": 1, "audit_entry": 1},
    "ChangeCare": {"student": 1, "audit_entry": 1},
    "ChangeGuardianData": {"person": 1, "audit_entry": 1},
}

# What is asked of a payload beside its errors.
_ANSWERED = {
    "Reveal": "value",
    "ChangePersonalData": "student { id }",
    "ChangeCare": "student { id }",
    "ChangeGuardianData": "guardian { id }",
}


@dataclass
class Newcomer:
    """A pupil of 7А whose card may be changed, for nobody else looks at it; and a guardian."""

    pupil: PupilMade
    guardian: GuardianMade


@pytest.fixture(scope="module")
async def newcomer(cast: Cast) -> Newcomer:
    pupil = await cast.world.klass.pupil()
    return Newcomer(pupil, await pupil.guardian())


@pytest.mark.parametrize(("operation", "who", "outcome"), cases(OF_PEOPLE))
async def test_a_mutation_of_people(
    cast: Cast, newcomer: Newcomer, operation: str, who: Who, outcome: Outcome
) -> None:
    field, given = _of_people(cast, newcomer, operation)
    root = operation[0].lower() + operation[1:]
    selected = f"{_ANSWERED[operation]} userErrors {{ code field }}"
    document = f"mutation ($input: {operation}Input!) {{ {root}(input: $input) {{ {selected} }} }}"
    client = await cast.client(who)
    people = {"pupils": [newcomer.pupil.id], "persons": [newcomer.guardian.id]}
    before = await state_around(cast, **people)
    answer = await client.send(document, input=given)
    after = await state_around(cast, **people)
    if outcome is Outcome.DONE:
        assert payload_of(answer)["userErrors"] == []
        assert changed(before, after) == _CHANGES[operation]
        assert_audited(cast, who, before, after)
    else:
        assert_refused(answer, outcome, field)
        assert after == before


def _of_people(cast: Cast, newcomer: Newcomer, operation: str) -> tuple[str, dict[str, Any]]:
    """What is sent, something new each time; and which field of it says of whom."""
    student_id = gid("Student", newcomer.pupil.id)
    text = f"№ {serial()}"
    match operation:
        case "Reveal":
            pupil = gid("Student", cast.world.pupil.id)
            return "id", {"id": pupil, "field": "SNILS", "reason": "Сверка с документом"}
        case "ChangePersonalData":
            born = date(2010, 1, 1) + timedelta(days=serial())
            return "studentId", {"studentId": student_id, "birthDate": str(born)}
        case "ChangeCare":
            return "studentId", {"studentId": student_id, "specialNeeds": text}
    guardian_id = gid("Guardian", newcomer.guardian.guardianship.id)
    return "guardianId", {"guardianId": guardian_id, "workplace": text}
