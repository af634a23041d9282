"""How long it takes to be refused tells nothing about an account."""

import time
from collections.abc import AsyncIterator
from statistics import median

import httpx
import pytest

from access import passwords
from tests.accounts.signing import WRONG, do
from tests.diary import Diary
from tests.factories import PASSWORD, AccountMade, a_person, serial
from tests.programs import serving
from tests.traces import reasons

pytestmark = pytest.mark.usefixtures("database")

_ROUNDS, _A_ACCOUNT = 21, 7


@pytest.fixture(scope="module")
async def alone(database: str) -> AsyncIterator[Diary]:
    """Return a service at which nobody has guessed yet."""
    with serving(DATABASE_URL=database) as program:
        async with httpx.AsyncClient(timeout=30) as http:
            yield Diary(program.url, http)


async def _an_account() -> AccountMade:
    account = await (await a_person()).account()
    await account.change(password_hash=passwords.hash_password(PASSWORD))
    return account


async def _seconds(diary: Diary, login: str, password: str) -> float:
    began = time.perf_counter()
    payload = await do(diary.nobody, "signIn", login=login, password=password)
    taken = time.perf_counter() - began
    assert reasons(payload) == WRONG
    return taken


async def test_whoever_is_refused_waits_as_long_whatever_the_reason(alone: Diary) -> None:
    """The medians of 21 refusals each, of three accounts a reason; A2 of the threat model."""
    taken: dict[str, list[float]] = {"login": [], "password": [], "blocked": [], "expired": []}
    for place in range(_ROUNDS):
        if place % _A_ACCOUNT == 0:
            there, blocked, expired = [await _an_account() for _ in range(3)]
            await blocked.block()
            await expired.initial(days=-1)
        for reason, login, password in (
            ("login", f"nobody.{serial()}", PASSWORD),
            ("password", there.login, "guess of a password"),
            ("blocked", blocked.login, PASSWORD),
            ("expired", expired.login, PASSWORD),
        ):
            taken[reason].append(await _seconds(alone, login, password))
    medians = sorted(map(median, taken.values()))
    assert medians[-1] - medians[0] < max(0.25 * medians[0], 0.005), taken
