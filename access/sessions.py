"""From a session to its viewer: who asks, what they are today, by one statement."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from tortoise.connection import get_connection

from access.roles import Role
from access.tokens import Claims
from access.viewer import Viewer, anonymous

ROLES = (
    "ARRAY(SELECT DISTINCT role::text FROM held_role WHERE held_role.person_id = account.person_id)"
)
"""What the person of an `account` is today, as an expression; texts, whose arrays drivers know."""

# The day and the moment are the database's, so that no worker's clock decides about a right.
_VIEWERS = f"""
SELECT wanted.session_id, CURRENT_DATE AS today, now() AS now,
       account.id AS account_id, account.person_id,
       {ROLES} AS roles
FROM {{wanted}} AS wanted (session_id)
LEFT JOIN session
    ON session.id = wanted.session_id
   AND session.ended_at IS NULL
   AND session.expires_at > now()
LEFT JOIN account ON account.id = session.account_id AND account.blocked_at IS NULL
"""  # noqa: S608 — a name of this module
_SEVERAL = _VIEWERS.format(wanted="unnest($1::bigint[])")
# For an array of unknown length PostgreSQL would plan anew each time, at several times the price.
_ONE = _VIEWERS.format(wanted="(VALUES ($1::bigint))")
# Only what is no longer so: thousands of viewers are looked at every other second.
_OTHERS = """
SELECT now() AS now, array_agg(known.session_id) FILTER (
    WHERE account.id IS NULL OR known.roles <> array_to_string(ARRAY(
        SELECT DISTINCT held_role.role::text COLLATE "C" FROM held_role
        WHERE held_role.person_id = account.person_id ORDER BY 1
    ), ',')
) AS others
FROM unnest($1::bigint[], $2::text[]) AS known (session_id, roles)
LEFT JOIN session
    ON session.id = known.session_id
   AND session.ended_at IS NULL
   AND session.expires_at > now()
LEFT JOIN account ON account.id = session.account_id AND account.blocked_at IS NULL
"""
_NO_SESSION = 0


async def viewer_of(claims: Claims | None) -> Viewer:
    """Who asks; nobody where there are no claims or their session has ended."""
    session_id = claims.session_id if claims else _NO_SESSION
    (row,) = await get_connection("default").execute_query_dict(_ONE, [session_id])
    return _claimed(claims, viewer_from(row))


async def viewer_among_many(claims: Claims | None) -> Viewer:
    """The same, asked together with all who ask it at the moment: thousands come back at once."""
    session_id = claims.session_id if claims else _NO_SESSION
    client: Any = get_connection("default")
    (row,) = await client.rows_of(session_id, _SEVERAL)
    return _claimed(claims, viewer_from(row))


def _claimed(claims: Claims | None, viewer: Viewer) -> Viewer:
    """The session's viewer, if it is whose the claims say; nobody otherwise."""
    if claims and viewer.account_id not in (None, claims.account_id):
        return anonymous(viewer.today, viewer.now)
    return viewer


async def viewers_of(session_ids: Collection[int]) -> dict[int, Viewer]:
    """The viewers behind these sessions as of now; those whose session has ended are nobody."""
    rows = await get_connection("default").execute_query_dict(_SEVERAL, [list(session_ids)])
    return {row["session_id"]: viewer_from(row) for row in rows}


async def others_than(viewers: Mapping[int, Viewer]) -> tuple[dict[int, Viewer], datetime]:
    """Which of these sessions' viewers are others by now, or nobody, and the moment of the look."""
    roles = [",".join(viewer.role_names) for viewer in viewers.values()]
    (row,) = await get_connection("default").execute_query_dict(_OTHERS, [list(viewers), roles])
    others = row["others"]
    return (await viewers_of(others) if others else {}), row["now"]


def viewer_from(row: Mapping[str, Any]) -> Viewer:
    """The viewer whom a statement's row describes; nobody where it has no account."""
    if row["account_id"] is None:
        return anonymous(row["today"], row["now"])
    return Viewer(
        account_id=row["account_id"],
        session_id=row["session_id"],
        person_id=row["person_id"],
        roles=frozenset(Role(role) for role in row["roles"]),
        today=row["today"],
        now=row["now"],
    )
