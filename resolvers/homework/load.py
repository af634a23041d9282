"""How much pupils have to do for a day, and whether that is more than their grade's norm."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from resolvers.work import Work
from schema.declaration import Outcome

# Minutes for all subjects of a day together: СанПиН 1.2.3685-21, table 6.6 (1 h, 1.5 h, 2 h, 2.5 h,
# 3.5 h); there is none before school.
_NORMS = ((range(1, 2), 60), (range(2, 4), 90), (range(4, 6), 120), (range(6, 9), 150))
_NORM_OF_SENIORS = 210

_OTHERS = """
SELECT student_id, sum(expected_minutes)::int AS minutes FROM student_homework
WHERE student_id = ANY($1) AND due_on = $2 AND homework_id <> $3 GROUP BY student_id
"""


def norm(grade_level: int) -> int | None:
    """The norm of a grade in minutes; None where there is none."""
    if grade_level < 1:
        return None
    return next((most for grades, most in _NORMS if grade_level in grades), _NORM_OF_SENIORS)


async def warnings(
    work: Work, homework: Mapping[str, Any], grade_level: int, students: Sequence[int]
) -> list[Outcome]:
    """What the payload says of homework that is about to be written, for these pupils."""
    most, minutes = norm(grade_level), homework["expected_minutes"]
    if most is None or minutes is None:
        return []
    loads = await _loads(work, homework, students)
    over = [load + minutes for load in loads if load + minutes > most]
    return [_warning(homework["due_on"], most, over)] if over else []


async def _loads(work: Work, homework: Mapping[str, Any], students: Sequence[int]) -> Sequence[int]:
    """What each of the pupils has for the day beside this homework, in minutes."""
    values = [[*students], homework["due_on"], homework["id"]]
    rows = await work.connection.execute_query_dict(_OTHERS, values)
    others = {row["student_id"]: row["minutes"] or 0 for row in rows}
    return [others.get(student, 0) for student in students]


def _warning(day: date, most: int, over: Sequence[int]) -> Outcome:
    message = f"{len(over)} pupils have up to {max(over)} minutes for this day; {most} is the norm."
    return Outcome(
        {
            "message": message,
            "due_on": day,
            "norm_minutes": most,
            "most_minutes": max(over),
            "student_count": len(over),
        }
    )
