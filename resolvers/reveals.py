"""Showing a masked value to who may see it, and writing down who looked and why."""

from collections.abc import Mapping
from typing import Any

import strawberry

from access import vault
from access.reveals import REVEALED, WHO_REVEALS, Revealed
from access.throttle import REVEALS, TooManyAttempts
from errors import UserError
from resolvers import limits
from resolvers.guesses import too_many
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.schools import with_school
from resolvers.work import Work, all_of
from schema.reveals import RevealInput, RevealPayload

_SHORTEST_REASON, _LONGEST_REASON = 10, 500


# The pupil because of whom the school has the row: a paper is a pupil's or a guardian's.
_PUPIL_OF = {
    "Student": "{row}.id",
    "Guardian": "{row}.student_id",
    "IdentityDocument": """(
        SELECT student.id FROM student WHERE student.person_id = {row}.person_id
        UNION ALL
        SELECT guardianship.student_id FROM guardianship
        WHERE guardianship.guardian_id = {row}.person_id
        LIMIT 1
    )""",
}


def _reading(revealed: Revealed) -> Reading:
    return Reading(
        revealed.scope,
        revealed.label,
        revealed.by,
        with_school(
            "SELECT {row}.id, {value} AS value, {school} AS organization_id FROM {rows}"
            " WHERE {reached}",
            of=_PUPIL_OF[revealed.label],
        ),
        columns={"value": revealed.path},
    )


_READINGS = {field: _reading(revealed) for field, revealed in REVEALED.items()}


@mutation(RevealPayload, allow=WHO_REVEALS, locks=False, secret=True)
async def reveal(work: Work, input: RevealInput) -> Mapping[str, Any]:  # noqa: A002
    """Show a masked value; that it was looked at stays in the audit trail, the value does not.

    One person may look at 100 values an hour.
    """
    reason = input.reason.strip()
    all_of((_problem_with(reason),))
    await _count(work)
    row = await work.read(_READINGS[input.field], input.id, "id")
    revealed = REVEALED[input.field]
    after = {"field": input.field.value, "reason": reason}
    work.audit(
        "reveal.shown",
        revealed.scope.model,
        row["id"],
        after=after,
        organization_id=row["organization_id"],
    )
    return {"value": _opened(row["value"], revealed.sealed)}


def _problem_with(reason: str) -> UserError | None:
    if reason and len(reason) < _SHORTEST_REASON:
        return UserError("TOO_SHORT", f"At least {_SHORTEST_REASON} characters.", "reason")
    return limits.required_text(reason, _LONGEST_REASON, "reason")


async def _count(work: Work) -> None:
    """Raise UserError where the person has looked at too much."""
    try:
        await work.context.services.throttle.take(REVEALS, work.viewer.person_id or 0)
    except TooManyAttempts as error:
        raise too_many(error) from error


def _opened(value: str | None, sealed: str | None) -> str | None:
    return value if value is None or sealed is None else vault.held().open(value, sealed)


@strawberry.type
class RevealsMutation:
    """Showing masked values."""

    reveal = reveal
