"""A new key of the deployment signs nobody out."""

from datetime import UTC, datetime, timedelta

import httpx
import jwt
import pytest

from access.tokens import Claims, TokenSigner
from errors import Unauthenticated
from tests.accounts.signing import is_signed_in
from tests.diary import Client, Diary
from tests.factories import AccountMade
from tests.programs import serving
from tests.sessions import SECRET_KEY

pytestmark = pytest.mark.usefixtures("database")

_NEW, _OTHER = "n" * 32, "o" * 32


async def test_a_session_goes_on_under_a_new_key(
    diary: Diary, database: str, account: AccountMade
) -> None:
    old = await diary.sign_in(account)
    environ = {"SECRET_KEY": _NEW, "FORMER_SECRET_KEYS": f"{_OTHER},{SECRET_KEY}"}
    with serving(DATABASE_URL=database, **environ) as program:
        async with httpx.AsyncClient(timeout=20) as http:
            client = Client(program.url, http, token=old.token)
            assert await is_signed_in(client)
            renewed = await client.do("RefreshSession", refreshToken=old.refresh_token)
            client.token = renewed["session"]["accessToken"]
            assert await is_signed_in(client)
            assert jwt.decode(client.token, _NEW, algorithms=["HS256"])["sub"] == str(account.id)


@pytest.mark.parametrize("former", [(), (_OTHER,)])
def test_a_key_that_is_not_named_counts_no_more(former: tuple[str, ...]) -> None:
    now = datetime.now(UTC)
    token = TokenSigner(SECRET_KEY).sign(Claims(1, 2, now + timedelta(minutes=1)), now)
    assert TokenSigner(_NEW, (SECRET_KEY,)).verify(token).session_id == 2
    with pytest.raises(Unauthenticated):
        TokenSigner(_NEW, former).verify(token)


def test_a_former_key_makes_no_token_last_longer() -> None:
    then = datetime.now(UTC) - timedelta(hours=1)
    token = TokenSigner(SECRET_KEY).sign(Claims(1, 2, then), then - timedelta(minutes=15))
    with pytest.raises(Unauthenticated):
        TokenSigner(_NEW, (SECRET_KEY,)).verify(token)
