"""Debts whose day is over become twos, at the schools that have settled so."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tortoise.transactions import in_transaction

from models import AuditEntry, ChangeArea, Mark, MarkChangeKind, MarkRevision
from models.alone import Alone
from models.writes import Writes
from recurring import Recurring, Saying
from subscriptions import log, topics
from subscriptions.log import Change

_PERIOD_SECONDS = 900.0
_AT_ONCE = 200
_TWO = 2
_REASON = "The debt was not cleared by its deadline."

# One process does it at a time. What somebody writes on just now waits for the next time, and so
# does what stands on a locked page, until it is opened.
_DUE = """
SELECT debt.id AS debt_id, debt.student_id, debt.lesson_id, debt.assignment_id,
       debt.set_by_id, lesson.date, work.work_type_id, class.organization_id,
       coalesce(work.weight, kind.weight) AS weight,
       nextval('mark_id_seq') AS id, now() AS at
FROM debt_mark debt
JOIN assignment work ON work.id = debt.assignment_id
JOIN work_type kind ON kind.id = work.work_type_id
JOIN lesson ON lesson.id = debt.lesson_id
JOIN school_class class ON class.id = lesson.school_class_id AND class.grade_level > 1
JOIN settled_grading policy
  ON policy.organization_id = class.organization_id AND policy.debts_become_two
WHERE debt.cleared_at IS NULL AND debt.deadline < CURRENT_DATE
  AND NOT EXISTS (
      SELECT FROM locked_page locked WHERE locked.section_id = lesson.section_id
      AND lesson.date BETWEEN locked.starts_on AND locked.ends_on
  )
ORDER BY debt.deadline, debt.id LIMIT $1
FOR UPDATE OF debt SKIP LOCKED
"""
_TURN = f"SELECT pg_try_advisory_xact_lock({Alone.DEBTS:d}) AS is_ours"


class Debts:
    """Gives the twos, wakes who listens, and says whose debt it was in mark and audit."""

    def __init__(self, wake: Callable[[str, int], Awaitable[None]]) -> None:
        self._wake = wake
        saying = Saying("debts.became_twos", "marks", "debts.not_looked_at")
        self.running = Recurring(self.settle, saying, seconds=_PERIOD_SECONDS).running

    async def settle(self) -> int:
        """Give a two for each debt whose day is over; how many those were."""
        total, taken = 0, _AT_ONCE
        while taken == _AT_ONCE:
            taken = await self._some()
            total += taken
        return total

    async def _some(self) -> int:
        async with in_transaction() as connection:
            ((turn),) = await connection.execute_query_dict(_TURN)
            due = await connection.execute_query_dict(_DUE, [_AT_ONCE]) if turn["is_ours"] else []
            writes = Writes()
            changes = [_write(writes, debt) for debt in due]
            written = await log.append(connection, changes, writes) if due else {}
        for topic, seq in written.items():
            await self._wake(topic, seq)
        return len(due)


def _write(writes: Writes, debt: Mapping[str, Any]) -> Change:
    """The mark, which clears the debt, with its history and the audit of it."""
    told = {"value": _TWO, "sign": None, "weight": debt["weight"], "comment": None}
    place = ("id", "lesson_id", "date", "student_id", "assignment_id", "work_type_id")
    columns = {name: debt[name] for name in place}
    at, school = debt["at"], debt["organization_id"]
    writes.make(Mark, **columns, **told, version=1, recorded_at=at)
    writes.make(
        MarkRevision,
        mark_id=debt["id"],
        version=1,
        kind=MarkChangeKind.RECORDED,
        reason=_REASON,
        by_id=debt["set_by_id"],
        at=at,
        **told,
    )
    writes.make(
        AuditEntry,
        at=at,
        organization_id=school,
        roles=[],
        action="mark.recorded",
        entity="Mark",
        row_id=debt["id"],
        after=told,
        request_id="",
        address="",
    )
    kind, topic = MarkChangeKind.RECORDED, topics.school(school)
    return Change(topic, ChangeArea.MARKS, kind, debt["id"], debt["student_id"])
