"""Changing one's password: what is taken, what is not, and what else comes of it."""

import unicodedata
from typing import Any

import pytest

from models import Account, AuditEntry
from tests.accounts.signing import is_signed_in
from tests.diary import Client, Diary
from tests.factories import PASSWORD, AccountMade, StaffMade
from tests.traces import deeds, reasons

pytestmark = pytest.mark.usefixtures("database")

_CHANGE = """mutation ($input: ChangePasswordInput!) { changePassword(input: $input) {
    endedSessionIds userErrors { code message field } } }"""
_GOOD = "ёжик вяжет тёплые сугробы"


async def _change(client: Client, new: str, current: str = PASSWORD) -> Any:
    given = {"currentPassword": current, "newPassword": new}
    return (await client.send(_CHANGE, input=given)).data["changePassword"]


async def _may_sign_in(diary: Diary, account: AccountMade, password: str) -> bool:
    payload = await diary.nobody.do("SignIn", login=account.login, password=password)
    return not reasons(payload)


async def test_the_new_password_counts_and_all_other_sessions_end(
    diary: Diary, account: AccountMade
) -> None:
    lost, here = await diary.sign_in(account), await diary.sign_in(account)
    payload = await _change(here, _GOOD)

    assert payload["userErrors"] == []
    assert len(payload["endedSessionIds"]) == 1
    assert (await is_signed_in(here), await is_signed_in(lost)) == (True, False)
    told = await deeds("Account", account.id)
    assert [(deed.action, deed.before, deed.after) for deed in told] == [
        ("account.password_changed", None, None)
    ]
    assert not await _may_sign_in(diary, account, PASSWORD)
    assert await _may_sign_in(diary, account, _GOOD)


async def test_letters_are_the_same_however_a_keyboard_makes_them(
    diary: Diary, account: AccountMade
) -> None:
    decomposed = unicodedata.normalize("NFD", _GOOD)
    assert decomposed != _GOOD
    assert (await _change(await diary.sign_in(account), decomposed))["userErrors"] == []
    assert await _may_sign_in(diary, account, _GOOD)
    assert await _may_sign_in(diary, account, decomposed)


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("", "TOO_SHORT"),
        ("k8#mQz2!vLp9@x", "TOO_SHORT"),
        ("ё" * 129, "TOO_LONG"),
        ("passwordpassword", "EASY_TO_GUESS"),
        ("qwertyuiopasdfg", "EASY_TO_GUESS"),
        ("111111111111111", "EASY_TO_GUESS"),
        ("schooldiaryschool", "EASY_TO_GUESS"),
    ],
    ids=lambda value: value[:12] or "empty",
)
async def test_what_is_short_long_or_common_is_not_taken(
    diary: Diary, account: AccountMade, new: str, code: str
) -> None:
    other, client = await diary.sign_in(account), await diary.sign_in(account)
    before = (await Account.get(id=account.id)).password_hash
    payload = await _change(client, new)

    assert payload["endedSessionIds"] is None
    assert reasons(payload) == [(code, "newPassword")]
    assert (await Account.get(id=account.id)).password_hash == before
    assert await is_signed_in(other)
    assert not await AuditEntry.filter(entity="Account", row_id=account.id).exists()


async def test_ones_own_login_is_no_password(diary: Diary, teacher: StaffMade) -> None:
    account = await teacher.account("margarita.voznesenskaya")
    client = await diary.sign_in(account)
    told = reasons(await _change(client, "margarita.voznesenskaya"))
    assert told == [("EASY_TO_GUESS", "newPassword")]
    assert await _may_sign_in(diary, account, PASSWORD)


async def test_the_same_password_is_no_new_one(diary: Diary, account: AccountMade) -> None:
    client = await diary.sign_in(account)
    assert (await _change(client, _GOOD))["userErrors"] == []
    before = (await Account.get(id=account.id)).password_hash
    for same in (_GOOD, unicodedata.normalize("NFD", _GOOD)):
        assert reasons(await _change(client, same, _GOOD)) == [("EASY_TO_GUESS", "newPassword")]
    assert (await Account.get(id=account.id)).password_hash == before
    assert len(await deeds("Account", account.id)) == 1


async def test_whoever_does_not_know_the_password_changes_nothing_and_is_counted(
    diary: Diary, account: AccountMade
) -> None:
    client = await diary.sign_in(account)
    before = (await Account.get(id=account.id)).password_hash
    told = [reasons(await _change(client, _GOOD, "guess")) for _ in range(11)]
    assert told[:10] == [[("INVALID_CREDENTIALS", "currentPassword")]] * 10
    assert told[10] == [("TOO_MANY_ATTEMPTS", None)]
    assert (await Account.get(id=account.id)).password_hash == before
    assert await is_signed_in(client)


async def test_nobody_changes_a_password(diary: Diary, account: AccountMade) -> None:
    given = {"currentPassword": PASSWORD, "newPassword": _GOOD}
    answer = await diary.nobody.send(_CHANGE, input=given)
    assert answer.codes == ["UNAUTHENTICATED"]
    assert await _may_sign_in(diary, account, PASSWORD)
