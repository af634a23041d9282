"""What classes, their pupils, teachers and rooms have on many days, and where they are free."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Self

from tortoise.backends.base.client import BaseDBAsyncClient

Found = Mapping[str, Any]
"""A lesson that is there, or that is wanted, with the names of its class and subject."""

STANDS_IN = """(
    SELECT teacher_id FROM substitution
    WHERE section_id = {0}.section_id AND valid_from <= {1}.date AND valid_until > {1}.date
      AND NOT is_joint
)"""
"""Who takes the section's lesson of that day in its teacher's place, and no other one with it."""

_THERE = f"""
SELECT lesson.date, lesson.shift, lesson.number, lesson.starts_at, lesson.ends_at,
       lesson.school_class_id, lesson.teacher_id, lesson.room_id,
       {STANDS_IN.format("lesson", "lesson")} AS substitute_id,
       class.name AS school_class, class.organization_id, subject.name AS subject
FROM (
    SELECT id FROM lesson WHERE school_class_id = ANY($1::bigint[]) AND date BETWEEN $4 AND $5
    UNION
    SELECT id FROM lesson WHERE teacher_id = ANY($2::bigint[]) AND date BETWEEN $4 AND $5
    UNION
    SELECT lesson_id FROM substituted_lesson
    JOIN lesson ON lesson.id = substituted_lesson.lesson_id AND lesson.date BETWEEN $4 AND $5
    WHERE substituted_lesson.teacher_id = ANY($2::bigint[])
    UNION
    SELECT id FROM lesson WHERE room_id = ANY($3::bigint[]) AND date BETWEEN $4 AND $5
) found
JOIN lesson ON lesson.id = found.id
JOIN school_class class ON class.id = lesson.school_class_id
JOIN course_section section ON section.id = lesson.section_id
JOIN subject ON subject.id = section.subject_id
WHERE lesson.cancelled_at IS NULL
"""  # noqa: S608 — a sentence of this module
# From when until before when pupils of one class are in another one too; a group is always in its.
_MET = """
SELECT ours.school_class_id AS one, theirs.school_class_id AS other,
       greatest(ours.valid_from, theirs.valid_from) AS first,
       least(ours.valid_until, theirs.valid_until) AS after
FROM enrollment ours
JOIN enrollment theirs ON theirs.student_id = ours.student_id
 AND theirs.school_class_id <> ours.school_class_id
WHERE ours.school_class_id = ANY($1::bigint[])
  AND greatest(ours.valid_from, theirs.valid_from) <= $3
  AND coalesce(least(ours.valid_until, theirs.valid_until), 'infinity') > $2
GROUP BY 1, 2, 3, 4
UNION
SELECT child.id, child.parent_id, $2::date, NULL FROM school_class child
WHERE child.id = ANY($1::bigint[]) AND child.parent_id IS NOT NULL
UNION
SELECT child.parent_id, child.id, $2::date, NULL FROM school_class child
WHERE child.parent_id = ANY($1::bigint[])
"""


class Gaps:
    """Lessons by day and by whom they take; a lesson that is wanted is compared with these."""

    def __init__(
        self, school: int, met: Mapping[int, Sequence[Found]], there: Sequence[Found]
    ) -> None:
        self._school = school
        self._met = met
        self._taken: dict[tuple[date, str, int], list[Found]] = defaultdict(list)
        for lesson in there:
            self.take(lesson)

    @classmethod
    async def among(
        cls,
        connection: BaseDBAsyncClient,
        school: int,
        wanted: Sequence[Found],
        first: date,
        last: date,
    ) -> Self:
        """What may stand in the way of these lessons of the school."""
        classes = sorted({each["school_class_id"] for each in wanted})
        met: dict[int, list[Found]] = defaultdict(list)
        for row in await connection.execute_query_dict(_MET, [classes, first, last]):
            met[row["one"]].append(row)
        others = {row["other"] for rows in met.values() for row in rows}
        teachers = sorted({teacher for each in wanted for _, teacher in _taken_by(each)})
        rooms = sorted({each["room_id"] for each in wanted if each["room_id"] is not None})
        values = [sorted({*classes, *others}), teachers, rooms, first, last]
        return cls(school, met, await connection.execute_query_dict(_THERE, values))

    def take(self, lesson: Found) -> None:
        """Let the lesson stand in the way of others."""
        day = lesson["date"]
        self._taken[day, "class", lesson["school_class_id"]].append(lesson)
        for _, teacher in _taken_by(lesson):
            self._taken[day, "teacher", teacher].append(lesson)
        if lesson["room_id"] is not None:
            self._taken[day, "room", lesson["room_id"]].append(lesson)

    def in_the_way_of(self, lesson: Found) -> str | None:
        """Why the lesson cannot be there; None where it can."""
        for what, key in self._keys(lesson):
            for other in self._taken.get((lesson["date"], *key), ()):
                if _meet(lesson, other):
                    return f"{what} {self._named(other)} then."
        return None

    def _named(self, lesson: Found) -> str:
        """Which lesson it is; of another school no more than that there is one."""
        if lesson["organization_id"] != self._school:
            return "a lesson at another school"
        return f"«{lesson['subject']}» of {lesson['school_class']}"

    def _keys(self, lesson: Found) -> Iterator[tuple[str, tuple[str, int]]]:
        day, mine = lesson["date"], lesson["school_class_id"]
        yield "The class has", ("class", mine)
        for row in self._met.get(mine, ()):
            if row["first"] <= day and (row["after"] is None or day < row["after"]):
                yield "Some of the pupils have", ("class", row["other"])
        for who, teacher in _taken_by(lesson):
            yield who, ("teacher", teacher)
        if lesson["room_id"] is not None:
            yield "The room has", ("room", lesson["room_id"])


def _taken_by(lesson: Found) -> Iterator[tuple[str, int]]:
    """Who gives the lesson: its teacher, and whoever stands in for them on that day."""
    yield "The teacher has", lesson["teacher_id"]
    if lesson["substitute_id"] is not None:
        yield "Who stands in has", lesson["substitute_id"]


def _meet(one: Found, other: Found) -> bool:
    """Whether two lessons of a day are in one slot, or at one time."""
    if (one["shift"], one["number"]) == (other["shift"], other["number"]):
        return True
    return bool(one["starts_at"] < other["ends_at"] and other["starts_at"] < one["ends_at"])
