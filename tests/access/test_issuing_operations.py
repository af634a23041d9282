"""Every operation of those who issue accounts × everybody, done to a teacher of the school."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import pytest
from tortoise.connection import get_connection

from models import SchoolPolicy
from tests.access.cast import EVERYBODY, Cast, Who
from tests.access.outcomes import Outcome, assert_names_everybody_once
from tests.access.test_operations import OF_OFFICES
from tests.factories import SchoolMade, StaffMade, gid, serial
from tests.factories.papers import a_consent, a_snils, papers_of_an_adult
from tests.issuing.office import holder, send
from tests.issuing.rows import child, csv_of
from tests.traces import reasons

_ABOVE_OTHERS = {
    Who.ADMINISTRATOR_ELSEWHERE,
    Who.MUNICIPAL,
    Who.MUNICIPAL_ELSEWHERE,
    Who.REGION,
}
_LEADERS = {
    Who.HOMEROOM,
    Who.HOMEROOM_OF_NEIGHBOURS,
    Who.HOMEROOM_OF_STRANGERS,
    Who.RUSSIAN_AND_HOMEROOM,
}

Table = Mapping[Outcome, AbstractSet[Who]]


def _table(done: AbstractSet[Who], hidden: AbstractSet[Who]) -> Table:
    """Who is not named is refused by their roles."""
    return {
        Outcome.DONE: done,
        Outcome.HIDDEN: hidden,
        Outcome.FORBIDDEN: EVERYBODY - done - hidden - {Who.NOBODY},
        Outcome.UNAUTHENTICATED: {Who.NOBODY},
    }


_ACCOUNTS = _table({Who.ADMINISTRATOR, Who.SYSTEM_ADMINISTRATOR}, _ABOVE_OTHERS)
# Papers of teachers are a school's; who runs the system sees none.
_PAPERS = _table({Who.ADMINISTRATOR}, _ABOVE_OTHERS | {Who.SYSTEM_ADMINISTRATOR})
_OF_ACCOUNTS: Mapping[str, Table] = {
    "recordDocument": _PAPERS,
    "recordSnils": _PAPERS,
    "recordConsent": _PAPERS,
    # Everybody has consents of their own, so that no role is refused.
    "withdrawConsent": {
        Outcome.DONE: {Who.ADMINISTRATOR},
        Outcome.HIDDEN: EVERYBODY - {Who.ADMINISTRATOR, Who.NOBODY},
        Outcome.UNAUTHENTICATED: {Who.NOBODY},
    },
    "issueAccount": _ACCOUNTS,
    "blockAccount": _ACCOUNTS,
    "unblockAccount": _ACCOUNTS,
    "endAccountSessions": _ACCOUNTS,
    "resetPassword": _table(
        {Who.ADMINISTRATOR, Who.SYSTEM_ADMINISTRATOR}, _ABOVE_OTHERS | _LEADERS
    ),
}
_MANAGEMENT_ELSEWHERE = {Who.DEPUTY_ELSEWHERE, Who.HEAD_ELSEWHERE, Who.ADMINISTRATOR_ELSEWHERE}
TABLES: Mapping[str, Table] = {
    **_OF_ACCOUNTS,
    "appointStaff": {
        **_PAPERS,
        Outcome.HIDDEN: set(),
        Outcome.READ_ONLY: _PAPERS[Outcome.HIDDEN],
    },
    "endPost": _PAPERS,
    "importClassAccounts": _table({Who.ADMINISTRATOR}, {Who.ADMINISTRATOR_ELSEWHERE}),
    "changeSchoolPolicy": _table(
        {Who.HEAD, Who.ADMINISTRATOR}, {Who.HEAD_ELSEWHERE, Who.ADMINISTRATOR_ELSEWHERE}
    ),
    "changeGradingPolicy": {
        **_table(
            {Who.DEPUTY, Who.HEAD, Who.ADMINISTRATOR},
            {*_MANAGEMENT_ELSEWHERE, Who.RUSSIAN_AND_DEPUTY},
        ),
        Outcome.HIDDEN: _MANAGEMENT_ELSEWHERE,
        # Who teaches here reads what they go by.
        Outcome.READ_ONLY: {Who.RUSSIAN_AND_DEPUTY},
    },
}
# The rows that are made or changed, by their table.
_CHANGES = {
    "recordDocument": {"identity_document": 1, "audit_entry": 1},
    "recordSnils": {"person": 1, "audit_entry": 1},
    "recordConsent": {"data_consent": 1, "audit_entry": 1},
    "withdrawConsent": {"data_consent": 1, "audit_entry": 1},
    "issueAccount": {"account": 1, "audit_entry": 1},
    "blockAccount": {"account": 1, "audit_entry": 1},
    "unblockAccount": {"account": 1, "audit_entry": 1},
    "resetPassword": {"account": 1, "audit_entry": 1},
    "endAccountSessions": {"audit_entry": 1},
    "appointStaff": {"staff_post": 1, "audit_entry": 1},
    "endPost": {"staff_post": 1, "audit_entry": 1},
    # Of two people each the entry, paper, consent and account; the enrolment; the guardianship.
    "importClassAccounts": {"audit_entry": 10},
    "changeSchoolPolicy": {"school_policy": 1, "audit_entry": 1},
    "changeGradingPolicy": {"grading_policy": 1, "audit_entry": 1},
}
_LETTERS = str.maketrans("0123456789", "абвгдежзик")
_TOLD = {Outcome.HIDDEN: "NOT_FOUND", Outcome.READ_ONLY: "FORBIDDEN"}
_STATE = """
SELECT 'person' AS name, row_to_json(r)::text AS row FROM person r WHERE id = $1
UNION ALL SELECT 'identity_document', row_to_json(r)::text FROM identity_document r
    WHERE person_id = $1
UNION ALL SELECT 'data_consent', row_to_json(r)::text FROM data_consent r WHERE subject_id = $1
UNION ALL SELECT 'account', row_to_json(r)::text FROM account r WHERE person_id = $1
UNION ALL SELECT 'school_policy', row_to_json(r)::text FROM school_policy r
    WHERE organization_id IN (SELECT organization_id FROM staff_post WHERE person_id = $1)
UNION ALL SELECT 'grading_policy', row_to_json(r)::text FROM grading_policy r
    WHERE organization_id IN (SELECT organization_id FROM staff_post WHERE person_id = $1)
UNION ALL SELECT 'staff_post', row_to_json(r)::text FROM staff_post r WHERE person_id = $1
UNION ALL SELECT 'audit_entry', row_to_json(r)::text FROM audit_entry r
    WHERE person_id = $2 AND action NOT LIKE 'session.%'
"""


def _cases() -> list[Any]:
    return [
        pytest.param(operation, who, outcome, id=f"{operation}-{who.name}")
        for operation, table in TABLES.items()
        for outcome, people in table.items()
        for who in sorted(people)
    ]


@pytest.mark.parametrize(("operation", "who", "outcome"), _cases())
async def test_an_operation(cast: Cast, operation: str, who: Who, outcome: Outcome) -> None:
    teacher = await cast.world.school.teacher()
    given = await _input(cast, teacher, operation)
    client = await cast.client(who)
    before = await _state(teacher, cast.person_id(who))
    answer = await send(client, operation, **given)
    after = await _state(teacher, cast.person_id(who))
    if outcome is Outcome.DONE:
        assert reasons(answer.data[operation]) == []
        assert _changed(before, after) == _CHANGES[operation]
        return
    assert after == before
    if outcome in _TOLD:
        assert [code for code, _ in reasons(answer.data[operation])] == [_TOLD[outcome]]
    else:
        assert answer.codes == [outcome.name]


@pytest.mark.parametrize("table", TABLES.values())
def test_a_table_names_everybody_once(table: Table) -> None:
    assert_names_everybody_once(table)


def test_the_tables_have_every_operation() -> None:
    assert set(TABLES) == OF_OFFICES


async def _of_policy(school: SchoolMade, operation: str) -> dict[str, Any]:
    given = {"organizationId": gid("Organization", school.id)}
    if operation == "changeGradingPolicy":
        return {**given, "correctionDays": serial() % 300}
    # What no other test goes by.
    await SchoolPolicy.filter(organization_id=school.id).update(quiet_from=None, quiet_until=None)
    return {**given, "quietFrom": "21:00:00", "quietUntil": "07:00:00"}


async def _input(cast: Cast, teacher: StaffMade, operation: str) -> dict[str, Any]:
    """What is sent; the teacher has whatever it takes."""
    school = cast.world.school
    who = holder(teacher)
    if operation.endswith(("Post", "Staff")):
        return _of_post(cast, teacher, operation)
    if operation.endswith("Policy"):
        return await _of_policy(school, operation)
    match operation:
        case "recordDocument":
            return {"personId": who, "kind": "PASSPORT", "number": f"{8_700_000_000 + serial()}"}
        case "recordSnils":
            return {"personId": who, "snils": a_snils()}
        case "recordConsent":
            said = {"categories": "ФИО", "document": "№ 1", "givenOn": str(school.today)}
            ids = {"subjectId": who, "givenById": who}
            return {**ids, "purpose": "DATA_PROCESSING", **said}
        case "withdrawConsent":
            consent = await a_consent(teacher, teacher, school.id)
            return {"consentId": gid("DataConsent", consent.id), "reason": "Уволен"}
        case "importClassAccounts":
            klass = await school.class_("9" + str(serial()).translate(_LETTERS))
            return {"classId": gid("SchoolClass", klass.id), "csv": csv_of(child())}
    await papers_of_an_adult(teacher, school.id)
    if operation == "issueAccount":
        return {"personId": who}
    account = await teacher.account()
    if operation == "unblockAccount":
        await account.block()
    return {"personId": who, "reason": "Просьба"}


def _of_post(cast: Cast, teacher: StaffMade, operation: str) -> dict[str, Any]:
    school = cast.world.school
    if operation == "endPost":
        told = {"on": str(school.today), "reason": "Уволен"}
        return {"postId": gid("StaffPost", teacher.post.id), **told}
    post = {"organizationId": gid("Organization", school.id), "position": "LIBRARIAN"}
    return {**post, "personId": gid("StaffMember", teacher.id), "validFrom": str(school.today)}


async def _state(teacher: StaffMade, person_id: int) -> Mapping[str, frozenset[str]]:
    rows = await get_connection("default").execute_query_dict(_STATE, [teacher.id, person_id])
    names = sorted({row["name"] for row in rows} | set().union(*_CHANGES.values()))
    return {name: frozenset(row["row"] for row in rows if row["name"] == name) for name in names}


def _changed(
    before: Mapping[str, frozenset[str]], after: Mapping[str, frozenset[str]]
) -> dict[str, int]:
    found = {name: len(rows - before[name]) for name, rows in after.items()}
    return {name: count for name, count in found.items() if count}
