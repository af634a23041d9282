"""Access tokens: what they say, and which of them do not count."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from tests.accounts.signing import is_signed_in, session_of
from tests.diary import Diary
from tests.factories import (
    PASSWORD,
    AccountMade,
    StaffMade,
)
from tests.sessions import SECRET_KEY, signed_in
from tests.traces import reasons

pytestmark = pytest.mark.usefixtures("database")


async def test_an_access_token_says_whose_it_is_and_nothing_else(
    diary: Diary, account: AccountMade
) -> None:
    client = await diary.sign_in(account)
    assert client.token is not None
    session = await session_of(account)
    began = int(session.created_at.timestamp())
    assert jwt.get_unverified_header(client.token) == {"alg": "HS256", "typ": "JWT"}
    assert jwt.decode(client.token, SECRET_KEY, algorithms=["HS256"]) == {
        "sub": str(account.id),
        "sid": session.id,
        "iat": began,
        "exp": began + 15 * 60,
    }


def _altered(token: str, _claims: dict[str, Any]) -> str:
    head, body, signature = token.split(".")
    return f"{head}.{body}.{signature[::-1]}"


def _of_another_body(token: str, claims: dict[str, Any]) -> str:
    head, _, signature = token.split(".")
    body = jwt.encode(claims | {"sub": "1"}, SECRET_KEY).split(".")[1]
    return f"{head}.{body}.{signature}"


def _unsigned(_token: str, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "", algorithm="none")


def _without_signature(token: str, _claims: dict[str, Any]) -> str:
    return token.rpartition(".")[0] + "."


def _of_another_key(_token: str, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "x" * 32)


def _run_out(_token: str, claims: dict[str, Any]) -> str:
    a_minute_ago = datetime.now(UTC) - timedelta(minutes=1)
    return jwt.encode(claims | {"exp": a_minute_ago}, SECRET_KEY)


def _without_an_end(_token: str, claims: dict[str, Any]) -> str:
    return jwt.encode({name: claims[name] for name in ("sub", "sid", "iat")}, SECRET_KEY)


def _of_another_account(_token: str, claims: dict[str, Any]) -> str:
    return jwt.encode(claims | {"sub": "1"}, SECRET_KEY)


def _nonsense(_token: str, _claims: dict[str, Any]) -> str:
    return "nonsense"


@pytest.mark.parametrize(
    "forge",
    [
        _altered,
        _of_another_body,
        _unsigned,
        _without_signature,
        _of_another_key,
        _run_out,
        _without_an_end,
        _of_another_account,
        _nonsense,
    ],
)
async def test_a_token_that_does_not_count_is_no_token(
    diary: Diary, teacher: StaffMade, forge: Any
) -> None:
    client = await signed_in(diary, teacher)
    assert client.token is not None
    assert await is_signed_in(client)
    client.token = forge(client.token, jwt.decode(client.token, SECRET_KEY, algorithms=["HS256"]))

    assert not await is_signed_in(client)
    assert (await client.send("{ municipalities { __typename } }")).data["municipalities"]


async def test_a_token_that_has_run_out_keeps_nobody_from_signing_in(
    diary: Diary, account: AccountMade
) -> None:
    client = diary.nobody
    client.token = _run_out("", {"sub": str(account.id), "sid": 1, "iat": 1})
    payload = await client.do("SignIn", login=account.login, password=PASSWORD)
    assert reasons(payload) == []
    client.token = payload["session"]["accessToken"]
    assert await is_signed_in(client)
