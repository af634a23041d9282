"""A second factor that a school asks of its administrators, made before the session begins."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from models import OrganizationKind, Position, RecoveryCode, SecondFactor, Session
from tests.accounts.signing import SPENT, begun, do, in_session, is_signed_in
from tests.diary import Diary
from tests.factories import PASSWORD, AccountMade, Generator, SchoolMade, StaffMade, a_school
from tests.traces import deeds, reasons

pytestmark = pytest.mark.usefixtures("database")

_BAD = [("INVALID_TOKEN", "ticket")]
_WRONG_CODE = [("INVALID_CODE", "code")]


@pytest.fixture
async def administrator(school: SchoolMade) -> StaffMade:
    await school.settle(administrators_need_second_factor=True)
    return await school.staff(Position.SCHOOL_ADMINISTRATOR)


@pytest.fixture
async def account(administrator: StaffMade) -> AccountMade:
    return await administrator.account()


async def _generator(diary: Diary, ticket: str) -> Generator:
    payload = await do(diary.nobody, "setUpSecondFactor", ticket=ticket)
    assert payload["userErrors"] == []
    assert payload["secret"] in payload["uri"]
    return Generator(payload["secret"])


async def test_an_administrator_makes_one_and_is_signed_in(
    diary: Diary, administrator: StaffMade, account: AccountMade
) -> None:
    ticket = await begun(diary.nobody, account, "SECOND_FACTOR_SETUP")
    assert not await Session.filter(account_id=account.id).exists()
    former, generator = await _generator(diary, ticket), await _generator(diary, ticket)
    confirm = {"ticket": ticket, "code": former.code()}
    refused = await do(diary.nobody, "confirmSecondFactorSetup", **confirm)
    assert (refused["recoveryCodes"], reasons(refused)) == (None, _WRONG_CODE)
    assert not await Session.filter(account_id=account.id).exists()

    confirm["code"] = generator.code()
    confirmed = await do(diary.nobody, "confirmSecondFactorSetup", **confirm)
    assert len(confirmed["recoveryCodes"]) == 10
    client = in_session(diary.nobody, confirmed)
    assert await is_signed_in(client)
    renewed = await client.do("RefreshSession", refreshToken=client.refresh_token)
    assert reasons(renewed) == []
    ticket = await begun(diary.nobody, account, "SECOND_FACTOR")
    entered = await do(
        diary.nobody, "enterSecondFactor", ticket=ticket, code=generator.code(ahead=1)
    )
    assert await is_signed_in(in_session(diary.nobody, entered))
    row = await SecondFactor.get(account_id=account.id)
    told = await deeds("SecondFactor", row.id)
    assert [(deed.action, deed.person_id) for deed in told] == [
        ("second_factor.begun", administrator.id),
        ("second_factor.begun", administrator.id),
        ("second_factor.confirmed", administrator.id),
    ]


async def test_a_ticket_makes_one_factor(diary: Diary, account: AccountMade) -> None:
    tickets = [await begun(diary.nobody, account, "SECOND_FACTOR_SETUP") for _ in range(2)]
    code = (await _generator(diary, tickets[0])).code()
    payloads = await asyncio.gather(
        *(
            do(diary.nobody, "confirmSecondFactorSetup", ticket=ticket, code=code)
            for ticket in tickets * 2
        )
    )
    assert [reasons(each) for each in payloads].count([]) == 1
    assert await Session.filter(account_id=account.id).count() == 1
    assert await RecoveryCode.filter(account_id=account.id).count() == 10
    # There is a factor now, which none of the tickets makes anew.
    before = await SecondFactor.get(account_id=account.id).values()
    for ticket in (*tickets, "unheard of", ""):
        payload = await do(diary.nobody, "setUpSecondFactor", ticket=ticket)
        assert (payload["secret"], payload["uri"], reasons(payload)) == (None, None, _BAD)
        refused = await do(diary.nobody, "confirmSecondFactorSetup", ticket=ticket, code=code)
        assert (refused["recoveryCodes"], reasons(refused)[0][0]) in (
            (None, "INVALID_TOKEN"),
            (None, "INVALID_CODE"),
        )
    assert await SecondFactor.get(account_id=account.id).values() == before
    assert await Session.filter(account_id=account.id).count() == 1


async def test_a_ticket_for_making_one_does_not_stand_for_the_factor(
    diary: Diary, account: AccountMade
) -> None:
    ticket = await begun(diary.nobody, account, "SECOND_FACTOR_SETUP")
    factor = await account.second_factor()
    for mutation, given in (
        ("enterSecondFactor", {"code": factor.generator.code()}),
        ("setUpSecondFactor", {}),
        ("chooseFirstPassword", {"newPassword": "ёжик вяжет тёплые сугробы"}),
    ):
        refused = await do(diary.nobody, mutation, ticket=ticket, **given)
        assert reasons(refused) == _BAD
    assert not await Session.filter(account_id=account.id).exists()


async def _switch_off(school: SchoolMade, _who: StaffMade) -> None:
    await school.settle(administrators_need_second_factor=False)


async def _end_the_post(_school: SchoolMade, who: StaffMade) -> None:
    await who.post.end()


async def _begin_the_post_tomorrow(school: SchoolMade, who: StaffMade) -> None:
    await who.post.change(valid_from=school.today + timedelta(days=1))


async def _be_a_deputy(_school: SchoolMade, who: StaffMade) -> None:
    await who.post.change(position=Position.DEPUTY_HEAD)


@pytest.mark.parametrize(
    "ease", [_switch_off, _end_the_post, _begin_the_post_tomorrow, _be_a_deputy]
)
async def test_nobody_else_is_asked_to(
    diary: Diary, school: SchoolMade, administrator: StaffMade, account: AccountMade, ease: Any
) -> None:
    ticket = await begun(diary.nobody, account, "SECOND_FACTOR_SETUP")
    await ease(school, administrator)
    assert await is_signed_in(await diary.sign_in(account))
    refused = await do(diary.nobody, "setUpSecondFactor", ticket=ticket)
    assert reasons(refused) == _BAD


async def test_one_school_of_several_that_asks_is_enough(diary: Diary, school: SchoolMade) -> None:
    strict = await a_school(near=school, kind=OrganizationKind.GENERAL)
    await strict.settle(administrators_need_second_factor=True)
    await school.settle(administrators_need_second_factor=False)
    who = await school.staff(Position.SCHOOL_ADMINISTRATOR)
    await strict.staff(Position.SCHOOL_ADMINISTRATOR, who)
    await begun(diary.nobody, await who.account(), "SECOND_FACTOR_SETUP")


async def test_a_session_from_before_the_school_asked_is_not_carried_on(
    diary: Diary, school: SchoolMade
) -> None:
    who = await school.staff(Position.SCHOOL_ADMINISTRATOR)
    account = await who.account()
    client, other = await diary.sign_in(account), await diary.sign_in(account)
    await school.settle(administrators_need_second_factor=True)
    assert await is_signed_in(client)

    refused = await client.do("RefreshSession", refreshToken=client.refresh_token)
    assert (refused["session"], reasons(refused)) == (None, SPENT)
    assert not await is_signed_in(client)
    [ended, _] = await Session.filter(account_id=account.id).order_by("id")
    assert [deed.action for deed in await deeds("Session", ended.id)][-1] == (
        "session.ended_by_policy"
    )
    # Whoever makes one in time goes on without signing in anew.
    begun_ = await do(other, "beginSecondFactor", currentPassword=PASSWORD)
    code = Generator(begun_["secret"]).code()
    assert reasons(await do(other, "confirmSecondFactor", code=code)) == []
    renewed = await other.do("RefreshSession", refreshToken=other.refresh_token)
    assert reasons(renewed) == []
