"""Whether a lesson is written about, and its pupils as those who write may name them."""

from collections.abc import Collection, Mapping
from typing import Any

from access import scopes
from access.rows import reached
from errors import UserError
from resolvers.work import Work


async def known_students(work: Work, numbers: Collection[int]) -> frozenset[int]:
    """Those of the pupils whom the writer may know of."""
    students = reached(scopes.STUDENTS, work.viewer).filter(id__in=list(numbers))
    return frozenset(row["id"] for row in await students.values("id"))


def not_enrolled(*at: str, is_known: bool) -> UserError:
    """Why a pupil who is not in the lesson's class on its day is refused.

    Whoever reaches the lesson reaches its pupils; of others it must not be told whether they are.
    """
    if is_known:
        return UserError("NOT_ENROLLED", "The pupil is not in this class on that day.", *at)
    return UserError("NOT_FOUND", "There is no such object.", *at)


def refuse_cancelled(lesson: Mapping[str, Any]) -> None:
    """Raise UserError where the lesson does not take place."""
    if lesson["cancelled_at"] is not None:
        raise UserError("CANCELLED", "The lesson was cancelled.", "lessonId")
