"""From a calendar's address to whoever it was issued to, as of now."""

from dataclasses import dataclass
from datetime import datetime

from tortoise.connection import get_connection

from access import tokens
from access.sessions import ROLES, viewer_from
from access.viewer import Viewer

PATH = "/calendars/{token}.ics"
"""Where calendars are, for whoever has the token."""

# Whoever may not sign in, or has a password that somebody else has printed, has no calendar.
_FEED = f"""
SELECT NULL AS session_id, CURRENT_DATE AS today, now() AS now,
       account.id AS account_id, account.person_id, {ROLES} AS roles,
       feed.includes_lessons, feed.issued_at
FROM calendar_feed feed JOIN account ON account.id = feed.account_id
WHERE feed.digest = $1 AND account.blocked_at IS NULL AND account.initial_until IS NULL
"""  # noqa: S608 — a name of this package


@dataclass(frozen=True)
class Feed:
    """A calendar that counts: whose it is, and what they wanted in it."""

    viewer: Viewer
    includes_lessons: bool
    issued_at: datetime


def path_of(token: str) -> str:
    """Where the calendar with this token is."""
    return PATH.format(token=token)


async def feed_of(token: str) -> Feed | None:
    """The calendar at the address with this token; None where there is none, or none any more."""
    rows = await get_connection("default").execute_query_dict(_FEED, [tokens.digest(token)])
    if not rows:
        return None
    (row,) = rows
    return Feed(viewer_from(row), row["includes_lessons"], row["issued_at"])
