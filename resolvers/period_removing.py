"""Taking marks for terms and years back."""

from collections.abc import Mapping
from typing import Any

import strawberry

from access import scopes, writing
from errors import Current, UserError
from models import MarkChangeKind, PeriodMark
from resolvers import limits, locks, period_marking
from resolvers.mutation import mutation
from resolvers.period_entries import spoken
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.declaration.ids import encode
from schema.period_marking import RemovePeriodMarkInput, RemovePeriodMarkPayload

# What is locked: a term's page, or the year's marks of the kind.
_PERIOD = {"term": "{row}.term_id", "kind": "nullif({row}.kind, 'TERM')"}
# Whoever gives marks in the section waits here, and whoever writes down a retake at the mark.
_PLACE = Reading(
    writing.REMOVED_PERIOD_MARKS,
    "PeriodMark",
    frozenset(writing.REMOVED_PERIOD_MARKS.by),
    f"""
    SELECT {{row}}.id, {{row}}.student_id, {{row}}.kind, class.organization_id,
           {locks.columns("{row}.section_id", "class.organization_id", **_PERIOD)}
    FROM {{rows}}
    JOIN course_section section ON section.id = {{row}}.section_id
    JOIN school_class class ON class.id = section.school_class_id
    WHERE {{reached}}
    FOR NO KEY UPDATE OF section
    """,  # noqa: S608 — as `locks.columns`
    given=locks.GIVEN,
    seen=scopes.PERIOD_MARKS,
)
_HELD = """
SELECT value, sign, points, carried_from, version FROM period_mark
WHERE id = $1 AND removed_at IS NULL FOR NO KEY UPDATE
"""
# What was written while a lock was waited for is seen by a statement of its own.
_MADE_GOOD = """
SELECT EXISTS (SELECT FROM retake WHERE period_mark_id = $1)
    OR EXISTS (SELECT FROM debt_extension WHERE period_mark_id = $1) AS was_begun
"""


@mutation(RemovePeriodMarkPayload, allow=_PLACE.via)
async def remove_period_mark(work: Work, input: RemovePeriodMarkInput) -> Mapping[str, Any]:  # noqa: A002
    """Take a mark for a term or a year back; its history stays, also where it is given anew."""
    all_of((limits.reason(input.reason),))
    place = await work.read(_PLACE, input.period_mark_id, "periodMarkId", **locks.given(work))
    held = await work.connection.execute_query_dict(_HELD, [place["id"]])
    if not held:
        raise UserError("NOT_FOUND", "The mark was taken back meanwhile.", "periodMarkId")
    mark = {**place, **held[0], "is_there": True}
    if mark["version"] != input.version:
        there = Current(spoken(mark), mark["version"])
        message = f"The mark was changed meanwhile: it is {there.text} now."
        raise UserError("CONFLICT", message, "version", current=there)
    if mark["carried_from"] is not None and not mark["may_override"]:
        raise UserError("FORBIDDEN", period_marking.CARRIED, "periodMarkId")
    locks.keep(work, mark, input.reason, "periodMarkId")
    await _refuse_made_good(work, mark)
    given = {"version": mark["version"] + 1, "removed_at": work.viewer.now}
    work.writes.change(PeriodMark, mark["id"], **given)
    after, reason = {**mark, **given}, input.reason.strip()
    period_marking.trace(work, mark, MarkChangeKind.REMOVED, mark, after, reason=reason)
    return {"period_mark_id": encode("PeriodMark", mark["id"])}


async def _refuse_made_good(work: Work, mark: Mapping[str, Any]) -> None:
    """Raise for an annual mark that is being made good: that rests on it."""
    (made_good,) = await work.connection.execute_query_dict(_MADE_GOOD, [mark["id"]])
    if made_good["was_begun"]:
        message = "Retakes or days of illness are written down for this mark; correct it instead."
        raise UserError("CONFLICT", message, "periodMarkId")


@strawberry.type
class PeriodMarkRemovalMutation:
    """Taking marks for terms and years back."""

    remove_period_mark = remove_period_mark
