"""Whom an event is for: from the input to rows, for those who may announce there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from tortoise.expressions import Q

import models
from access import announcing, facts, scopes
from access.rows import bound, reached
from access.scope import Scope
from access.viewer import ME
from errors import UserError
from resolvers.work import Work, all_of
from schema.announcing import EventAudienceInput
from schema.declaration.ids import decode

Row = Mapping[str, Any]

_MOST_CLASSES = 100
_GRADES = range(13)
_AUTHORITIES = (models.Position.REGIONAL_OPERATOR, models.Position.MUNICIPAL_AUTHORITY)
PLACES = ("region_id", "municipality_id", "organization_id", "school_class_id")


@dataclass(frozen=True)
class _Kind:
    """A kind of place: by which column, in whose reach it is written for, and merely seen."""

    column: str
    label: str
    written: Scope
    seen: Scope


_CLASS = _Kind("school_class_id", "SchoolClass", announcing.ADDRESSED_CLASSES, scopes.CLASSES)
_SCHOOL = _Kind(
    "organization_id", "Organization", announcing.ADDRESSED_ORGANIZATIONS, scopes.ORGANIZATIONS
)
_MUNICIPALITY = _Kind(
    "municipality_id", "Municipality", announcing.ADDRESSED_MUNICIPALITIES, scopes.MUNICIPALITIES
)
_REGION = _Kind("region_id", "Region", announcing.ADDRESSED_REGIONS, scopes.REGIONS)


async def rows_of(work: Work, given: EventAudienceInput) -> Sequence[Row]:
    """The audience as rows, one for each place, grade and role.

    Raises UserError for what is no audience, and for places for which the viewer may not write.
    """
    all_of((_kinds(given), _classes(given), _grades(given)))
    grades = dict.fromkeys(given.grade_levels or ()) or (None,)
    roles = dict.fromkeys(given.roles or ()) or (None,)
    places = await _places(work, given)
    nowhere = dict.fromkeys(PLACES)
    return [
        {**nowhere, **place, "grade_level": grade, "role": role}
        for place, grade, role in product(places, grades, roles)
    ]


async def may_still(work: Work, rows: Collection[Row]) -> bool:
    """Whether the viewer may still write for every place of the rows."""
    for kind in (_CLASS, _SCHOOL, _MUNICIPALITY, _REGION):
        wanted = {row[kind.column] for row in rows if _kind_of(row) is kind}
        if wanted - set(await _within(work, kind.written, wanted)):
            return False
    return True


async def office_of(work: Work, rows: Collection[Row]) -> int:
    """Where the author writes it: a school of theirs that it is for, or their authority."""
    held = await models.StaffPost.filter(
        bound(Q(person_id=ME) & facts.holds_today(), work.viewer)
    ).values("organization_id", "position")
    schools = {row["organization_id"] for row in rows}
    for post in held:
        if post["organization_id"] in schools:
            return int(post["organization_id"])
    return int(next(p["organization_id"] for p in held if p["position"] in _AUTHORITIES))


async def concerned(rows: Collection[Row]) -> Sequence[int] | None:
    """The organizations whose people hear of it; None where it is everybody."""
    if any(row["region_id"] for row in rows):
        return None
    found = {row["organization_id"] for row in rows if row["organization_id"]}
    if municipalities := {row["municipality_id"] for row in rows if row["municipality_id"]}:
        there = models.Organization.filter(settlement__municipality_id__in=list(municipalities))
        found |= {row["id"] for row in await there.values("id")}
    return sorted(found)


def _kind_of(row: Row) -> _Kind:
    kinds = (_CLASS, _SCHOOL, _MUNICIPALITY, _REGION)
    return next(kind for kind in kinds if row[kind.column])


def _kinds(given: EventAudienceInput) -> UserError | None:
    named = (
        given.school_id is not None or given.class_ids is not None,
        given.municipality_id is not None,
        given.region_id is not None,
    )
    if not any(named):
        return UserError("REQUIRED", "Say whom it is for.", "audience")
    if sum(named) > 1:
        return UserError("OUT_OF_RANGE", "Name one kind of place.", "audience")
    return None


def _classes(given: EventAudienceInput) -> UserError | None:
    if given.class_ids is None:
        return None
    if not given.class_ids:
        return UserError("REQUIRED", "Name at least one class.", "audience", "classIds")
    if len(given.class_ids) > _MOST_CLASSES:
        return UserError("TOO_LONG", f"At most {_MOST_CLASSES} classes.", "audience", "classIds")
    return None


def _grades(given: EventAudienceInput) -> UserError | None:
    if not given.grade_levels:
        return None
    if given.class_ids is not None:
        message = "A class is of one grade already."
        return UserError("OUT_OF_RANGE", message, "audience", "gradeLevels")
    if any(level not in _GRADES for level in given.grade_levels):
        return UserError("OUT_OF_RANGE", "A grade is from 0 to 12.", "audience", "gradeLevels")
    return None


async def _places(work: Work, given: EventAudienceInput) -> Sequence[Row]:
    if given.class_ids is not None:
        return await _named_classes(work, given.class_ids, given.school_id)
    for kind, named, at in (
        (_SCHOOL, given.school_id, "schoolId"),
        (_MUNICIPALITY, given.municipality_id, "municipalityId"),
        (_REGION, given.region_id, "regionId"),
    ):
        if named is not None:
            (number,) = await _numbers(work, kind, {at: named})
            return [{kind.column: number}]
    raise TypeError("An audience without a place.")


async def _named_classes(
    work: Work, class_ids: Sequence[str], school_id: str | None
) -> Sequence[Row]:
    named = {f"classIds.{at}": each for at, each in enumerate(class_ids)}
    numbers = await _numbers(work, _CLASS, named)
    found = await models.SchoolClass.filter(id__in=numbers).values("id", "organization_id")
    school = None if school_id is None else decode("Organization", school_id)
    schools = {row["id"]: row["organization_id"] for row in found}
    if school_id is not None:
        all_of(
            UserError("OUT_OF_RANGE", "The class is of another school.", "audience", at)
            for at, number in zip(named, numbers, strict=True)
            if schools[number] != school
        )
    return [
        {"organization_id": schools[number], "school_class_id": number}
        for number in dict.fromkeys(numbers)
    ]


async def _numbers(work: Work, kind: _Kind, named: Mapping[str, str]) -> Sequence[int]:
    """The places' numbers; raises for each that is hidden, or that is not theirs to write for."""
    numbers = {at: decode(kind.label, each) for at, each in named.items()}
    wanted = {number for number in numbers.values() if number is not None}
    written = await _within(work, kind.written, wanted)
    seen = written if written == wanted else await _within(work, kind.seen, wanted)
    all_of(
        UserError("FORBIDDEN", "You may not announce anything there.", "audience", at)
        if number in seen
        else UserError("NOT_FOUND", "There is no such place.", "audience", at)
        for at, number in numbers.items()
        if number not in written
    )
    return [number for number in numbers.values() if number is not None]


async def _within(work: Work, scope: Scope, wanted: Collection[int]) -> set[int]:
    if not wanted:
        return set()
    query = reached(scope, work.viewer).using_db(work.connection).filter(id__in=list(wanted))
    return {row["id"] for row in await query.values("id")}
