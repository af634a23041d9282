"""What is shown is looked at before the transaction, and must still be so inside of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from access import passwords, second_factor, vault
from app import create_app
from models import Account, AuditEntry, RecoveryCode, SecondFactor, Session, SignInStep
from models.at_hand import AtHand
from resolvers import codes
from settings import load
from tests.accounts.signing import WRONG, begun, do
from tests.diary import Client, Diary
from tests.factories import PASSWORD, AccountMade, SecondFactorMade
from tests.sessions import SECRET_KEY
from tests.traces import reasons

pytestmark = pytest.mark.usefixtures("database")

_GOOD = "ёжик вяжет тёплые сугробы"
_WRONG_CODE = [("INVALID_CODE", "code")]
_NOT_YOURS = [("INVALID_CREDENTIALS", "currentPassword")]
Meanwhile = Callable[[AccountMade], Awaitable[Any]]
Deed = Callable[[Client, AccountMade], Awaitable[Any]]


@pytest.fixture
async def here(database: str) -> AsyncIterator[Diary]:
    """Return the application in this very process."""
    settings = load({"DATABASE_URL": database, "SECRET_KEY": SECRET_KEY})
    transport = httpx.ASGITransport(create_app(settings))
    async with httpx.AsyncClient(transport=transport) as http:
        yield Diary("http://localhost", http)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> set[Any]:
    """Return the connections to the database that are in use now."""
    connections: set[Any] = set()
    acquire, release = AtHand.acquire, AtHand.release

    async def acquired(pool: AtHand) -> Any:
        connection = await acquire(pool)
        connections.add(connection)
        return connection

    async def released(pool: AtHand, connection: Any) -> None:
        connections.discard(connection)
        await release(pool, connection)

    monkeypatch.setattr(AtHand, "acquire", acquired)
    monkeypatch.setattr(AtHand, "release", released)
    return connections


async def _choose(client: Client, account: AccountMade) -> Any:
    await account.initial()
    ticket = await begun(client, account, "NEW_PASSWORD")
    return await do(client, "chooseFirstPassword", ticket=ticket, newPassword=_GOOD)


async def _change(client: Client, account: AccountMade) -> Any:
    await _sign_in(client, account)
    given = {"currentPassword": PASSWORD, "newPassword": _GOOD}
    return await do(client, "changePassword", **given)


async def _begin(client: Client, account: AccountMade) -> Any:
    await _sign_in(client, account)
    return await do(client, "beginSecondFactor", currentPassword=PASSWORD)


async def _sign_in(client: Client, account: AccountMade) -> Any:
    payload = await do(client, "signIn", login=account.login, password=PASSWORD)
    client.token = payload["session"]["accessToken"]
    return payload


async def _fail_to_sign_in(client: Client, account: AccountMade) -> Any:
    refused = await do(client, "signIn", login=account.login, password="guess")
    assert reasons(refused) == WRONG
    return {"userErrors": []}


@pytest.mark.parametrize(
    "case",
    [
        # The second look makes a cheap hash an expensive one.
        (_sign_in, 2),
        (_fail_to_sign_in, 1),
        # Then whether it is the former password, how easy it is to guess, and its hash.
        (_change, 2 + 1 + 3),
        (_choose, 2 + 3),
        (_begin, 2 + 1),
    ],
    ids=["sign in", "fail to", "change", "choose", "begin a factor"],
)
async def test_no_connection_is_held_while_a_password_is_looked_at(
    here: Diary,
    account: AccountMade,
    held: set[Any],
    monkeypatch: pytest.MonkeyPatch,
    case: tuple[Deed, int],
) -> None:
    deed, looks = case
    found: list[int] = []

    async def to_thread(function: Any, *given: Any) -> Any:
        found.append(len(held))
        return await asyncio.to_thread(function, *given)

    monkeypatch.setattr("access.passwords.asyncio", SimpleNamespace(to_thread=to_thread))
    payload = await deed(here.nobody, account)
    assert payload["userErrors"] == []
    assert found == [0] * looks


def _let(monkeypatch: pytest.MonkeyPatch, happen: Meanwhile, account: AccountMade) -> None:
    """Let it happen once, between a look at the password and the transaction."""
    really = passwords.is_right
    todo = [happen]

    async def is_right(password: str, stored: str | None) -> bool:
        found = await really(password, stored)
        if todo:
            await todo.pop()(account)
        return found

    monkeypatch.setattr("access.passwords.is_right", is_right)


async def _blocked(account: AccountMade) -> None:
    await account.block()


async def _another_password(account: AccountMade) -> None:
    await account.change(password_hash=passwords.hash_password(_GOOD))


async def _a_factor(account: AccountMade) -> None:
    await account.second_factor()


async def _reset(account: AccountMade) -> None:
    await account.initial()


@pytest.fixture
async def hashed(account: AccountMade) -> AccountMade:
    """Return an account whose password needs no other hash."""
    await account.change(password_hash=passwords.hash_password(PASSWORD))
    return account


@pytest.mark.parametrize("happen", [_blocked, _another_password])
async def test_nobody_signs_in_by_what_counted_a_moment_ago(
    here: Diary, hashed: AccountMade, monkeypatch: pytest.MonkeyPatch, happen: Meanwhile
) -> None:
    _let(monkeypatch, happen, hashed)
    payload = await do(here.nobody, "signIn", login=hashed.login, password=PASSWORD)
    assert (payload["session"], payload["nextStep"], reasons(payload)) == (None, None, WRONG)
    assert not await Session.filter(account_id=hashed.id).exists()


@pytest.mark.parametrize(
    ("happen", "owed"), [(_a_factor, "SECOND_FACTOR"), (_reset, "NEW_PASSWORD")]
)
async def test_what_is_owed_is_what_is_owed_inside(
    here: Diary, hashed: AccountMade, monkeypatch: pytest.MonkeyPatch, happen: Meanwhile, owed: str
) -> None:
    _let(monkeypatch, happen, hashed)
    await begun(here.nobody, hashed, owed)
    assert not await Session.filter(account_id=hashed.id).exists()


async def test_of_two_changes_of_a_password_the_former_one_counts(
    here: Diary, hashed: AccountMade, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = here.nobody
    await _sign_in(client, hashed)
    _let(monkeypatch, _another_password, hashed)
    given = {"currentPassword": PASSWORD, "newPassword": f"{_GOOD} снова"}
    payload = await do(client, "changePassword", **given)
    assert (payload["endedSessionIds"], reasons(payload)) == (None, _NOT_YOURS)
    stored = (await Account.get(id=hashed.id)).password_hash
    assert await passwords.is_right(_GOOD, stored)
    assert not await AuditEntry.filter(entity="Account", row_id=hashed.id).exists()


async def test_a_factor_is_not_begun_by_a_former_password(
    here: Diary, hashed: AccountMade, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = here.nobody
    await _sign_in(client, hashed)
    _let(monkeypatch, _another_password, hashed)
    payload = await do(client, "beginSecondFactor", currentPassword=PASSWORD)
    assert (payload["secret"], reasons(payload)) == (None, _NOT_YOURS)
    assert not await SecondFactor.filter(account_id=hashed.id).exists()


async def test_a_factor_is_not_begun_beside_one_that_is_confirmed_meanwhile(
    here: Diary, hashed: AccountMade, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = here.nobody
    await _sign_in(client, hashed)
    monkeypatch.setattr("resolvers.codes.is_asked_of", _after(_a_factor, hashed))
    payload = await do(client, "beginSecondFactor", currentPassword=PASSWORD)
    assert (payload["secret"], reasons(payload)) == (None, [("INVALID_CODE", "code")])
    assert (await SecondFactor.get(account_id=hashed.id)).pending_sealed is None


def _after(happen: Meanwhile, account: AccountMade) -> Callable[[Account], Awaitable[bool]]:
    """The answer to whether a code is asked of the account, and then it happens, once."""
    todo = [happen]

    async def is_asked_of(row: Account) -> bool:
        found = await SecondFactor.filter(account_id=row.id, confirmed_at__isnull=False).exists()
        if todo:
            await todo.pop()(account)
        return found

    return is_asked_of


async def _step_taken(factor: SecondFactorMade) -> None:
    await factor.change(last_step=2**40)


async def _changed(factor: SecondFactorMade) -> None:
    secret = second_factor.new_secret()
    await factor.change(secret_sealed=vault.held().seal(secret, vault.SECOND_FACTOR))


async def _removed(factor: SecondFactorMade) -> None:
    await factor.row.delete()


async def _codes_renewed(factor: SecondFactorMade) -> None:
    await RecoveryCode.filter(account_id=factor.row.account_id).delete()


async def _codes_used(factor: SecondFactorMade) -> None:
    await RecoveryCode.filter(account_id=factor.row.account_id).update(used_at=datetime.now(UTC))


@pytest.mark.parametrize(
    "case",
    [
        ("generator", _step_taken, _WRONG_CODE),
        ("generator", _changed, _WRONG_CODE),
        ("recovery", _changed, _WRONG_CODE),
        # Without a factor no code is owed, and the ticket for one leads nowhere.
        ("generator", _removed, [("INVALID_TOKEN", "ticket")]),
        ("recovery", _codes_renewed, _WRONG_CODE),
        ("recovery", _codes_used, _WRONG_CODE),
    ],
    ids=lambda case: f"{case[0]}{case[1].__name__}",
)
async def test_a_code_that_counted_a_moment_ago_signs_nobody_in(
    here: Diary,
    account: AccountMade,
    monkeypatch: pytest.MonkeyPatch,
    case: tuple[str, Callable[[SecondFactorMade], Awaitable[Any]], Any],
) -> None:
    shows, happen, refusal = case
    factor = await account.second_factor()
    ticket = await begun(here.nobody, account, "SECOND_FACTOR")
    really = codes.shown

    async def shown(*given: Any) -> codes.Shown:
        found = await really(*given)
        await happen(factor)
        return found

    monkeypatch.setattr("resolvers.codes.shown", shown)
    code = factor.recovery_codes[0] if shows == "recovery" else factor.generator.code()
    refused = await do(here.nobody, "enterSecondFactor", ticket=ticket, code=code)
    assert (refused["session"], refused["nextStep"], reasons(refused)) == (None, None, refusal)
    assert not await Session.filter(account_id=account.id).exists()
    assert (await SignInStep.get(account_id=account.id)).used_at is None


async def test_of_many_who_sign_in_at_once_all_do_and_one_makes_the_hash_anew(
    diary: Diary, account: AccountMade
) -> None:
    given = {"login": account.login, "password": PASSWORD}
    payloads = await asyncio.gather(*(do(diary.nobody, "signIn", **given) for _ in range(6)))
    assert list(map(reasons, payloads)) == [[]] * 6
    assert await Session.filter(account_id=account.id).count() == 6
