"""Appointing staff and ending posts, each office for those right below it."""

from collections.abc import Mapping
from typing import Any

import strawberry

from access import offices, rules, scopes
from access.hierarchy import Grant, may_appoint
from access.roles import Role
from errors import UserError
from models import Person, StaffPost
from resolvers import holders, limits
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.declaration.ids import decode
from schema.posts import (
    AppointStaffInput,
    AppointStaffPayload,
    EndPostInput,
    EndPostPayload,
    NewPersonInput,
)

_LONGEST_NAME = 100
_PLACE = Reading(
    scopes.ORGANIZATIONS,
    "Organization",
    rules.ANYONE,
    """
    SELECT {row}.id, {row}.kind, settlement.municipality_id
    FROM {rows} JOIN settlement ON settlement.id = {row}.settlement_id WHERE {reached}
    """,
)
_POST = Reading(
    offices.POSTS,
    "StaffPost",
    rules.ISSUERS,
    """
    SELECT {row}.id, {row}.person_id, {row}.position, {row}.organization_id, {row}.valid_from,
           {row}.valid_until, settlement.municipality_id
    FROM {rows} JOIN organization ON organization.id = {row}.organization_id
    JOIN settlement ON settlement.id = organization.settlement_id
    WHERE {reached} FOR NO KEY UPDATE OF {row}
    """,
)
_HELD_ALREADY = """
SELECT FROM staff_post WHERE person_id = $1 AND organization_id = $2 AND position = $3
  AND valid_from < coalesce($5::date, 'infinity') AND coalesce(valid_until, 'infinity') > $4::date
"""
# Where a post belongs: a school's are at schools, an authority's at authorities.
_AT: Mapping[str, frozenset[str]] = {
    "MUNICIPAL_AUTHORITY": frozenset({"MUNICIPAL_AUTHORITY"}),
    "REGIONAL_OPERATOR": frozenset({"REGIONAL_AUTHORITY"}),
    "SYSTEM_ADMINISTRATOR": frozenset({"OPERATOR"}),
    "SUPPORT": frozenset({"OPERATOR"}),
}
_SCHOOLS = frozenset({"PRESCHOOL", "GENERAL", "SUPPLEMENTARY", "VOCATIONAL"})


@mutation(AppointStaffPayload, allow=rules.ISSUERS)
async def appoint_staff(work: Work, input: AppointStaffInput) -> Mapping[str, Any]:  # noqa: A002
    """Give somebody a post: a school's administrator to staff, an office to those right below it.

    Nobody appoints themselves.
    """
    all_of(_problems(input))
    place = await work.read(_PLACE, input.organization_id, "organizationId")
    grant = Grant(Role(input.position.value), place["id"], place["municipality_id"])
    await _check_office(work, grant, "organizationId")
    if place["kind"] not in _AT.get(input.position.value, _SCHOOLS):
        raise UserError("OUT_OF_RANGE", "There is no such post at that organization.", "position")
    person_id = await _person(work, input)
    term = [input.valid_from, input.valid_until]
    same = [person_id, place["id"], input.position.value, *term]
    if await work.connection.execute_query_dict(_HELD_ALREADY, same):
        raise UserError("DUPLICATE", "They hold this post then.", "position")
    post_id = await work.next_id(StaffPost)
    given = {
        "person_id": person_id,
        "organization_id": place["id"],
        "position": input.position,
        "valid_from": input.valid_from,
        "valid_until": input.valid_until,
    }
    work.writes.make(StaffPost, id=post_id, **given)
    work.audit("post.given", StaffPost, post_id, after=given, organization_id=place["id"])
    return {"post": post_id}


@mutation(EndPostPayload, allow=rules.ISSUERS)
async def end_post(work: Work, input: EndPostInput) -> Mapping[str, Any]:  # noqa: A002
    """Let somebody hold a post no longer; what it gave ends with it."""
    all_of((limits.reason(input.reason),))
    post = await work.read(_POST, input.post_id, "postId")
    grant = Grant(Role(post["position"]), post["organization_id"], post["municipality_id"])
    if post["person_id"] == work.viewer.person_id:
        raise UserError("FORBIDDEN", "Nobody does this to themselves.", "postId")
    await _check_office(work, grant, "postId")
    if not post["valid_from"] <= input.on or input.on < work.viewer.today:
        raise UserError("OUT_OF_RANGE", "It ends today or later, not before it began.", "on")
    work.writes.change(StaffPost, post["id"], valid_until=input.on)
    work.audit(
        "post.ended",
        StaffPost,
        post["id"],
        before={"valid_until": post["valid_until"]},
        after={"valid_until": input.on, "reason": input.reason},
        organization_id=post["organization_id"],
    )
    return {"post": post["id"]}


def _problems(given: AppointStaffInput) -> list[UserError | None]:
    new = given.new_person
    problems: list[UserError | None] = []
    if (given.person_id is None) == (new is None):
        problems.append(UserError("REQUIRED", "Somebody known or somebody new.", "personId"))
    if given.valid_until is not None and given.valid_until <= given.valid_from:
        problems.append(UserError("OUT_OF_RANGE", "It ends after it begins.", "validUntil"))
    if new is not None:
        at = "newPerson"
        problems += (
            limits.required_text(new.last_name, _LONGEST_NAME, at, "lastName"),
            limits.required_text(new.first_name, _LONGEST_NAME, at, "firstName"),
            limits.text(new.middle_name, _LONGEST_NAME, at, "middleName"),
        )
    return problems


async def _check_office(work: Work, post: Grant, at: str) -> None:
    """Raise UserError unless the viewer's office makes appointments to that post."""
    (mine,) = await holders.grants(work, [work.viewer.person_id or 0])
    if not may_appoint(post, mine):
        raise UserError("FORBIDDEN", "Your office does not give this post.", at)


async def _person(work: Work, given: AppointStaffInput) -> int:
    """The person's number; of somebody new, of the row that will be made."""
    if given.new_person is not None:
        return await _new_person(work, given.new_person)
    wanted = given.person_id or ""
    is_staff = decode("StaffMember", wanted) is not None
    found = await work.read(holders.STAFF if is_staff else holders.ISSUED, wanted, "personId")
    person_id: int = found["person_id"]
    if person_id == work.viewer.person_id:
        raise UserError("FORBIDDEN", "Nobody appoints themselves.", "personId")
    return person_id


async def _new_person(work: Work, new: NewPersonInput) -> int:
    person_id = await work.next_id(Person)
    names = {
        "last_name": new.last_name.strip(),
        "first_name": new.first_name.strip(),
        "middle_name": new.middle_name.strip(),
    }
    work.writes.make(Person, id=person_id, **names, birth_date=new.birth_date)
    work.audit("person.entered", Person, person_id, after={"id": person_id})
    return person_id


@strawberry.type
class PostsMutation:
    """Appointing staff and ending posts."""

    appoint_staff = appoint_staff
    end_post = end_post
