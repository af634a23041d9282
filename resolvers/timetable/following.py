"""What is due at a lesson goes with it to another day, and whoever has to do it hears of that."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from models import Assignment, ChangeArea, ChangeKind
from resolvers import works
from resolvers.work import Work
from subscriptions import topics
from subscriptions.log import Change

# PostgreSQL moves its day together with the lesson's.
_HOMEWORK = """
SELECT id, ARRAY(
    SELECT student_id FROM student_homework WHERE homework_id = homework.id
) AS students
FROM homework WHERE due_lesson_id = $1 AND removed_at IS NULL ORDER BY id
"""
# Whoever gives a mark for a work meanwhile waits for the lesson, not for the work.
_WORKS = f"""
SELECT work.id, work.due_on, class.organization_id,
       {works.PUPILS.format(day="$3::date")} AS students
FROM assignment work
JOIN lesson ON lesson.id = work.lesson_id
JOIN school_class class ON class.id = lesson.school_class_id
WHERE work.lesson_id = $1 AND work.removed_at IS NULL AND (work.due_on = $2 OR work.due_on < $3)
ORDER BY work.id FOR NO KEY UPDATE OF work
"""  # noqa: S608 — a constant


async def move(work: Work, lesson: Mapping[str, Any], day: date) -> None:
    """Take homework that is due at the lesson to the day, and works that are written there."""
    if day == lesson["date"]:
        return
    topic = topics.school(lesson["organization_id"])
    read = work.connection.execute_query_dict
    for row in await read(_HOMEWORK, [lesson["id"]]):
        kind, students = ChangeKind.CHANGED, row["students"]
        work.announce(Change(topic, ChangeArea.HOMEWORK, kind, row["id"], students=students))
    for row in await read(_WORKS, [lesson["id"], lesson["date"], day]):
        work.writes.change(Assignment, row["id"], due_on=day)
        before, after = {"due_on": row["due_on"]}, {"due_on": day}
        works.trace(work, ChangeKind.MOVED, row["id"], row, before=before, after=after)
