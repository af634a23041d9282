"""The database role that the service works as: it reads and writes rows and owns no table."""

from collections.abc import Mapping
from typing import Any

import asyncpg

from errors import SettingsError
from models.audit import AuditEntry, AuditStrand
from models.changes import ChangeEpoch
from models.figures import MonthlyFigure, PeriodFigure
from models.homework import HomeworkAnswerAttachment, HomeworkAnswerRevision
from models.journal import MarkRevision
from models.journal_views import JournalGuard
from models.period_marks import PeriodMarkRevision

SERVICE_ROLE = "school_diary_service"

_OF_KIND: Mapping[bytes, frozenset[str]] = {
    b"r": frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"}),
    b"v": frozenset({"SELECT"}),
    b"S": frozenset({"USAGE"}),
}
_ONLY_GROWS = frozenset({"SELECT", "INSERT"})
# What a table's kind would give too much of.
_OF_TABLE: Mapping[str, frozenset[str]] = {
    AuditEntry.Meta.table: _ONLY_GROWS,
    MarkRevision.Meta.table: _ONLY_GROWS,
    HomeworkAnswerRevision.Meta.table: _ONLY_GROWS,
    HomeworkAnswerAttachment.Meta.table: _ONLY_GROWS,
    PeriodMarkRevision.Meta.table: _ONLY_GROWS,
    AuditStrand.Meta.table: frozenset(),
    JournalGuard.Meta.table: _ONLY_GROWS,
    MonthlyFigure.Meta.table: frozenset({"SELECT"}),
    PeriodFigure.Meta.table: frozenset({"SELECT"}),
    ChangeEpoch.Meta.table: frozenset({"SELECT"}),
    "tortoise_migrations": frozenset({"SELECT"}),
}

_STATE = """
SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS is_there,
       coalesce((SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = $1), false)
           AS may_be_taken,
       current_user AS "user"
"""
# Of several databases of one server that are migrated at once, one makes the role.
_MAKE = f"""
DO $$ BEGIN
    CREATE ROLE {SERVICE_ROLE} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
_GRANTED = """
SELECT relation.relname AS name, relation.relkind AS kind,
       array(
           SELECT privilege_type::text FROM aclexplode(relation.relacl) AS acl
           WHERE acl.grantee = $1::regrole
       ) AS privileges
FROM pg_class relation
WHERE relation.relnamespace = 'public'::regnamespace
  AND relation.relkind IN ('r', 'v', 'S') AND pg_has_role(relation.relowner, 'USAGE')
ORDER BY name
"""


async def establish(connection: asyncpg.Connection) -> None:
    """Let the role do what the service does in this database, and no more.

    It is asked each time what is granted already, so a restored database and one copied from
    another are right too. Raises SettingsError where the role can be neither made nor taken.
    """
    await _make(connection)
    await connection.execute(f"GRANT USAGE ON SCHEMA public TO {SERVICE_ROLE}")
    for row in await connection.fetch(_GRANTED, SERVICE_ROLE):
        wanted = _OF_TABLE.get(row["name"], _OF_KIND[row["kind"]])
        if wanted != frozenset(row["privileges"]):
            await _grant(connection, row, wanted)


async def _make(connection: asyncpg.Connection) -> None:
    state = await connection.fetchrow(_STATE, SERVICE_ROLE)
    try:
        if not state["is_there"]:
            await connection.execute(_MAKE)
        if not state["is_there"] or not state["may_be_taken"]:
            await connection.execute(f"GRANT {SERVICE_ROLE} TO CURRENT_USER")
    except asyncpg.InsufficientPrivilegeError:
        raise SettingsError(
            f"The user of DATABASE_URL may not make or take the role {SERVICE_ROLE}: let an "
            f"administrator of PostgreSQL run `CREATE ROLE {SERVICE_ROLE} NOLOGIN`, if it is not "
            f'there, and `GRANT {SERVICE_ROLE} TO "{state["user"]}"`.'
        ) from None


async def _grant(connection: asyncpg.Connection, row: Any, wanted: frozenset[str]) -> None:
    what = "SEQUENCE" if row["kind"] == b"S" else "TABLE"
    on = f'ON {what} public."{row["name"]}"'
    async with connection.transaction():
        await connection.execute(f"REVOKE ALL {on} FROM {SERVICE_ROLE}")
        if wanted:
            await connection.execute(f"GRANT {', '.join(sorted(wanted))} {on} TO {SERVICE_ROLE}")
