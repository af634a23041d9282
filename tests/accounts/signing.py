"""What being signed in looks like from outside, and in the database."""

from typing import Any

from models import Session
from tests.diary import Client
from tests.factories import PASSWORD, AccountMade

WRONG = [("INVALID_CREDENTIALS", None)]
SPENT = [("INVALID_TOKEN", "refreshToken")]


async def session_of(account: AccountMade) -> Session:
    return await Session.get(account_id=account.id)


async def is_signed_in(client: Client) -> bool:
    answer = await client.ask("Viewer")
    if "errors" not in answer.body:
        return True
    assert (answer.partial, answer.refused) == ({"viewer": None}, [("UNAUTHENTICATED", "viewer")])
    return False


_STEP = "session { accessToken refreshToken } nextStep { kind ticket expiresAt }"
_ERRORS = "userErrors { code message field }"
_FIELDS = {
    "signIn": _STEP,
    "changePassword": "endedSessionIds",
    "chooseFirstPassword": _STEP,
    "enterSecondFactor": _STEP,
    "setUpSecondFactor": "secret uri",
    "confirmSecondFactorSetup": f"{_STEP} recoveryCodes",
    "beginSecondFactor": "secret uri",
    "confirmSecondFactor": "recoveryCodes",
    "renewRecoveryCodes": "recoveryCodes",
    "removeSecondFactor": "",
}


def document(mutation: str) -> str:
    """One of the mutations about signing in and what it needs, with all that it answers."""
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    selected = f"{mutation}(input: $input) {{ {_FIELDS[mutation]} {_ERRORS} }}"
    return f"mutation ($input: {kind}!) {{ {selected} }}"


async def do(client: Client, mutation: str, **given: Any) -> Any:
    """Do it; its payload."""
    return (await client.send(document(mutation), input=given)).data[mutation]


async def begun(client: Client, account: AccountMade, kind: str) -> str:
    """Show the right password, which leads to a step of that kind; its ticket."""
    payload = await do(client, "signIn", login=account.login, password=PASSWORD)
    assert (payload["session"], payload["userErrors"]) == (None, [])
    assert payload["nextStep"]["kind"] == kind
    ticket: str = payload["nextStep"]["ticket"]
    return ticket


def in_session(client: Client, payload: Any) -> Client:
    """The client, signed in as the payload says."""
    assert (payload["nextStep"], payload["userErrors"]) == (None, [])
    client.token = payload["session"]["accessToken"]
    client.refresh_token = payload["session"]["refreshToken"]
    return client
