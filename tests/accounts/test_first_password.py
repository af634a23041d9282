"""An initial password: printed once, it signs nobody in but lets its owner choose one."""

import asyncio

import pytest

from models import Account, Session, SignInStep
from tests.accounts.signing import WRONG, begun, do, in_session, is_signed_in
from tests.diary import Diary
from tests.factories import PASSWORD, AccountMade, StaffMade
from tests.sessions import signed_in
from tests.traces import deeds, reasons

pytestmark = pytest.mark.usefixtures("database")

_GOOD = "ёжик вяжет тёплые сугробы"
_BAD = [("INVALID_TOKEN", "ticket")]


@pytest.fixture
async def initial(account: AccountMade) -> AccountMade:
    await account.initial()
    return account


async def test_a_password_of_ones_own_signs_in(
    diary: Diary, teacher: StaffMade, initial: AccountMade
) -> None:
    client = diary.nobody
    ticket = await begun(client, initial, "NEW_PASSWORD")
    assert not await Session.filter(account_id=initial.id).exists()

    chosen = await do(client, "chooseFirstPassword", ticket=ticket, newPassword=_GOOD)
    assert await is_signed_in(in_session(client, chosen))
    assert (await Account.get(id=initial.id)).initial_until is None
    assert not await SignInStep.filter(account_id=initial.id).exists()
    [deed] = await deeds("Account", initial.id)
    assert (deed.action, deed.person_id) == ("account.first_password_chosen", teacher.id)
    assert (deed.before, deed.after) == (None, None)
    told = [
        reasons(await do(diary.nobody, "signIn", login=initial.login, password=password))
        for password in (PASSWORD, _GOOD)
    ]
    assert told == [WRONG, []]


async def test_the_second_factor_comes_after_the_password(
    diary: Diary, initial: AccountMade
) -> None:
    factor = await initial.second_factor()
    ticket = await begun(diary.nobody, initial, "NEW_PASSWORD")
    chosen = await do(diary.nobody, "chooseFirstPassword", ticket=ticket, newPassword=_GOOD)
    assert (chosen["session"], chosen["userErrors"]) == (None, [])
    assert chosen["nextStep"]["kind"] == "SECOND_FACTOR"
    entered = await do(
        diary.nobody,
        "enterSecondFactor",
        ticket=chosen["nextStep"]["ticket"],
        code=factor.generator.code(),
    )
    assert await is_signed_in(in_session(diary.nobody, entered))


async def test_after_its_time_an_initial_password_reads_as_wrong(
    diary: Diary, initial: AccountMade
) -> None:
    await initial.initial(days=-1)
    payload = await do(diary.nobody, "signIn", login=initial.login, password=PASSWORD)
    assert (payload["session"], payload["nextStep"]) == (None, None)
    assert reasons(payload) == WRONG
    assert not await SignInStep.filter(account_id=initial.id).exists()


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("short", "TOO_SHORT"),
        ("ё" * 129, "TOO_LONG"),
        ("passwordpassword", "EASY_TO_GUESS"),
    ],
    ids=["short", "long", "common"],
)
async def test_what_is_no_good_password_leaves_the_step_open(
    diary: Diary, initial: AccountMade, new: str, code: str
) -> None:
    ticket = await begun(diary.nobody, initial, "NEW_PASSWORD")
    before = await Account.get(id=initial.id)
    refused = await do(diary.nobody, "chooseFirstPassword", ticket=ticket, newPassword=new)
    assert (refused["session"], refused["nextStep"]) == (None, None)
    assert reasons(refused) == [(code, "newPassword")]
    after = await Account.get(id=initial.id)
    assert (after.password_hash, after.initial_until) == (
        before.password_hash,
        before.initial_until,
    )
    chosen = await do(diary.nobody, "chooseFirstPassword", ticket=ticket, newPassword=_GOOD)
    assert reasons(chosen) == []


async def test_the_initial_password_is_no_password_of_ones_own(
    diary: Diary, account: AccountMade
) -> None:
    client = await diary.sign_in(account)
    given = {"currentPassword": PASSWORD, "newPassword": _GOOD}
    assert reasons(await do(client, "changePassword", **given)) == []
    account.row = await Account.get(id=account.id)
    await account.initial()
    told = await do(diary.nobody, "signIn", login=account.login, password=_GOOD)
    ticket = told["nextStep"]["ticket"]
    refused = await do(diary.nobody, "chooseFirstPassword", ticket=ticket, newPassword=_GOOD)
    assert reasons(refused) == [("EASY_TO_GUESS", "newPassword")]


async def test_of_several_choices_at_once_one_wins(diary: Diary, initial: AccountMade) -> None:
    tickets = [await begun(diary.nobody, initial, "NEW_PASSWORD") for _ in range(4)]
    payloads = await asyncio.gather(
        *(
            do(diary.nobody, "chooseFirstPassword", ticket=ticket, newPassword=f"{_GOOD} {place}")
            for place, ticket in enumerate(tickets)
        )
    )
    assert sorted(map(reasons, payloads)) == [[], *[_BAD] * 3]
    assert await Session.filter(account_id=initial.id).count() == 1
    won = [reasons(each) for each in payloads].index([])
    told = [
        reasons(await do(diary.nobody, "signIn", login=initial.login, password=f"{_GOOD} {place}"))
        for place in range(4)
    ]
    assert [place for place, each in enumerate(told) if not each] == [won]


async def test_a_session_from_before_a_reset_does_not_go_on(
    diary: Diary, account: AccountMade
) -> None:
    lost, kept = await diary.sign_in(account), await diary.sign_in(account)
    account.row = await Account.get(id=account.id)
    await account.initial()
    refused = await lost.do("RefreshSession", refreshToken=lost.refresh_token)
    assert (refused["session"], reasons(refused)) == (None, [("INVALID_TOKEN", "refreshToken")])
    assert not await is_signed_in(lost)
    ticket = await begun(diary.nobody, account, "NEW_PASSWORD")
    chosen = await do(diary.nobody, "chooseFirstPassword", ticket=ticket, newPassword=_GOOD)
    assert reasons(chosen) == []
    assert not await is_signed_in(kept)


async def test_a_changed_password_ends_what_was_begun_with_the_former(
    diary: Diary, account: AccountMade
) -> None:
    factor = await account.second_factor()
    client = await signed_in(diary, _Known(account))
    ticket = await begun(diary.nobody, account, "SECOND_FACTOR")
    given = {"currentPassword": PASSWORD, "newPassword": _GOOD}
    assert reasons(await do(client, "changePassword", **given)) == []
    code = factor.generator.code()
    refused = await do(diary.nobody, "enterSecondFactor", ticket=ticket, code=code)
    assert reasons(refused) == _BAD


class _Known:
    """Somebody whose account is there already."""

    def __init__(self, account: AccountMade) -> None:
        self._account = account

    async def account(self) -> AccountMade:
        return self._account
