"""Saying who stands in for a section's teacher, and until when."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import strawberry

from access import rules, scopes
from errors import UserError
from models import ChangeArea, ChangeKind, Substitution
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.substitution_clashes import refuse_clashes_of_substitute
from resolvers.work import Work, all_of
from schema.declaration.ids import decode
from schema.substitutions import (
    AssignSubstituteInput,
    AssignSubstitutePayload,
    EndSubstitutionInput,
    EndSubstitutionPayload,
)
from subscriptions import topics
from subscriptions.log import Change


def _to_come(section: str, first: str, after: str) -> str:
    """The section's lessons of these days that are not over, and the pupils who have them."""
    days = f"date >= greatest(CURRENT_DATE, {first}) AND date < {after}"
    return f"""
        ARRAY(
            SELECT id FROM lesson WHERE section_id = {section} AND {days} ORDER BY date, number
        ) AS lessons,
        ARRAY(
            SELECT DISTINCT student_id FROM diary_entry WHERE section_id = {section} AND {days}
        ) AS students
    """  # noqa: S608 — names of this module


# The school is held, so that two who assign or plan at once see one another's.
_SECTION = Reading(
    scopes.SECTIONS,
    "CourseSection",
    rules.SUBSTITUTION_MAKERS,
    f"""
    SELECT {{row}}.id, class.organization_id, year.starts_on, year.ends_on,
           nextval('substitution_id_seq') AS substitution_id,
           EXISTS (
               SELECT FROM staff_post post
               WHERE post.person_id = {{teacher}} AND post.organization_id = class.organization_id
                 AND post.valid_from <= greatest(CURRENT_DATE, {{first}})
                 AND (post.valid_until IS NULL
                      OR post.valid_until > greatest(CURRENT_DATE, {{first}}))
           ) AS teacher_works_there,
           {_to_come("{row}.id", "{first}", "{after}")}
    FROM {{rows}}
    JOIN school_class class ON class.id = {{row}}.school_class_id
    JOIN school_year year ON year.id = class.school_year_id
    JOIN organization school ON school.id = class.organization_id
    WHERE {{reached}}
    FOR NO KEY UPDATE OF school
    """,  # noqa: S608 — as above
    given={"teacher": "bigint", "first": "date", "after": "date"},
)
_SUBSTITUTION = Reading(
    scopes.SUBSTITUTIONS,
    "Substitution",
    rules.SUBSTITUTION_MAKERS,
    f"""
    SELECT {{row}}.id, {{row}}.teacher_id, {{row}}.valid_from, {{row}}.valid_until,
           class.organization_id,
           {_to_come("{row}.section_id", "{row}.valid_from", "{row}.valid_until")}
    FROM {{rows}}
    JOIN course_section section ON section.id = {{row}}.section_id
    JOIN school_class class ON class.id = section.school_class_id
    WHERE {{reached}}
    FOR NO KEY UPDATE OF {{row}}
    """,  # noqa: S608 — as above
)


@mutation(AssignSubstitutePayload, allow=_SECTION.via)
async def assign_substitute(work: Work, input: AssignSubstituteInput) -> Mapping[str, Any]:  # noqa: A002
    """Let somebody stand in for a teacher: they read and write the section's lessons.

    They have no other lesson at the time of one of these, unless they take both together.
    """
    all_of((_in_order(work, input),))
    teacher_id = decode("StaffMember", input.teacher_id) or 0
    section = await work.read(
        _SECTION,
        input.section_id,
        "sectionId",
        teacher=teacher_id,
        first=input.valid_from,
        after=input.valid_until,
    )
    all_of(
        (
            None
            if section["teacher_works_there"]
            else UserError("NOT_FOUND", "Nobody of that id works at the school.", "teacherId"),
            _within_year(section, input),
        )
    )
    await _alone(section["id"], input)
    if not input.is_joint:
        await refuse_clashes_of_substitute(
            work.connection, section, teacher_id, input.valid_from, input.valid_until
        )
    given = {
        "valid_from": input.valid_from,
        "valid_until": input.valid_until,
        "is_joint": input.is_joint,
    }
    row_id = section["substitution_id"]
    who = {"section_id": section["id"], "teacher_id": teacher_id}
    work.writes.make(Substitution, id=row_id, **who, **given)
    work.audit(
        "substitution.assigned",
        Substitution,
        row_id,
        after={**who, **given},
        organization_id=section["organization_id"],
    )
    _announce(work, section, teacher_id)
    return {"substitution": row_id}


@mutation(EndSubstitutionPayload, allow=_SUBSTITUTION.via)
async def end_substitution(work: Work, input: EndSubstitutionInput) -> Mapping[str, Any]:  # noqa: A002
    """End a substitution at once, or take one back that has not begun."""
    row = await work.read(_SUBSTITUTION, input.substitution_id, "substitutionId")
    if row["valid_until"] <= max(work.viewer.today, row["valid_from"]):
        raise UserError("IN_PAST", "The substitution is over.", "substitutionId")
    valid_until = max(work.viewer.today, row["valid_from"])
    work.writes.change(Substitution, row["id"], valid_until=valid_until)
    work.audit(
        "substitution.ended",
        Substitution,
        row["id"],
        before={"valid_until": row["valid_until"]},
        after={"valid_until": valid_until},
        organization_id=row["organization_id"],
    )
    _announce(work, row, row["teacher_id"])
    return {"substitution": row["id"]}


def _announce(work: Work, about: Mapping[str, Any], teacher: int) -> None:
    """Tell of each lesson to come that somebody else gives now; what is over is no news."""
    for lesson in about["lessons"]:
        change = Change(
            topics.school(about["organization_id"]),
            ChangeArea.LESSONS,
            ChangeKind.SUBSTITUTED,
            lesson,
            students=about["students"],
            also_told=[teacher],
        )
        work.announce(change)


def _in_order(work: Work, given: AssignSubstituteInput) -> UserError | None:
    if given.valid_until <= given.valid_from:
        return UserError("OUT_OF_RANGE", "The last day lies before the first.", "validUntil")
    if given.valid_until <= work.viewer.today:
        return UserError("IN_PAST", "These days are over.", "validUntil")
    return None


def _within_year(section: Mapping[str, Any], given: AssignSubstituteInput) -> UserError | None:
    first, last = section["starts_on"], section["ends_on"]
    for at, day in (
        ("validFrom", given.valid_from),
        ("validUntil", given.valid_until - timedelta(days=1)),
    ):
        if not first <= day <= last:
            return UserError("OUT_OF_RANGE", f"The school year is from {first} to {last}.", at)
    return None


async def _alone(section_id: int, given: AssignSubstituteInput) -> None:
    """Raise UserError where somebody else, or the same one, stands in on one of the days."""
    found = await Substitution.filter(
        section_id=section_id,
        valid_from__lt=given.valid_until,
        valid_until__gt=given.valid_from,
    ).order_by("valid_from")
    for each in found:
        if each.valid_from < each.valid_until:
            days = f"from {each.valid_from} until before {each.valid_until}"
            raise UserError("OVERLAPS", f"Somebody stands in {days}.", "validFrom")


@strawberry.type
class SubstitutionsMutation:
    """Who stands in for whom."""

    assign_substitute = assign_substitute
    end_substitution = end_substitution
