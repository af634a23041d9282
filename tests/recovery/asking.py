"""Asking for codes and giving them back, as a client does."""

from typing import Any

from models import PasswordRecovery
from tests.diary import Answer, Diary
from tests.factories import AccountMade, a_person, serial
from tests.recovery.mailbox import Mailbox

SENDER = "Школьный дневник <diary@school.example>"
REQUEST = """mutation ($input: RequestPasswordRecoveryInput!) {
    requestPasswordRecovery(input: $input) {
        ticket expiresAt userErrors { code message field } } }"""

RECOVER = """mutation ($input: RecoverPasswordInput!) { recoverPassword(input: $input) {
    session { accessToken refreshToken } nextStep { kind ticket }
    userErrors { code message field } } }"""
GOOD = "ёжик вяжет тёплые сугробы"


def an_address() -> str:
    """An address that nobody used before."""
    number = serial()
    return f"198.51.{number // 250 % 250}.{number % 250 + 1}"


async def sent(diary: Diary, document: str, address: str, **given: Any) -> Answer:
    """The answer to a document that is sent from an address."""
    answer = await diary.http.post(
        f"{diary.url}/graphql",
        json={"query": document, "variables": {"input": given}},
        headers={"X-Forwarded-For": address},
    )
    return Answer(answer.json(), answer.status_code)


async def asked(diary: Diary, login: str, address: str | None = None, **given: Any) -> Any:
    """The payload of asking for a code."""
    answer = await sent(diary, REQUEST, address or an_address(), login=login, **given)
    return answer.data["requestPasswordRecovery"]


async def recovered(
    diary: Diary,
    ticket: str,
    code: str,
    address: str | None = None,
    password: str = GOOD,
) -> Any:
    """The payload of giving a code back."""
    given = {"ticket": ticket, "code": code, "newPassword": password}
    answer = await sent(diary, RECOVER, address or an_address(), **given)
    return answer.data["recoverPassword"]


def another(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 10**8:08d}"


async def settled(diary: Diary, mailbox: Mailbox) -> None:
    """Return once everything that was asked before has been looked at: what comes behind it has.

    Twice, because a few are looked at side by side.
    """
    for _ in range(2):
        to = f"settled.{serial()}@mail.example"
        account = await (await a_person(email=to)).account()
        await asked(diary, account.login)
        await mailbox.letter(to)


async def recoveries(account: AccountMade) -> list[PasswordRecovery]:
    return await PasswordRecovery.filter(account_id=account.id).order_by("id")
