"""Giving out all data that are held of oneself, or of one's child (152-ФЗ, art. 14)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import strawberry

from access import rules, scopes, vault
from access.rows import reached
from custody.export import Fetch, document
from errors import UserError
from models import Person, Student
from resolvers.mutation import mutation
from resolvers.work import Work
from schema.declaration.ids import decode
from schema.exports import ExportPersonalDataInput, ExportPersonalDataPayload

_OF_AGE = 18


@mutation(ExportPersonalDataPayload, allow=rules.SIGNED_IN, locks=False, secret=True)
async def export_personal_data(work: Work, input: ExportPersonalDataInput) -> Mapping[str, Any]:  # noqa: A002
    """Give an adult all data that are held of them, or a guardian those of the child."""
    person_id = await (_child(work, input.student_id) if input.student_id else _oneself(work))
    fetch: Fetch = work.connection.execute_query_dict
    found = await document(fetch, person_id, vault.held())
    work.audit("personal_data.exported", Person, person_id)
    return {"document": found}


async def _child(work: Work, student_id: str) -> int:
    number = decode("Student", student_id) or 0
    pupils: Any = reached(scopes.STUDENTS, work.viewer, via=rules.GUARDIAN)
    pupil: Student | None = await pupils.get_or_none(id=number)
    if pupil is None:
        raise UserError("NOT_FOUND", "There is no such child of yours.", "studentId")
    return pupil.person_id


async def _oneself(work: Work) -> int:
    person = await Person.get(id=work.viewer.person_id)
    number: int = person.id
    is_pupil = await Student.filter(person_id=number).exists()
    if is_pupil and not _is_of_age(person.birth_date, work.viewer.today):
        raise UserError("FORBIDDEN", "Of a pupil under 18 a guardian may ask for this.")
    return number


def _is_of_age(born: date | None, today: date) -> bool:
    if born is None:
        return False
    birthday = (born.month, born.day)
    return today.year - born.year - ((today.month, today.day) < birthday) >= _OF_AGE


@strawberry.type
class ExportsMutation:
    """Giving out personal data."""

    export_personal_data = export_personal_data
