"""Whether a page of the journal still takes what somebody writes.

A teacher writes until the page is locked, or until the school's days for it are over. After that
the deputy head and the administrator do, who say why.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from errors import UserError
from models import JournalGuard
from resolvers.work import Work

GIVEN: Mapping[str, str] = {"writer": "bigint"}
"""What a reading with `columns` is given: the writer's own number, `given(work)`."""

_REFUSED = "DJ001"
_ONLY = "only the deputy head or an administrator may write there, saying why"
_LOCKED = f"This page of the journal is locked: {_ONLY}."


def place(section: str, *, day: str = "NULL", term: str = "NULL", kind: str = "NULL") -> str:
    """Columns for a reading: whether a lesson's day, a term or a year is locked, as `guard` asks.

    `kind` is which of the year's marks are written; null for others.
    """
    return f"""
        {section} AS section_id, {day}::date AS kept_on, {term}::bigint AS kept_term_id,
        {kind}::text AS kept_kind,
        EXISTS (
            SELECT FROM locked_page locked WHERE locked.section_id = {section}
            AND (locked.term_id = {term} OR {day} BETWEEN locked.starts_on AND locked.ends_on
                 OR locked.kind = {kind})
        ) AS is_locked
    """


def columns(section: str, school: str, **period: str) -> str:
    """The same, and what else `keep` needs to know of the writer and of the school."""
    return f"""
        {place(section, **period)},
        EXISTS (
            SELECT FROM staff_post post
            WHERE post.person_id = {{writer}} AND post.organization_id = {school}
              AND post.position IN ('DEPUTY_HEAD', 'SCHOOL_ADMINISTRATOR')
              AND post.valid_from <= CURRENT_DATE
              AND (post.valid_until IS NULL OR post.valid_until > CURRENT_DATE)
        ) AS may_override,
        (SELECT correction_days FROM settled_grading WHERE organization_id = {school})
            AS correction_days
    """  # noqa: S608 — as above


def given(work: Work) -> Mapping[str, Any]:
    """The values of `GIVEN`."""
    return {"writer": work.viewer.person_id}


def keep(
    work: Work,
    place: Mapping[str, Any],
    reason: str | None,
    at: str,
    *,
    until: date | None = None,
) -> None:
    """Let it be written unless the page is locked, or `until` was the last day for teachers.

    `place` has the `columns`. A lock that is taken meanwhile refuses what is written then. Raises
    UserError: LOCKED at `at`, or REQUIRED at `reason` from those who may, but do not say why.
    """
    if error := refusal(work, place, reason, (at,), ("reason",), until=until):
        raise error
    guard(work, place, at)


def refusal(
    work: Work,
    place: Mapping[str, Any],
    reason: str | None,
    at: Sequence[str],
    reason_at: Sequence[str],
    *,
    until: date | None = None,
) -> UserError | None:
    """The error that `keep` raises, for those who tell several at once."""
    if not is_closed(work, place, until):
        return None
    if not place["may_override"]:
        late = f"Teachers could do this until {until}; now {_ONLY}."
        return UserError("LOCKED", _LOCKED if place["is_locked"] else late, *at)
    if not (reason or "").strip():
        message = "The page is locked, or its days are over: say why you write there."
        return UserError("REQUIRED", message, *reason_at)
    return None


def is_closed(work: Work, place: Mapping[str, Any], until: date | None) -> bool:
    """Whether teachers write there no more."""
    return place["is_locked"] or (until is not None and work.viewer.today > until)


def guard(work: Work, place: Mapping[str, Any], *at: str) -> None:
    """Have what is written refused where the page, which was open, is locked meanwhile."""
    if place["is_locked"]:
        return
    names = {"date": "kept_on", "term_id": "kept_term_id", "kind": "kept_kind"}
    about = {name: place[kept] for name, kept in names.items()}
    work.writes.make(JournalGuard, section_id=place["section_id"], **about)
    work.means(_REFUSED, UserError("LOCKED", _LOCKED, *at))


def with_reason(after: Mapping[str, Any] | None, reason: str | None) -> Mapping[str, Any] | None:
    """What the audit says of a write: the values, and why it was made where somebody said so."""
    said = (reason or "").strip()
    return {**(after or {}), "reason": said} if said else after


def last_day(since: date, days: int) -> date:
    """The last of so many days in which teachers may write about a day."""
    return since + timedelta(days=days)
