"""Locking a page of the journal, and lifting the lock."""

from collections.abc import Mapping
from typing import Any

import strawberry

from access import rules, scopes
from errors import UserError
from models import JournalLock, PeriodMarkKind
from resolvers import limits
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.declaration.ids import decode
from schema.journal_locks import (
    LockJournalInput,
    LockJournalPayload,
    UnlockJournalInput,
    UnlockJournalPayload,
)

# Two who lock the same page come one after the other, and so do they and who writes there.
_PAGE = Reading(
    scopes.CLASSES,
    "SchoolClass",
    rules.MANAGEMENT,
    """
    SELECT {row}.id, {row}.organization_id, nextval('journal_lock_id_seq') AS lock_id,
           EXISTS (
               SELECT FROM journal_page page
               WHERE page.school_class_id = {row}.id AND page.subject_id = {subject}
           ) AS is_taught,
           ARRAY(
               SELECT DISTINCT page.section_id FROM journal_page page
               WHERE page.school_class_id = {row}.id AND page.subject_id = {subject}
                 AND ({term} IS NULL OR page.term_id = {term})
               ORDER BY page.section_id
           ) AS sections
    FROM {rows} WHERE {reached}
    FOR NO KEY UPDATE OF {row}
    """,
    given={"subject": "bigint", "term": "bigint"},
)
_CLOSE = "SELECT close_journal(section) FROM unnest($1::bigint[]) AS section"
_STANDING = """
SELECT EXISTS (
    SELECT FROM journal_lock
    WHERE school_class_id = $1 AND subject_id = $2 AND kind = $3 AND lifted_at IS NULL
      AND term_id IS NOT DISTINCT FROM $4
) AS is_locked
"""
_LOCK = Reading(
    scopes.JOURNAL_LOCKS,
    "JournalLock",
    rules.MANAGEMENT,
    """
    SELECT {row}.id, {row}.lifted_at, class.organization_id
    FROM {rows} JOIN school_class class ON class.id = {row}.school_class_id
    WHERE {reached}
    FOR NO KEY UPDATE OF {row}
    """,
)


@mutation(LockJournalPayload, allow=_PAGE.via)
async def lock_journal(work: Work, input: LockJournalInput) -> Mapping[str, Any]:  # noqa: A002
    """Lock a page of the journal: from now on only those write there who say why."""
    all_of((limits.reason(input.reason), _term_where_due(input)))
    subject = decode("Subject", input.subject_id) or 0
    term = None if input.term_id is None else decode("Term", input.term_id) or 0
    page = await work.read(_PAGE, input.class_id, "classId", subject=subject, term=term)
    if not page["sections"]:
        at = "termId" if page["is_taught"] else "subjectId"
        raise UserError("NOT_FOUND", "The class has no such page.", at)
    await work.connection.execute_query(_CLOSE, [page["sections"]])
    where = {"school_class_id": page["id"], "subject_id": subject, "kind": input.kind}
    where["term_id"] = term
    (standing,) = await work.connection.execute_query_dict(_STANDING, [*where.values()])
    if standing["is_locked"]:
        raise UserError("DUPLICATE", "This page is locked already.", "classId")
    who = {"locked_by_id": work.viewer.person_id, "locked_at": work.viewer.now}
    reason = input.reason.strip()
    work.writes.make(JournalLock, id=page["lock_id"], **where, **who, reason=reason)
    work.audit(
        "journal.locked",
        JournalLock,
        page["lock_id"],
        after={**where, "reason": reason},
        organization_id=page["organization_id"],
    )
    return {"lock": page["lock_id"]}


@mutation(UnlockJournalPayload, allow=_LOCK.via)
async def unlock_journal(work: Work, input: UnlockJournalInput) -> Mapping[str, Any]:  # noqa: A002
    """Lift a lock of the journal, saying why; teachers write there again."""
    all_of((limits.reason(input.reason),))
    lock = await work.read(_LOCK, input.lock_id, "lockId")
    if lock["lifted_at"] is not None:
        raise UserError("IN_PAST", "The lock was lifted already.", "lockId")
    reason = input.reason.strip()
    lifted = {"lifted_by_id": work.viewer.person_id, "lifted_at": work.viewer.now}
    work.writes.change(JournalLock, lock["id"], **lifted, lift_reason=reason)
    work.audit(
        "journal.unlocked",
        JournalLock,
        lock["id"],
        after={"reason": reason},
        organization_id=lock["organization_id"],
    )
    return {"lock": lock["id"]}


def _term_where_due(given: LockJournalInput) -> UserError | None:
    """A page of lessons is of a term; marks for the year are of none."""
    if given.kind is PeriodMarkKind.TERM and given.term_id is None:
        return UserError("REQUIRED", "Say which term's page.", "termId")
    if given.kind is not PeriodMarkKind.TERM and given.term_id is not None:
        return UserError("OUT_OF_RANGE", "Marks for the year are of no term.", "termId")
    return None


@strawberry.type
class JournalLocksMutation:
    """Locking and unlocking pages of the journal."""

    lock_journal = lock_journal
    unlock_journal = unlock_journal
