"""Terms of grade levels: made and changed, none over another."""

from collections.abc import Mapping
from typing import Any

from access import scopes, writing
from errors import UserError
from models import Term
from resolvers import limits
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.school_days.years import LONGEST_NAME, YEAR, grade_level, refuse_outside
from resolvers.work import Work, all_of
from schema.school_days import (
    ChangeTermInput,
    ChangeTermPayload,
    CreateTermInput,
    CreateTermPayload,
)

_NUMBERS = range(1, 13)
_TOLD = ("name", "starts_on", "ends_on")
_TERM = Reading(
    writing.PLANNED_TERMS,
    "Term",
    frozenset(writing.PLANNED_TERMS.by),
    """
    SELECT {row}.id FROM {rows}
    JOIN school_year year ON year.id = {row}.school_year_id
    JOIN organization school ON school.id = year.organization_id
    WHERE {reached}
    FOR NO KEY UPDATE OF school
    """,
    seen=scopes.TERMS,
)
# Asked behind the lock, so that it is what the former planner left.
_FORMER = """
SELECT term.*, year.organization_id, year.starts_on AS year_starts_on, year.ends_on AS year_ends_on
FROM term JOIN school_year year ON year.id = term.school_year_id
WHERE term.id = $1
"""


@mutation(CreateTermPayload, allow=YEAR.via)
async def create_term(work: Work, input: CreateTermInput) -> Mapping[str, Any]:  # noqa: A002
    """Make a term of a grade level, over no other one of it."""
    all_of((grade_level(input.grade_level), _number(input.number), _name(input.name)))
    year = await work.read(YEAR, input.school_year_id, "schoolYearId")
    refuse_outside(year, input.starts_on, input.ends_on)
    place = {"school_year_id": year["id"], "grade_level": input.grade_level}
    same = {**place, "kind": input.kind, "number": input.number}
    if await Term.filter(**same).using_db(work.connection).exists():
        raise UserError("DUPLICATE", "The grade level has a term of that number.", "number")
    row_id = await work.next_id(Term)
    term = {"name": input.name.strip(), "starts_on": input.starts_on, "ends_on": input.ends_on}
    await _refuse_overlaps(work, {**place, **term, "id": row_id})
    work.writes.make(Term, id=row_id, **same, **term)
    _audit(work, year["organization_id"], row_id, after={**same, **term})
    return {"term": row_id}


@mutation(ChangeTermPayload, allow=_TERM.via)
async def change_term(work: Work, input: ChangeTermInput) -> Mapping[str, Any]:  # noqa: A002
    """Change a term's name or days; what was given in it is counted by its new days."""
    given = {name: getattr(input, name) for name in _TOLD if getattr(input, name) is not None}
    if not given:
        raise UserError("REQUIRED", "Say what is to be changed.")
    if "name" in given:
        all_of((_name(given["name"]),))
        given["name"] = given["name"].strip()
    found = await work.read(_TERM, input.term_id, "termId")
    (former,) = await work.connection.execute_query_dict(_FORMER, [found["id"]])
    term = {**former, **given}
    year = {"starts_on": former["year_starts_on"], "ends_on": former["year_ends_on"]}
    refuse_outside(year, term["starts_on"], term["ends_on"])
    await _refuse_overlaps(work, term)
    work.writes.change(Term, term["id"], **given)
    before = {name: former[name] for name in given}
    _audit(work, former["organization_id"], term["id"], before=before, after=given)
    return {"term": term["id"]}


async def _refuse_overlaps(work: Work, term: Mapping[str, Any]) -> None:
    """Raise UserError for each other term of the grade level on some of these days."""
    others = Term.filter(
        school_year_id=term["school_year_id"],
        grade_level=term["grade_level"],
        starts_on__lte=term["ends_on"],
        ends_on__gte=term["starts_on"],
        id__not=term["id"],
    )
    all_of(
        UserError(
            "OVERLAPS", f"«{each.name}» is from {each.starts_on} to {each.ends_on}.", "startsOn"
        )
        for each in await others.using_db(work.connection).order_by("starts_on", "id")
    )


def _audit(work: Work, school: int, row_id: int, **values: Any) -> None:
    work.audit("calendar.term_set", Term, row_id, organization_id=school, **values)


def _name(given: str) -> UserError | None:
    return limits.required_text(given, LONGEST_NAME, "name")


def _number(given: int) -> UserError | None:
    if given in _NUMBERS:
        return None
    return UserError("OUT_OF_RANGE", "A year has terms 1 to 12.", "number")
