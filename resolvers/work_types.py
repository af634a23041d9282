"""The school's kinds of work, and what their marks weigh."""

from collections.abc import Iterator, Mapping
from typing import Any

import strawberry

from access import offices, rules, scopes, writing
from errors import UserError
from models import WorkType
from resolvers import limits
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.works import ChangeWorkTypeInput, CreateWorkTypeInput, WorkTypePayload

_LONGEST = {"code": 64, "abbreviation": 8, "name": 200}
# Two who make one of the same code come one after the other.
_SCHOOL = Reading(
    offices.SETTLED_GRADING,
    "Organization",
    rules.WORK_TYPE_MAKERS,
    """
    SELECT {row}.id, nextval('work_type_id_seq') AS work_type_id
    FROM {rows} JOIN organization held ON held.id = {row}.organization_id
    WHERE {reached} FOR NO KEY UPDATE OF held
    """,
    seen=scopes.ORGANIZATIONS,
)
_KIND = Reading(
    writing.KINDS_OF_WORK,
    "WorkType",
    rules.WORK_TYPE_MAKERS,
    """
    SELECT {row}.id, {row}.abbreviation, {row}.name, {row}.weight, {row}.organization_id
    FROM {rows} WHERE {reached} FOR NO KEY UPDATE OF {row}
    """,
    seen=scopes.WORK_TYPES,
)


@mutation(WorkTypePayload, allow=_SCHOOL.via)
async def create_work_type(work: Work, input: CreateWorkTypeInput) -> Mapping[str, Any]:  # noqa: A002
    """Let a school's teachers mark a new kind of work."""
    given: dict[str, Any] = {name: getattr(input, name).strip() for name in _LONGEST}
    given["weight"] = input.weight
    all_of(_out_of_limits(given))
    school = await work.read(_SCHOOL, input.organization_id, "organizationId")
    same = WorkType.filter(organization_id=school["id"], code=given["code"])
    if await same.using_db(work.connection).exists():
        raise UserError("DUPLICATE", "The school has a work type of this code.", "code")
    number = school["work_type_id"]
    work.writes.make(WorkType, id=number, organization_id=school["id"], **given)
    _audit(work, "created", number, school["id"], after=given)
    return {"work_type": number}


@mutation(WorkTypePayload, allow=_KIND.via)
async def change_work_type(work: Work, input: ChangeWorkTypeInput) -> Mapping[str, Any]:  # noqa: A002
    """Change a kind of work; marks that were given keep their weight."""
    told = {name: getattr(input, name) for name in ("abbreviation", "name", "weight")}
    given = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in told.items()
        if value is not None
    }
    if not given:
        raise UserError("REQUIRED", "Say what is to be changed.", "name")
    all_of(_out_of_limits(given))
    row = await work.read(_KIND, input.work_type_id, "workTypeId")
    work.writes.change(WorkType, row["id"], **given)
    before = {name: row[name] for name in given}
    _audit(work, "changed", row["id"], row["organization_id"], before=before, after=given)
    return {"work_type": row["id"]}


def _out_of_limits(given: Mapping[str, Any]) -> Iterator[UserError | None]:
    for name, longest in _LONGEST.items():
        if name in given:
            yield limits.required_text(given[name], longest, name)
    yield limits.weight(given.get("weight"), "weight")


def _audit(work: Work, verb: str, number: int, school: int, **values: Any) -> None:
    work.audit(f"policy.work_type_{verb}", WorkType, number, organization_id=school, **values)


@strawberry.type
class WorkTypesMutation:
    """The school's kinds of work."""

    create_work_type = create_work_type
    change_work_type = change_work_type
