"""What is never written down of an account."""

import hashlib

import httpx
import pytest
from tortoise.connection import get_connection

from models import Account
from tests.diary import Diary
from tests.factories import (
    PASSWORD,
    AccountMade,
    SchoolMade,
    gid,
    serial,
)
from tests.programs import serving
from tests.traces import reasons

pytestmark = pytest.mark.usefixtures("database")


async def test_no_secret_is_written_into_log_audit_or_change_log(
    database: str, school: SchoolMade, account: AccountMade
) -> None:
    wrong = f"wrong-password-{serial()}"
    lesson = await (await (await school.class_("7А")).section("Алгебра")).lesson()
    pupil = await lesson.section.klass.pupil(last_name=f"Тайнова{serial()}")
    comment = f"Замечание {serial()}"
    with serving(DATABASE_URL=database, LOG_LEVEL="debug") as program:
        async with httpx.AsyncClient(timeout=20) as http:
            own = Diary(program.url, http)
            await own.nobody.do("SignIn", login=account.login, password=wrong)
            clients = [await own.sign_in(account), await own.as_(lesson.section.teacher)]
            renewed = await own.nobody.do("RefreshSession", refreshToken=clients[0].refresh_token)
            marked = await clients[1].do(
                "RecordMark",
                lessonId=gid("Lesson", lesson.id),
                studentId=gid("Student", pupil.id),
                value=5,
                comment=comment,
            )
            await own.nobody.do("RefreshSession", refreshToken=clients[0].refresh_token)
            await clients[1].ask("SignOut")
            unstorable = {"login": f"{wrong}\x00", "password": wrong}
            refused = await own.nobody.ask("SignIn", input=unstorable)
    assert refused.codes == ["BAD_USER_INPUT"]
    assert reasons(marked) == []
    assert "operation=RecordMark" in program.output
    sent = [renewed["session"]["accessToken"], renewed["session"]["refreshToken"], PASSWORD, wrong]
    sent += [token for each in clients for token in (each.token, each.refresh_token) if token]
    digests = [hashlib.sha256(token.encode()).hexdigest() for token in sent]
    hashes = [(await Account.get(id=account.id)).password_hash]
    for secret in (*sent, *digests, *hashes):
        assert secret not in program.output
        assert await _rows_with(secret) == 0
    for personal in (pupil.person.row.last_name, comment, account.login):
        assert personal not in program.output


async def _rows_with(text: str) -> int:
    [row] = await get_connection("default").execute_query_dict(
        "SELECT (SELECT count(*) FROM audit_entry WHERE strpos(audit_entry::text, $1) > 0)"
        " + (SELECT count(*) FROM change_entry WHERE strpos(change_entry::text, $1) > 0) AS found",
        [text],
    )
    found: int = row["found"]
    return found
