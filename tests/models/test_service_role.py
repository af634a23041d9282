"""The role that the service works as: what PostgreSQL refuses it, and that it is the one taken."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import pytest

from errors import SettingsError
from models.database import config
from models.migration import migrate_database
from models.service_role import SERVICE_ROLE, establish
from tests.diary import Diary
from tests.factories import serial
from tests.programs import failed_plans, serving

_APPEND_ONLY = (
    "audit_entry",
    "mark_revision",
    "period_mark_revision",
    "homework_answer_revision",
    "homework_answer_attachment",
)


@pytest.fixture
async def service(database: str) -> AsyncIterator[asyncpg.Connection]:
    """Return a connection that is begun as the service's are."""
    connection = await _as_service(database)
    yield connection
    await connection.close()


@pytest.mark.parametrize("table", _APPEND_ONLY)
@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE {table} SET id = id",
        "UPDATE {table} SET id = id WHERE false",
        "DELETE FROM {table} WHERE false",
        "TRUNCATE {table}",
        "SELECT FROM {table} FOR UPDATE",
        "INSERT INTO {table} (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 1",
        "MERGE INTO {table} held USING (SELECT 1) AS given ON true WHEN MATCHED THEN DELETE",
        "ALTER TABLE {table} DISABLE TRIGGER ALL",
        "ALTER TABLE {table} DISABLE TRIGGER {table}_append_only",
        "ALTER TABLE {table} ADD COLUMN more int",
        "ALTER TABLE {table} OWNER TO CURRENT_USER",
        "DROP TABLE {table}",
        "DROP TRIGGER {table}_append_only ON {table}",
        "CREATE RULE quiet AS ON INSERT TO {table} DO INSTEAD NOTHING",
        "CREATE TRIGGER late BEFORE INSERT ON {table} EXECUTE FUNCTION refuse_change()",
    ],
)
async def test_what_only_grows_is_not_touched(
    service: asyncpg.Connection, table: str, deed: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.execute(deed.format(table=table))


@pytest.mark.parametrize(
    "deed",
    [
        "SELECT FROM audit_strand",
        "UPDATE audit_strand SET last_number = 0",
        "DELETE FROM audit_strand",
        "INSERT INTO audit_strand (id, last_number, last_hash) VALUES (64, 0, '')",
        "DELETE FROM tortoise_migrations",
        "CREATE TABLE mine (id int)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        (
            "CREATE OR REPLACE FUNCTION chain_audit_entry() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN RETURN NEW; END'"
        ),
        "DROP FUNCTION chain_audit_entry()",
        "DROP FUNCTION refuse_change()",
        "CREATE OR REPLACE VIEW held_role AS SELECT 1",
        "ALTER TABLE mark ADD COLUMN mine int",
        "TRUNCATE mark",
        "SELECT setval('audit_entry_id_seq', 1)",
        "SET session_replication_role = replica",
        "CREATE ROLE mine",
    ],
)
async def test_nothing_of_the_owners_is_done(service: asyncpg.Connection, deed: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.execute(deed)


async def test_giving_the_role_back_gives_nothing(service: asyncpg.Connection) -> None:
    await service.execute("RESET ROLE")
    await service.execute("RESET ALL")
    assert await service.fetchval("SELECT current_user") == SERVICE_ROLE


async def test_a_table_of_the_writers_own_does_not_stand_in_for_the_strands(
    service: asyncpg.Connection,
) -> None:
    """The function that chains looks for its table where no writer can make one."""
    transaction = service.transaction()
    await transaction.start()
    await service.execute(
        "CREATE TEMPORARY TABLE audit_strand AS"
        " SELECT n AS id, 0::bigint AS last_number, ''::bytea AS last_hash"
        " FROM generate_series(0, 63) AS n"
    )
    number = await service.fetchval(
        "INSERT INTO audit_entry (at, roles, action, entity, request_id, address)"
        " VALUES (now(), '[]', 'mark.recorded', 'Mark', '', '') RETURNING number"
    )
    assert await service.fetchval("SELECT max(last_number) FROM audit_strand") == 0
    assert number > 0
    await transaction.rollback()


async def test_the_service_runs_as_the_role(database: str) -> None:
    """Whatever it asks is asked as the role: it loses a right when the role loses it."""
    query = "{ municipalities { name } }"
    with serving(DATABASE_URL=database) as program:
        async with httpx.AsyncClient() as http:
            nobody = Diary(program.url, http).nobody
            assert (await nobody.send(query)).codes == []
            owner = await asyncpg.connect(database)
            await owner.execute("REVOKE SELECT ON municipality FROM school_diary_service")
            try:
                assert (await nobody.send(query)).codes == ["INTERNAL"]
            finally:
                await establish(owner)
                await owner.close()
            assert (await nobody.send(query)).codes == []
    assert len(failed_plans(program)) == 1


async def test_a_login_that_owns_nothing_serves_and_does_not_migrate(scratch_url: str) -> None:
    """Whoever gives the service such a login keeps it from what the tables' owner may do."""
    login = f"diary_login_{serial()}"
    url = await _with_login(scratch_url, login, f"IN ROLE {SERVICE_ROLE}")
    try:
        await migrate_database(url)
        await _run(scratch_url, "DELETE FROM tortoise_migrations WHERE name LIKE '0008%'")
        with pytest.raises(SettingsError, match="run `schoolDiary migrate` as their owner first"):
            await migrate_database(url)
        service = await _as_service(url)
        await service.execute("SET ROLE NONE")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await service.execute("ALTER TABLE audit_entry DISABLE TRIGGER ALL")
        await service.close()
    finally:
        await _run(scratch_url, f"DROP ROLE {login}")


async def test_an_owner_who_may_not_take_the_role_is_told_what_to_do(scratch_url: str) -> None:
    login = f"diary_owner_{serial()}"
    connection = await asyncpg.connect(await _with_login(scratch_url, login))
    try:
        with pytest.raises(SettingsError, match=f'run .* `GRANT {SERVICE_ROLE} TO "{login}"`'):
            await establish(connection)
    finally:
        await connection.close()
        await _run(scratch_url, f"DROP ROLE {login}")


async def _run(url: str, statement: str) -> None:
    """Run one statement as the owner."""
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


async def _as_service(url: str) -> asyncpg.Connection:
    """A connection with the settings of the service's own."""
    credentials = config(url, role=SERVICE_ROLE)["connections"]["default"]["credentials"]
    return await asyncpg.connect(url, server_settings=credentials["server_settings"])


async def _with_login(url: str, login: str, more: str = "") -> str:
    """Make a login of that name and return the URL under which it connects."""
    await _run(url, f"CREATE ROLE {login} LOGIN PASSWORD '{login}' {more}")
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{login}:{login}@{host}"))
