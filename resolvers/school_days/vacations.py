"""Vacations of a school year, of a grade level or of a class."""

from collections.abc import Mapping
from typing import Any

from access import scopes, writing
from errors import UserError
from models import Vacation
from resolvers import limits
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.school_days.years import LONGEST_NAME, YEAR, class_of, grade_level, refuse_outside
from resolvers.work import Work, all_of
from schema.declaration.ids import encode
from schema.school_days import (
    CreateVacationInput,
    CreateVacationPayload,
    RemoveVacationInput,
    RemoveVacationPayload,
)

_VACATION = Reading(
    writing.PLANNED_VACATIONS,
    "Vacation",
    frozenset(writing.PLANNED_VACATIONS.by),
    """
    SELECT {row}.id, {row}.school_year_id, {row}.grade_level, {row}.school_class_id, {row}.name,
           {row}.starts_on, {row}.ends_on, year.organization_id
    FROM {rows} JOIN school_year year ON year.id = {row}.school_year_id
    WHERE {reached}
    FOR UPDATE OF {row}
    """,
    seen=scopes.VACATIONS,
)
_TOLD = ("school_year_id", "grade_level", "school_class_id", "name", "starts_on", "ends_on")


@mutation(CreateVacationPayload, allow=YEAR.via)
async def create_vacation(work: Work, input: CreateVacationInput) -> Mapping[str, Any]:  # noqa: A002
    """Give a school, a grade level or a class days without lessons; none twice over one day."""
    all_of(
        (
            limits.required_text(input.name, LONGEST_NAME, "name"),
            grade_level(input.grade_level),
            _of_one(input),
        )
    )
    year = await work.read(YEAR, input.school_year_id, "schoolYearId")
    refuse_outside(year, input.starts_on, input.ends_on)
    row_id = await work.next_id(Vacation)
    vacation = {
        "school_year_id": year["id"],
        "grade_level": input.grade_level,
        "school_class_id": await class_of(work, year["id"], input.class_id),
        "name": input.name.strip(),
        "starts_on": input.starts_on,
        "ends_on": input.ends_on,
    }
    await _refuse_overlaps(work, vacation)
    work.writes.make(Vacation, id=row_id, **vacation)
    _audit(work, "calendar.vacation_created", year["organization_id"], row_id, after=vacation)
    return {"vacation": row_id}


@mutation(RemoveVacationPayload, allow=_VACATION.via)
async def remove_vacation(work: Work, input: RemoveVacationInput) -> Mapping[str, Any]:  # noqa: A002
    """Take a vacation back; lessons of its days are not made by that."""
    row = await work.read(_VACATION, input.vacation_id, "vacationId")
    await Vacation.filter(id=row["id"]).using_db(work.connection).delete()
    before = {name: row[name] for name in _TOLD}
    _audit(work, "calendar.vacation_removed", row["organization_id"], row["id"], before=before)
    return {"vacation_id": encode("Vacation", row["id"])}


def _of_one(given: CreateVacationInput) -> UserError | None:
    if given.grade_level is not None and given.class_id is not None:
        return UserError("MALFORMED", "A grade level or a class, not both.", "classId")
    return None


async def _refuse_overlaps(work: Work, vacation: Mapping[str, Any]) -> None:
    """Raise UserError for each vacation of the same ones on some of these days."""
    others = Vacation.filter(
        school_year_id=vacation["school_year_id"],
        grade_level=vacation["grade_level"],
        school_class_id=vacation["school_class_id"],
        starts_on__lte=vacation["ends_on"],
        ends_on__gte=vacation["starts_on"],
    )
    all_of(
        UserError(
            "OVERLAPS", f"«{each.name}» is from {each.starts_on} to {each.ends_on}.", "startsOn"
        )
        for each in await others.using_db(work.connection).order_by("starts_on", "id")
    )


def _audit(work: Work, action: str, school: int, row_id: int, **values: Any) -> None:
    work.audit(action, Vacation, row_id, organization_id=school, **values)
