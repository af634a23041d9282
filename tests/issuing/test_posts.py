"""Posts: who gives and ends which, and what comes of it."""

from datetime import timedelta
from typing import Any

import pytest

from models import OrganizationKind, Person, Position, StaffPost
from tests.accounts.signing import is_signed_in
from tests.diary import Client
from tests.factories import SchoolMade, StaffMade, a_school, gid
from tests.issuing.conftest import Office
from tests.issuing.office import do, holder
from tests.traces import deeds, number, reasons


async def _appoint(client: Client, organization_id: int, position: Position, **given: Any) -> Any:
    place = {"organizationId": gid("Organization", organization_id), "position": position.value}
    return await do(client, "appointStaff", **place, **given)


def _member(who: StaffMade) -> str:
    return gid("StaffMember", who.id)


async def test_somebody_new_is_appointed_and_then_leaves(office: Office) -> None:
    today = office.school.today
    payload = await _appoint(
        office.client,
        office.school.id,
        Position.TEACHER,
        newPerson={"lastName": "Ильмова", "firstName": "Зоя"},
        validFrom=str(today),
    )
    assert payload["userErrors"] == []
    post = await StaffPost.get(id=number(payload["post"]["id"])).select_related("person")
    assert (post.person.full_name, post.valid_from, post.valid_until) == (
        "Ильмова Зоя",
        today,
        None,
    )
    ended = await do(
        office.client, "endPost", postId=payload["post"]["id"], on=str(today), reason="Уволена"
    )
    assert ended["post"]["validUntil"] == str(today)
    given, taken = await deeds("StaffPost", post.id)
    assert (given.action, taken.action) == ("post.given", "post.ended")
    assert (taken.before, taken.after) == (
        {"valid_until": None},
        {"valid_until": str(today), "reason": "Уволена"},
    )


async def test_each_office_appoints_those_right_below_it(office: Office) -> None:
    school = office.school
    kinds = {
        Position.MUNICIPAL_AUTHORITY: OrganizationKind.MUNICIPAL_AUTHORITY,
        Position.REGIONAL_OPERATOR: OrganizationKind.REGIONAL_AUTHORITY,
        Position.SUPPORT: OrganizationKind.OPERATOR,
    }
    places = {each: (await school.authority(kind)).id for each, kind in kinds.items()}
    offices = {
        each: await office.diary.as_(await school.staff(each))
        for each in (
            Position.MUNICIPAL_AUTHORITY,
            Position.REGIONAL_OPERATOR,
            Position.SYSTEM_ADMINISTRATOR,
        )
    }
    offices[Position.SCHOOL_ADMINISTRATOR] = office.client
    right = {
        (Position.SCHOOL_ADMINISTRATOR, Position.TEACHER),
        (Position.MUNICIPAL_AUTHORITY, Position.SCHOOL_ADMINISTRATOR),
        (Position.REGIONAL_OPERATOR, Position.MUNICIPAL_AUTHORITY),
        (Position.SYSTEM_ADMINISTRATOR, Position.REGIONAL_OPERATOR),
        (Position.SYSTEM_ADMINISTRATOR, Position.SUPPORT),
    }
    for above, client in offices.items():
        for position in (*kinds, Position.SCHOOL_ADMINISTRATOR, Position.TEACHER):
            payload = await _appoint(
                client,
                places.get(position, school.id),
                position,
                newPerson={"lastName": "Ильмова", "firstName": "Зоя"},
                validFrom=str(office.school.today + timedelta(days=1)),
            )
            is_right = (above, position) in right
            assert reasons(payload) == ([] if is_right else [("FORBIDDEN", "organizationId")])


async def test_not_at_a_school_of_another_municipality(office: Office) -> None:
    elsewhere: SchoolMade = await a_school()
    client = await office.diary.as_(await office.school.staff(Position.MUNICIPAL_AUTHORITY))
    payload = await _appoint(
        client,
        elsewhere.id,
        Position.SCHOOL_ADMINISTRATOR,
        personId=_member(office.teacher),
        validFrom=str(office.school.today),
    )
    assert reasons(payload) == [("FORBIDDEN", "organizationId")]


async def test_user_errors(office: Office) -> None:
    today, school = office.school.today, office.school.id
    known = {"personId": _member(office.teacher), "validFrom": str(today)}
    cases: list[tuple[Position, dict[str, Any], tuple[str, str]]] = [
        (Position.TEACHER, known, ("DUPLICATE", "position")),
        (Position.TEACHER, {"validFrom": str(today)}, ("REQUIRED", "personId")),
        (Position.HEAD, {**known, "validUntil": str(today)}, ("OUT_OF_RANGE", "validUntil")),
        (
            Position.HEAD,
            {**known, "personId": holder(office.administrator)},
            ("FORBIDDEN", "personId"),
        ),
        (
            Position.HEAD,
            {"newPerson": {"lastName": " ", "firstName": "А"}, "validFrom": str(today)},
            ("REQUIRED", "newPerson.lastName"),
        ),
    ]
    before = (await Person.all().count(), await StaffPost.all().count())
    for position, given, error in cases:
        assert reasons(await _appoint(office.client, school, position, **given)) == [error]
    assert (await Person.all().count(), await StaffPost.all().count()) == before


async def test_posts_belong_where_they_belong(office: Office) -> None:
    client = await office.diary.as_(await office.school.staff(Position.REGIONAL_OPERATOR))
    payload = await _appoint(
        client,
        office.school.id,
        Position.MUNICIPAL_AUTHORITY,
        personId=_member(office.teacher),
        validFrom=str(office.school.today),
    )
    assert reasons(payload) == [("OUT_OF_RANGE", "position")]


@pytest.mark.parametrize(
    ("days", "reason", "error"),
    [(-1, "Уволен", ("OUT_OF_RANGE", "on")), (0, " ", ("REQUIRED", "reason"))],
)
async def test_a_post_ends_today_or_later_for_a_reason(
    office: Office, days: int, reason: str, error: tuple[str, str]
) -> None:
    on = str(office.school.today + timedelta(days=days))
    given = {"postId": gid("StaffPost", office.teacher.post.id), "on": on, "reason": reason}
    assert reasons(await do(office.client, "endPost", **given)) == [error]
    assert (await StaffPost.get(id=office.teacher.post.id)).valid_until is None


async def test_nobody_ends_their_own_or_an_equal_s_post(office: Office) -> None:
    colleague = await office.school.staff(Position.SCHOOL_ADMINISTRATOR)
    for who in (office.administrator, colleague):
        given = {"postId": gid("StaffPost", who.post.id), "on": str(office.school.today)}
        told = reasons(await do(office.client, "endPost", **given, reason="Уволен"))
        assert told == [("FORBIDDEN", "postId")]
    assert await is_signed_in(office.client)
