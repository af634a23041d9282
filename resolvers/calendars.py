"""Issuing the secret address of one's calendar, and revoking it."""

from collections.abc import Mapping
from typing import Any

import strawberry

from access import calendars, rules, tokens
from errors import UserError
from models import Account, CalendarFeed
from resolvers.mutation import mutation, mutation_without_input
from resolvers.work import Work
from schema.calendars import (
    IssueCalendarFeedInput,
    IssueCalendarFeedPayload,
    RevokeCalendarFeedPayload,
)

_ISSUE = """
INSERT INTO calendar_feed (account_id, digest, includes_lessons, issued_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id) DO UPDATE
SET digest = EXCLUDED.digest, includes_lessons = EXCLUDED.includes_lessons,
    issued_at = EXCLUDED.issued_at
RETURNING id
"""
_REVOKE = "DELETE FROM calendar_feed WHERE account_id = $1 RETURNING id"


@mutation(IssueCalendarFeedPayload, allow=rules.SIGNED_IN, secret=True)
async def issue_calendar_feed(work: Work, input: IssueCalendarFeedInput) -> Mapping[str, Any]:  # noqa: A002
    """Get a secret address of one's calendar; a former one is an address no more.

    It shows what one may read at the time, until it is revoked, a password is chosen anew, or the
    account is blocked.
    """
    token = tokens.new_token()
    wanted = input.include_lessons
    values = [work.viewer.account_id, tokens.digest(token), wanted, work.viewer.now]
    (row,) = await work.connection.execute_query_dict(_ISSUE, values)
    after = {"includes_lessons": wanted}
    work.audit("event.calendar_issued", CalendarFeed, row["id"], after=after)
    return {"path": calendars.path_of(token)}


@mutation_without_input(RevokeCalendarFeedPayload, allow=rules.SIGNED_IN)
async def revoke_calendar_feed(work: Work) -> Mapping[str, Any]:
    """Let the address of one's calendar be one no more."""
    account = await Account.get(id=work.viewer.account_id)
    if not await forget(work, account):
        raise UserError("NOT_FOUND", "There is no calendar.")
    return {}


async def forget(work: Work, account: Account) -> bool:
    """Take the account's calendar away; whether there was one."""
    rows = await work.connection.execute_query_dict(_REVOKE, [account.id])
    for row in rows:
        by = work.viewer.person_id or account.person_id
        work.audit("event.calendar_revoked", CalendarFeed, row["id"], person_id=by)
    return bool(rows)


@strawberry.type
class CalendarsMutation:
    """Having what concerns one in a calendar program."""

    issue_calendar_feed = issue_calendar_feed
    revoke_calendar_feed = revoke_calendar_feed
