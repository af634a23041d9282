"""Changing personal data, field by field: who may is said in access/writers.py."""

from collections.abc import Mapping
from typing import Any

import strawberry
from tortoise.expressions import Q

import models
from access import masks, scopes, vault, writers
from access.writers import CARE, OF_GUARDIANS, PERSONAL
from errors import UserError
from models import Person, Student
from resolvers import contacts, papers
from resolvers.given import CONTACTS, fields_of, refuse_others
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.schools import with_school
from resolvers.work import Work, all_of
from schema.personal import (
    ChangeCareInput,
    ChangeCarePayload,
    ChangeGuardianDataInput,
    ChangeGuardianDataPayload,
    ChangePersonalDataInput,
    ChangePersonalDataPayload,
)

_PUPIL = Reading(
    scopes.STUDENTS,
    "Student",
    writers.all_of(PERSONAL),
    with_school(
        """
        SELECT {row}.id, {school} AS organization_id,
               person.id AS person_id, person.last_name, person.first_name,
               person.middle_name, person.birth_date, person.sex, person.snils_sealed, person.phone,
               person.email, person.address
        FROM {rows} JOIN person ON person.id = {row}.person_id
        WHERE {reached}
        FOR NO KEY UPDATE OF person
        """,
        of="{row}.id",
    ),
)
_CARE = Reading(
    scopes.STUDENTS,
    "Student",
    writers.all_of(CARE),
    with_school(
        """
        SELECT {row}.id, {school} AS organization_id, {row}.health_group,
               {row}.physical_education_group, {row}.special_needs, {row}.social_risk
        FROM {rows}
        WHERE {reached}
        FOR NO KEY UPDATE OF {row}
        """,
        of="{row}.id",
    ),
)
_GUARDIAN = Reading(
    scopes.GUARDIANS,
    "Guardian",
    writers.all_of(OF_GUARDIANS),
    with_school(
        """
        SELECT {row}.id, {school} AS organization_id,
               person.id AS person_id, person.phone, person.email, person.workplace
        FROM {rows} JOIN person ON person.id = {row}.guardian_id
        WHERE {reached}
        FOR NO KEY UPDATE OF person
        """,
        of="{row}.student_id",
    ),
)
# What only `reveal` shows, and what the audit trail says of it where there is any.
_HIDDEN = ("special_needs", "social_risk", "workplace")
_WRITTEN = "***"


@mutation(ChangePersonalDataPayload, allow=_PUPIL.via, secret=True)
async def change_personal_data(
    work: Work,
    input: ChangePersonalDataInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Change what a pupil's card says of the person.

    Of two who change the same field the last one wins; the audit trail has both.
    """
    given = fields_of(input, PERSONAL, work.viewer.today)
    pupil = await work.read(_PUPIL, input.student_id, "studentId")
    await refuse_others(work, scopes.STUDENTS, pupil["id"], given, PERSONAL)
    if "middle_name" in given:
        given["middle_name"] = given["middle_name"] or ""
    before = {name: pupil[name] for name in given if name != "snils"}
    columns = {name: value for name, value in given.items() if name != "snils"}
    if "snils" in given:
        columns |= await _sealed(work, pupil["person_id"], given["snils"])
        given["snils"] = _masked(columns["snils_sealed"])
        before["snils"] = _masked(pupil["snils_sealed"])
    await _change_contacts(work, pupil, given)
    work.writes.change(Person, pupil["person_id"], **columns)
    work.audit(
        "person.changed",
        Person,
        pupil["person_id"],
        before=before,
        after=given,
        organization_id=pupil["organization_id"],
    )
    return {"student": pupil["id"]}


@mutation(ChangeCarePayload, allow=_CARE.via, secret=True)
async def change_care(work: Work, input: ChangeCareInput) -> Mapping[str, Any]:  # noqa: A002
    """Change what care a pupil needs.

    Of two who change the same field the last one wins. The audit trail says who changed special
    needs and risks, and whether there were any, but not which.
    """
    given = fields_of(input, CARE, work.viewer.today)
    pupil = await work.read(_CARE, input.student_id, "studentId")
    await refuse_others(work, scopes.STUDENTS, pupil["id"], given, CARE)
    work.writes.change(Student, pupil["id"], **given)
    before, after = _told(pupil, given), _told(given, given)
    work.audit(
        "person.care_changed",
        Student,
        pupil["id"],
        before=before,
        after=after,
        organization_id=pupil["organization_id"],
    )
    return {"student": pupil["id"]}


@mutation(ChangeGuardianDataPayload, allow=_GUARDIAN.via, secret=True)
async def change_guardian_data(
    work: Work,
    input: ChangeGuardianDataInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Change a guardian's contacts and workplace.

    The contacts of whoever works for a school are their own affair: an account is recovered by
    them. Of two who change the same field the last one wins.
    """
    given = fields_of(input, OF_GUARDIANS, work.viewer.today)
    guardian = await work.read(_GUARDIAN, input.guardian_id, "guardianId")
    await refuse_others(work, scopes.GUARDIANS, guardian["id"], given, OF_GUARDIANS)
    await _change_contacts(work, guardian, given)
    work.writes.change(Person, guardian["person_id"], **given)
    before, after = _told(guardian, given), _told(given, given)
    work.audit(
        "person.changed",
        Person,
        guardian["person_id"],
        before=before,
        after=after,
        organization_id=guardian["organization_id"],
    )
    return {"guardian": guardian["id"]}


async def _change_contacts(work: Work, former: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Let no code work that was sent to contacts which are no more.

    Raises UserError for the contacts of staff, and where their owner changes them at this moment.
    """
    person_id = former["person_id"]
    changed = [name for name in CONTACTS if name in given and given[name] != former[name]]
    if not changed:
        return
    if await _is_staff(work, person_id):
        refused = "They work for a school: it is theirs to change."
        all_of(UserError("FORBIDDEN", refused, name) for name in changed)
    accounts = models.Account.filter(person_id=person_id).using_db(work.connection)
    # Owners lock account and person in the other order, and would wait for each other with us.
    held = await accounts.select_for_update(skip_locked=True, no_key=True).first()
    if held is not None:
        await contacts.leave(work, held, former["email"])
    elif await accounts.exists():
        raise UserError("CONFLICT", "They are changing it themselves: try again.")


async def _is_staff(work: Work, person_id: int) -> bool:
    """Whether the person holds a post anywhere, or will."""
    posts = models.StaffPost.filter(person_id=person_id).using_db(work.connection)
    lasts = Q(valid_until__isnull=True) | Q(valid_until__gt=work.viewer.today)
    return await posts.filter(lasts).exists()


async def _sealed(work: Work, person_id: int, digits: str | None) -> Mapping[str, str | None]:
    """The columns of a SNILS; raises UserError where it is another person's."""
    if digits is None:
        return {"snils_sealed": None, "snils_digest": None}
    await papers.alone_with_numbers(work)
    if await papers.snils_owner(work, digits) not in (None, person_id):
        raise papers.taken("snils")
    held = vault.held()
    return {
        "snils_sealed": held.seal(digits, vault.SNILS),
        "snils_digest": held.digest(digits, vault.SNILS),
    }


def _masked(sealed: str | None) -> str | None:
    return None if sealed is None else masks.snils(vault.held().open(sealed, vault.SNILS))


def _told(values: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _WRITTEN if name in _HIDDEN and values[name] is not None else values[name]
        for name in names
    }


@strawberry.type
class PersonalMutation:
    """Changing personal data."""

    change_personal_data = change_personal_data
    change_care = change_care
    change_guardian_data = change_guardian_data
