"""What is never written down of the steps between a password and a session."""

import hashlib

import httpx
import pytest
from tortoise.connection import get_connection

from models import Position
from tests.accounts.signing import begun, do, in_session
from tests.diary import Diary
from tests.factories import PASSWORD, Generator, SchoolMade
from tests.programs import serving
from tests.traces import reasons

pytestmark = pytest.mark.usefixtures("database")

_GOOD = "ёжик вяжет тёплые сугробы"
_TABLES = ("account", "sign_in_step", "second_factor", "recovery_code", "audit_entry")


async def test_no_secret_is_written_into_log_audit_or_rows(
    database: str, school: SchoolMade
) -> None:
    await school.settle(administrators_need_second_factor=True)
    account = await (await school.staff(Position.SCHOOL_ADMINISTRATOR)).account()
    await account.initial()
    with serving(DATABASE_URL=database, LOG_LEVEL="debug") as program:
        async with httpx.AsyncClient(timeout=20) as http:
            client = Diary(program.url, http).nobody
            first = await begun(client, account, "NEW_PASSWORD")
            chosen = await do(client, "chooseFirstPassword", ticket=first, newPassword=_GOOD)
            second = chosen["nextStep"]["ticket"]
            made = await do(client, "setUpSecondFactor", ticket=second)
            generator = Generator(made["secret"])
            given = {"ticket": second, "code": generator.code()}
            confirmed = await do(client, "confirmSecondFactorSetup", **given)
            codes = confirmed["recoveryCodes"]
            in_session(client, confirmed)
            given = {"currentPassword": _GOOD, "code": codes[0]}
            changed = await do(client, "beginSecondFactor", **given)
            assert reasons(changed) == []
            wrong = {"currentPassword": _GOOD, "code": "wrong-code-of-mine"}
            await do(client, "removeSecondFactor", **wrong)
    secrets = [PASSWORD, _GOOD, first, second, generator.secret, changed["secret"], *codes]
    secrets += [code.replace("-", "") for code in codes]
    secrets += [wrong["code"], client.token or "", client.refresh_token or ""]
    for secret in secrets:
        assert secret
        assert secret not in program.output
        assert await _rows_with(secret, _TABLES) == 0
    digests = [hashlib.sha256(ticket.encode()).hexdigest() for ticket in (first, second)]
    for kept in (*digests, account.login):
        assert kept not in program.output
        assert await _rows_with(kept, ("audit_entry",)) == 0


async def _rows_with(text: str, tables: tuple[str, ...]) -> int:
    """In how many rows the text stands."""
    counts = (f"(SELECT count(*) FROM {table} r WHERE strpos(r::text, $1) > 0)" for table in tables)  # noqa: S608 — names of ours
    [row] = await get_connection("default").execute_query_dict(
        f"SELECT {' + '.join(counts)} AS found", [text]
    )
    found: int = row["found"]
    return found
