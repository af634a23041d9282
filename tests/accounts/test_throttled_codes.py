"""How often codes of a second factor may be guessed by somebody who knows the password."""

from collections.abc import AsyncIterator

import httpx
import pytest

from models import Session
from tests.accounts.signing import begun, do
from tests.diary import Client, Diary
from tests.factories import AccountMade, SecondFactorMade, serial
from tests.programs import serving
from tests.servers import RedisServer
from tests.traces import reasons

pytestmark = pytest.mark.usefixtures("database")

_WRONG = [("INVALID_CODE", "code")]
_TOO_MANY = [("TOO_MANY_ATTEMPTS", None)]
_TOGETHER, _OF_ACCOUNT = 5, 10


@pytest.fixture(scope="module")
async def behind_proxy(database: str) -> AsyncIterator[Diary]:
    """Return a service that believes this machine's `X-Forwarded-For`."""
    with serving(DATABASE_URL=database, TRUSTED_PROXIES="127.0.0.1") as program:
        async with httpx.AsyncClient(timeout=30) as http:
            yield Diary(program.url, http)


@pytest.fixture
async def factor(account: AccountMade) -> SecondFactorMade:
    return await account.second_factor()


def _address() -> str:
    """An address that nobody used before."""
    number = serial()
    return f"198.51.{number // 250 % 250}.{number % 250 + 1}"


async def _enter(diary: Diary, account: AccountMade, code: str, address: str) -> object:
    """What comes of the right password and then this code."""
    async with httpx.AsyncClient(timeout=30, headers={"X-Forwarded-For": address}) as http:
        client = Client(diary.url, http)
        ticket = await begun(client, account, "SECOND_FACTOR")
        return reasons(await do(client, "enterSecondFactor", ticket=ticket, code=code))


async def test_guesses_from_everywhere_keep_out_strangers_and_nobody_who_was_here_before(
    behind_proxy: Diary, account: AccountMade, factor: SecondFactorMade
) -> None:
    home, code = _address(), factor.generator.code()
    assert await _enter(behind_proxy, account, code, home) == []
    guesses = [
        await _enter(behind_proxy, account, factor.generator.wrong, _address())
        for _ in range(_OF_ACCOUNT + 1)
    ]
    assert guesses == [_WRONG] * _OF_ACCOUNT + [_TOO_MANY]
    code = factor.generator.code(ahead=1)
    assert await _enter(behind_proxy, account, code, _address()) == _TOO_MANY
    assert await _enter(behind_proxy, account, code, home) == []
    assert await Session.filter(account_id=account.id).count() == 2


async def test_a_right_code_begins_anew(
    behind_proxy: Diary, account: AccountMade, factor: SecondFactorMade
) -> None:
    here = _address()
    for right in factor.recovery_codes[:2]:
        for _ in range(_TOGETHER - 1):
            assert await _enter(behind_proxy, account, factor.generator.wrong, here) == _WRONG
        assert await _enter(behind_proxy, account, right, here) == []


async def test_workers_count_codes_together(
    database: str, redis_server: RedisServer, account: AccountMade, factor: SecondFactorMade
) -> None:
    environ = {"DATABASE_URL": database, "REDIS_URL": redis_server.url, "WEB_CONCURRENCY": "2"}
    here = _address()
    with serving(TRUSTED_PROXIES="127.0.0.1", **environ) as program:
        async with httpx.AsyncClient() as http:
            diary = Diary(program.url, http)
            guesses = [
                # Each over connections of its own, so that both workers get some.
                await _enter(diary, account, factor.generator.wrong, here)
                for _ in range(_TOGETHER * 2)
            ]
    assert guesses == [_WRONG] * _TOGETHER + [_TOO_MANY] * _TOGETHER
