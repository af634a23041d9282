"""Blocking, unblocking, resetting and signing out: what comes of it, also for open streams."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from access import passwords
from models import Account, CalendarFeed, Position, SchoolPolicy, Session
from tests.accounts.signing import is_signed_in
from tests.factories import AccountMade, PersonMade, PupilMade
from tests.factories.papers import a_consent
from tests.hearing import hearing, now, record, signed_in
from tests.issuing.conftest import Office
from tests.issuing.office import do, holder, send
from tests.traces import deeds, reasons

_CONTRACT_SECONDS = 5.0
_REASON = "Просьба родителей"


async def _do(office: Office, operation: str, who: PersonMade | PupilMade, **given: Any) -> Any:
    return await do(office.client, operation, personId=holder(who), **{"reason": _REASON, **given})


async def _sessions(account: AccountMade) -> int:
    return await Session.filter(account_id=account.id, ended_at__isnull=True).count()


async def test_a_blocked_account_signs_nobody_in_until_it_is_unblocked(office: Office) -> None:
    await a_consent(office.teacher, office.teacher, office.school.id)
    account = await office.teacher.account()
    client = await office.diary.sign_in(account)

    payload = await _do(office, "blockAccount", office.teacher)
    assert (payload["account"]["status"], payload["userErrors"]) == ("BLOCKED", [])
    assert not await is_signed_in(client)
    refused = await office.diary.nobody.do("SignIn", login=account.login, password=account.password)
    assert reasons(refused) == [("INVALID_CREDENTIALS", None)]
    assert reasons(await _do(office, "blockAccount", office.teacher)) == [("DUPLICATE", "personId")]

    payload = await _do(office, "unblockAccount", office.teacher)
    assert (payload["account"]["status"], payload["userErrors"]) == ("ACTIVE", [])
    assert not await is_signed_in(client)
    await office.diary.sign_in(account)
    told = reasons(await _do(office, "unblockAccount", office.teacher))
    assert told == [("DUPLICATE", "personId")]

    # A failed sign-in in between is written down where there were few of late.
    blocked, *_, unblocked = await deeds("Account", account.id)
    assert (blocked.action, blocked.after["reason"]) == ("account.blocked", _REASON)
    assert (unblocked.action, unblocked.before["blocked_at"]) == (
        "account.unblocked",
        blocked.after["blocked_at"],
    )


async def test_without_a_consent_it_stays_blocked(office: Office) -> None:
    account = await office.teacher.account()
    await account.block()
    told = reasons(await _do(office, "unblockAccount", office.teacher))
    assert told == [("CONSENT_MISSING", "personId")]
    assert (await Account.get(id=account.id)).blocked_at is not None


async def test_a_new_password_counts_and_all_sessions_end(office: Office) -> None:
    account = await office.teacher.account()
    client = await office.diary.sign_in(account)
    payload = await _do(office, "resetPassword", office.teacher)
    row = await Account.get(id=account.id)

    assert (payload["account"]["status"], payload["userErrors"]) == ("INITIAL", [])
    assert not await is_signed_in(client)
    assert await passwords.is_right(payload["initialPassword"], row.password_hash)
    assert not await passwords.is_right(account.password, row.password_hash)
    (deed,) = await deeds("Account", account.id)
    assert (deed.action, deed.after["reason"]) == ("account.password_reset", _REASON)
    assert payload["initialPassword"] not in str(deed)
    assert row.initial_until is not None
    assert timedelta(days=13) < row.initial_until - row.created_at <= timedelta(days=14, hours=1)


async def test_all_sessions_of_an_account_are_ended(office: Office) -> None:
    account = await office.mother.account()
    clients = [await office.diary.sign_in(account) for _ in range(2)]
    given: dict[str, Any] = {
        "digest": account.login,
        "includes_lessons": False,
        "issued_at": datetime.now(UTC),
    }
    await CalendarFeed.create(account=account.row, **given)
    payload = await _do(office, "endAccountSessions", office.mother)
    assert payload["userErrors"] == []
    assert [await is_signed_in(each) for each in clients] == [False, False]
    assert await _sessions(account) == 0
    assert not await CalendarFeed.filter(account_id=account.id).exists()
    (deed,) = await deeds("Account", account.id)
    assert (deed.action, deed.after) == ("account.sessions_ended", {"reason": _REASON})


@pytest.mark.parametrize("operation", ["blockAccount", "resetPassword", "endAccountSessions"])
async def test_an_open_stream_ends(office: Office, operation: str) -> None:
    client = await office.diary.as_(office.mother)
    lesson = await (await office.klass.section("Алгебра")).lesson()
    teacher = await signed_in(office.diary, lesson.section.teacher)
    async with hearing(client, after=await now(office.school)) as stream:
        mark = await record(teacher, lesson, office.pupil)
        assert await stream.marks(1) == [mark]
        began = time.monotonic()
        assert (await _do(office, operation, office.mother))["userErrors"] == []
        assert await stream.end() == ["FORBIDDEN"]
        assert time.monotonic() - began < _CONTRACT_SECONDS


_OPERATIONS = ["blockAccount", "unblockAccount", "resetPassword", "endAccountSessions"]


@pytest.mark.parametrize("operation", _OPERATIONS)
async def test_nobody_does_it_to_themselves_or_to_their_equals(
    office: Office, operation: str
) -> None:
    colleague = await office.school.staff(Position.SCHOOL_ADMINISTRATOR)
    account = await colleague.account()
    await office.diary.sign_in(account)
    for who in (office.administrator, colleague):
        told = reasons(await _do(office, operation, who))
        assert told == [("FORBIDDEN", "personId")]
    assert await _sessions(account) == 1
    assert await deeds("Account", account.id) == []


@pytest.mark.parametrize("operation", _OPERATIONS)
async def test_it_takes_a_reason_and_an_account(office: Office, operation: str) -> None:
    told = reasons(await _do(office, operation, office.teacher))
    assert told == [("NOT_FOUND", "personId")]
    told = reasons(await _do(office, operation, office.teacher, reason=""))
    assert told == [("REQUIRED", "reason")]


@pytest.mark.parametrize("position", [Position.REGIONAL_OPERATOR, Position.SYSTEM_ADMINISTRATOR])
async def test_a_parent_who_runs_the_region_is_above_the_school(
    office: Office, position: Position
) -> None:
    await office.school.staff(position, office.mother)
    account = await office.mother.account()
    for operation in _OPERATIONS:
        assert reasons(await _do(office, operation, office.mother)) == [("FORBIDDEN", "personId")]
    assert (await Account.get(id=account.id)).blocked_at is None


async def test_a_homeroom_teacher_resets_where_the_school_lets_them(office: Office) -> None:
    leader, other = await office.school.teacher(), await office.school.teacher()
    await office.klass.led_by(leader)
    await (await office.school.class_("7Б")).led_by(other)
    client = await office.diary.as_(leader)
    for who in (office.pupil, office.mother, office.teacher):
        await who.account()

    async def told(who: PersonMade | PupilMade) -> list[tuple[str, str | None]]:
        given = {"personId": holder(who), "reason": _REASON}
        return reasons(await do(client, "resetPassword", **given))

    hidden = [("NOT_FOUND", "personId")]
    assert [await told(who) for who in (office.pupil, office.mother)] == [hidden, hidden]
    policy = await SchoolPolicy.create(
        organization=office.school.row, homeroom_resets_passwords=True
    )
    assert [await told(who) for who in (office.pupil, office.mother)] == [[], []]
    assert await told(office.teacher) == hidden
    answer = await send(client, "blockAccount", personId=holder(office.pupil), reason=_REASON)
    assert answer.codes == ["FORBIDDEN"]

    leaders, client = client, await office.diary.as_(other)
    assert await told(office.pupil) == hidden
    client = leaders
    await office.school.staff(Position.TEACHER, office.mother)
    assert await told(office.mother) == [("FORBIDDEN", "personId")]
    await policy.update_from_dict({"homeroom_resets_passwords": False}).save()
    assert await told(office.pupil) == hidden
