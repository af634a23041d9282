"""How often one may try to sign in, and that a stranger's trying keeps nobody out."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest

from models import AuditEntry, Session
from tests.accounts.signing import WRONG
from tests.diary import Client, Diary, contract
from tests.factories import PASSWORD, AccountMade, a_person, serial
from tests.programs import serving
from tests.servers import RedisServer
from tests.traces import reasons

pytestmark = pytest.mark.usefixtures("database")

TOO_MANY = [("TOO_MANY_ATTEMPTS", None)]
_TOGETHER, _OF_ACCOUNT, _OF_ADDRESS = 10, 25, 100


@pytest.fixture(scope="module")
async def behind_proxy(database: str) -> AsyncIterator[Diary]:
    """Return a service that believes this machine's `X-Forwarded-For`."""
    with serving(DATABASE_URL=database, TRUSTED_PROXIES="127.0.0.1") as program:
        async with httpx.AsyncClient(timeout=30) as http:
            yield Diary(program.url, http)


def _address() -> str:
    """An address that nobody used before."""
    number = serial()
    return f"203.0.{number // 250 % 250}.{number % 250 + 1}"


async def _try(
    diary: Diary, login: str, password: str, address: str
) -> list[tuple[str, str | None]]:
    request = {
        "query": contract("SignIn"),
        "variables": {"input": {"login": login, "password": password}},
    }
    headers = {"X-Forwarded-For": address}
    answer = await diary.http.post(f"{diary.url}/graphql", json=request, headers=headers)
    found: list[tuple[str, str | None]] = reasons(answer.json()["data"]["signIn"])
    return found


async def test_an_account_is_guessed_at_ten_times_from_one_place(
    behind_proxy: Diary, account: AccountMade
) -> None:
    here = _address()
    guesses = [await _try(behind_proxy, account.login, "guess", here) for _ in range(_TOGETHER + 2)]
    assert guesses == [WRONG] * _TOGETHER + [TOO_MANY] * 2
    assert await _try(behind_proxy, account.login, PASSWORD, here) == TOO_MANY
    assert not await Session.filter(account_id=account.id).exists()
    # Whoever is elsewhere is not concerned.
    assert await _try(behind_proxy, account.login, PASSWORD, _address()) == []


async def test_guesses_at_once_are_counted_one_by_one(
    behind_proxy: Diary, account: AccountMade
) -> None:
    here = _address()
    guesses = await asyncio.gather(
        *(_try(behind_proxy, account.login, "guess", here) for _ in range(60))
    )
    assert Counter(map(str, guesses)) == {str(WRONG): _TOGETHER, str(TOO_MANY): 60 - _TOGETHER}


async def test_the_right_password_begins_anew(behind_proxy: Diary, account: AccountMade) -> None:
    here = _address()
    for _ in range(2):
        for _ in range(_TOGETHER - 1):
            assert await _try(behind_proxy, account.login, "guess", here) == WRONG
        assert await _try(behind_proxy, account.login, PASSWORD, here) == []


async def test_guesses_from_everywhere_keep_out_strangers_and_nobody_who_was_here_before(
    behind_proxy: Diary, account: AccountMade
) -> None:
    home = _address()
    assert await _try(behind_proxy, account.login, PASSWORD, home) == []
    guesses = [
        await _try(behind_proxy, account.login, "guess", _address()) for _ in range(_OF_ACCOUNT + 1)
    ]
    assert guesses == [WRONG] * _OF_ACCOUNT + [TOO_MANY]
    assert await _try(behind_proxy, account.login, PASSWORD, _address()) == TOO_MANY
    assert await _try(behind_proxy, account.login, PASSWORD, home) == []


async def test_one_address_guesses_a_hundred_times_and_learns_of_no_account(
    behind_proxy: Diary, account: AccountMade
) -> None:
    here = _address()
    logins = [f"nobody.{serial()}" for _ in range(_OF_ADDRESS)]
    guesses = await asyncio.gather(*(_try(behind_proxy, login, "guess", here) for login in logins))
    assert guesses == [WRONG] * _OF_ADDRESS
    for login in (account.login, f"nobody.{serial()}"):
        assert await _try(behind_proxy, login, PASSWORD, here) == TOO_MANY
    assert not await Session.filter(account_id=account.id).exists()


async def test_of_guesses_at_once_from_one_address_a_hundred_are_told_of(
    behind_proxy: Diary, account: AccountMade
) -> None:
    here = _address()
    logins = [f"nobody.{serial()}" for _ in range(_OF_ADDRESS + 40)]
    guesses = await asyncio.gather(*(_try(behind_proxy, login, "guess", here) for login in logins))
    assert Counter(map(str, guesses)) == {str(WRONG): _OF_ADDRESS, str(TOO_MANY): 40}
    assert await _try(behind_proxy, account.login, PASSWORD, here) == TOO_MANY


async def test_whoever_guesses_among_neighbours_gets_one_more_of_each(behind_proxy: Diary) -> None:
    """Accounts that are used from an address are not shut out there, nor open to all who are."""
    school = _address()
    first, second = [await (await a_person()).account() for _ in range(2)]
    for neighbour in (first, second):
        assert await _try(behind_proxy, neighbour.login, PASSWORD, school) == []
    strangers = [f"nobody.{serial()}" for _ in range(_OF_ADDRESS)]
    for login in strangers:
        assert await _try(behind_proxy, login, "guess", school) == WRONG
    guesses = [await _try(behind_proxy, first.login, "guess", school) for _ in range(3)]
    assert guesses == [WRONG, TOO_MANY, TOO_MANY]
    for _ in range(2):
        assert await _try(behind_proxy, second.login, PASSWORD, school) == []


async def test_of_many_refusals_a_few_are_written_down(
    behind_proxy: Diary, account: AccountMade
) -> None:
    """One a minute of each kind, with how many there were, and neither login nor guess."""
    here = _address()
    for login in (account.login, "nobody.at.all"):
        for _ in range(_TOGETHER + 3):
            await _try(behind_proxy, login, "guess", here)
    entries = await AuditEntry.filter(address=here).order_by("id")
    told = [(each.action, each.row_id, each.after["failures"]) for each in entries]
    assert told == [
        ("sign_in.failed", account.id, 1),
        ("sign_in.refused", account.id, _TOGETHER),
        ("sign_in.failed", None, 1),
        ("sign_in.refused", None, _TOGETHER),
    ]
    assert {each.person_id for each in entries} == {None}
    logins = [each.after["login"] for each in entries]
    assert logins[0] == logins[1] != logins[2] == logins[3]
    assert all(set(login) <= set("0123456789abcdef") for login in logins)


_SIGN_IN = "signIn(input: $a) { session { accessToken } }"
_FRAGMENT = f"fragment F on Mutation {{ {_SIGN_IN} }}"
_REFRESH = 'refreshSession(input: {refreshToken: "x"}) { session { accessToken } }'


@pytest.mark.parametrize(
    "document",
    [
        f"mutation ($a: SignInInput!) {{ a: {_SIGN_IN} b: {_SIGN_IN} }}",
        f"mutation ($a: SignInInput!) {{ ...F a: {_SIGN_IN} }} {_FRAGMENT}",
        f"mutation ($a: SignInInput!) {{ {_SIGN_IN} {_REFRESH} }}",
    ],
)
async def test_one_document_signs_in_once(
    diary: Diary, account: AccountMade, document: str
) -> None:
    given = {"login": account.login, "password": PASSWORD}
    over_http = await diary.nobody.send(document, a=given)
    async with Client(diary.url, diary.http).socket() as socket:
        await socket.subscribe(document, a=given)
        over_socket = await socket.receive()
    assert over_http.codes == ["BAD_USER_INPUT"]
    assert "data" not in over_http.body
    assert over_socket["type"] == "error"
    assert not await Session.filter(account_id=account.id).exists()


async def test_workers_count_together_and_alone_without_redis(
    database: str, redis_server: RedisServer
) -> None:
    logins = [(await (await a_person()).account()).login for _ in range(2)]
    environ = {"DATABASE_URL": database, "REDIS_URL": redis_server.url, "WEB_CONCURRENCY": "2"}
    with serving(TRUSTED_PROXIES="127.0.0.1", **environ) as program:

        async def guesses(login: str) -> Counter[str]:
            """Each over a connection of its own, so that both workers get some."""
            found: Counter[str] = Counter()
            here = _address()
            for _ in range(3 * _TOGETHER):
                async with httpx.AsyncClient(timeout=30) as http:
                    found[str(await _try(Diary(program.url, http), login, "guess", here))] += 1
            return found

        assert (await guesses(logins[0]))[str(WRONG)] == _TOGETHER
        await asyncio.to_thread(redis_server.stop)
        try:
            alone = await guesses(logins[1])
        finally:
            await asyncio.to_thread(redis_server.start)
    assert _TOGETHER <= alone[str(WRONG)] <= 2 * _TOGETHER
    assert alone[str(TOO_MANY)] >= _TOGETHER
