"""The audit trail × everybody: which deeds are read of, and how much of them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from models import AuditEntry, Person
from tests.access.cast import EVERYBODY, Cast, Who
from tests.diary import Answer
from tests.factories import gid

_NOW = datetime.now(UTC)
_FIELDS = "kind action actor { fullName } roles entity rowId before after requestId address"
_PAGE = (
    "query ($after: String, $kind: AuditKind, $since: DateTime, $until: DateTime, $actor: ID, "
    "$mark: ID) { viewer { auditEntries(first: 100, after: $after, kind: $kind, since: $since, "
    "until: $until, actorId: $actor, markId: $mark) { totalCount nodes { id } "
    "pageInfo { hasNextPage endCursor } } } }"
)


class Deeds(NamedTuple):
    """One entry of each kind that makes a difference."""

    mark: int
    attendance: int
    blocked: int
    elsewhere: int
    sign_in: int
    failed: int


_MANAGE = {Who.HEAD, Who.ADMINISTRATOR}
_MANAGE_ELSEWHERE = {Who.HEAD_ELSEWHERE, Who.ADMINISTRATOR_ELSEWHERE}
_TECHNICIANS = {Who.REGION, Who.SYSTEM_ADMINISTRATOR}
READERS: Mapping[str, set[Who]] = {
    "mark": {Who.DEPUTY, *_MANAGE},
    "attendance": _MANAGE,
    "blocked": {*_MANAGE, *_TECHNICIANS},
    "elsewhere": {Who.DEPUTY_ELSEWHERE, Who.RUSSIAN_AND_DEPUTY, *_MANAGE_ELSEWHERE},
    "sign_in": {Who.GUARDIAN, *_TECHNICIANS},
    "failed": _TECHNICIANS,
}


@pytest.fixture(scope="module")
async def deeds(cast: Cast) -> Deeds:
    """Write down deeds of the teacher, the administrator, a guardian and nobody."""
    here, there = cast.world.school.id, cast.world.elsewhere.id
    teacher, admin = cast.person_id(Who.TEACHER), cast.person_id(Who.ADMINISTRATOR)
    return Deeds(
        mark=await _written("mark.corrected", "Mark", teacher, here),
        attendance=await _written("attendance.recorded", "Attendance", teacher, here),
        blocked=await _written("account.blocked", "Account", admin, here),
        elsewhere=await _written("mark.corrected", "Mark", teacher, there),
        sign_in=await _written("session.begun", "Session", cast.person_id(Who.GUARDIAN), None),
        failed=await _written("sign_in.failed", "Account", None, None),
    )


async def _written(action: str, entity: str, person: int | None, school: int | None) -> int:
    entry = await AuditEntry.create(
        at=_NOW,
        person_id=person,
        organization_id=school,
        roles=["TEACHER"],
        action=action,
        entity=entity,
        row_id=77,
        before={"value": 3},
        after={"value": 5},
        request_id="the request",
        address="192.0.2.7",
        strand=0,
        number=0,
        hash=b"",
    )
    number: int = entry.id
    return number


@pytest.mark.parametrize("deed", Deeds._fields)
@pytest.mark.parametrize("who", sorted(EVERYBODY))
async def test_a_deed_is_read_by_whom_the_matrix_names(
    cast: Cast, deeds: Deeds, who: Who, deed: str
) -> None:
    number = getattr(deeds, deed)
    answer = await _node(cast, who, number, "id action")
    is_reader = who in READERS[deed]
    assert (answer.data["node"] is not None) is is_reader
    if who is not Who.NOBODY:
        listed = await _listed(cast, who)
        assert (gid("AuditEntry", number) in listed) is is_reader


async def test_all_of_it_is_told_at_the_school(cast: Cast, deeds: Deeds) -> None:
    answer = await _node(cast, Who.DEPUTY, deeds.mark, _FIELDS)
    assert answer.data["node"] == {
        "kind": "MARK",
        "action": "mark.corrected",
        "actor": {"fullName": (await Person.get(id=cast.person_id(Who.TEACHER))).full_name},
        "roles": ["TEACHER"],
        "entity": "Mark",
        "rowId": gid("Mark", 77),
        "before": {"value": 3},
        "after": {"value": 5},
        "requestId": "the request",
        "address": "192.0.2.7",
    }


@pytest.mark.parametrize(
    ("who", "deed", "is_actor_told", "are_values_told"),
    [
        (Who.HEAD, "blocked", True, True),
        (Who.ADMINISTRATOR, "blocked", True, True),
        (Who.SYSTEM_ADMINISTRATOR, "blocked", True, False),
        (Who.REGION, "blocked", False, False),
        (Who.GUARDIAN, "sign_in", False, True),
    ],
)
async def test_values_and_names_are_for_the_school(
    cast: Cast, deeds: Deeds, who: Who, deed: str, *, is_actor_told: bool, are_values_told: bool
) -> None:
    """A family's own names are none of staff, so that of a guardian's deed no actor is told."""
    answer = await _node(cast, who, getattr(deeds, deed), "actor { fullName } before after")
    node = answer.data["node"]
    assert (node["actor"] is not None) is is_actor_told
    assert {node["before"] is not None, node["after"] is not None} == {are_values_told}


async def test_what_is_looked_for_is_found(cast: Cast, deeds: Deeds) -> None:
    teacher = gid("StaffMember", cast.person_id(Who.TEACHER))
    for given, found in (
        ({"kind": "MARK"}, {deeds.mark}),
        ({"kind": "ACCOUNT"}, {deeds.blocked}),
        ({"actor": teacher}, {deeds.mark, deeds.attendance}),
        ({"mark": gid("Mark", 77)}, {deeds.mark}),
        ({"mark": gid("Session", 77)}, set()),
        ({"since": (_NOW + timedelta(days=1)).isoformat()}, set()),
        ({"until": (_NOW - timedelta(days=1)).isoformat()}, set()),
    ):
        ours = {gid("AuditEntry", each) for each in deeds}
        listed = await _listed(cast, Who.HEAD, **given)
        assert listed & ours == {gid("AuditEntry", each) for each in found}


async def test_a_mark_is_written_down_at_its_school(cast: Cast) -> None:
    teacher = await cast.client(Who.TEACHER)
    lesson = await cast.world.algebra.lesson()
    payload = await teacher.do(
        "RecordMark",
        lessonId=gid("Lesson", lesson.id),
        studentId=gid("Student", cast.world.pupil.id),
        value=5,
    )
    (entry,) = await _listed(cast, Who.DEPUTY, mark=payload["mark"]["id"])
    answer = await (await cast.client(Who.DEPUTY)).send(
        f'{{ node(id: "{entry}") {{ ... on AuditEntry {{ action after }} }} }}'
    )
    node = answer.data["node"]
    assert node["action"] == "mark.recorded"
    assert node["after"]["value"] == 5


async def _node(cast: Cast, who: Who, number: int, selection: str) -> Answer:
    document = f"query ($id: ID!) {{ node(id: $id) {{ ... on AuditEntry {{ {selection} }} }} }}"
    return await (await cast.client(who)).send(document, id=gid("AuditEntry", number))


async def _listed(cast: Cast, who: Who, **given: Any) -> set[str]:
    """The ids of all entries that are listed, page by page."""
    client, found, after = await cast.client(who), set[str](), None
    while True:
        page = (await client.send(_PAGE, after=after, **given)).data["viewer"]["auditEntries"]
        found |= {node["id"] for node in page["nodes"]}
        if not page["pageInfo"]["hasNextPage"]:
            assert len(found) == page["totalCount"]
            return found
        after = page["pageInfo"]["endCursor"]
