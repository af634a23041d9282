"""Signing in through a provider as a front end does: begin, go there, come back, complete."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from tests.diary import Client, Diary
from tests.factories import PASSWORD, AccountMade
from tests.identities.declared import REDIRECT_URI
from tests.identities.stand_in import StandIn
from tests.traces import reasons

BAD_TICKET = [("INVALID_TOKEN", "ticket")]
_ERRORS = "userErrors { code message field }"
_STEP = "session { accessToken refreshToken } nextStep { kind ticket }"
_FIELDS = {
    "beginExternalSignIn": "authorizationUrl ticket expiresAt",
    "completeExternalSignIn": (
        f"{_STEP} linkNeeded accounts {{ id login roles {{ role organization }} }}"
    ),
    "chooseExternalAccount": _STEP,
    "linkExternalIdentity": f"{_STEP} linked",
    "unlinkExternalIdentity": "provider",
}
_IDENTITIES = "{ viewer { login externalIdentities { provider linkedAt } } }"


@dataclass(frozen=True)
class Return:
    """Who is back from a provider: the ticket that stayed at home, and what the address says."""

    ticket: str
    state: str
    code: str

    @property
    def given(self) -> dict[str, Any]:
        return {"ticket": self.ticket, "state": self.state, "code": self.code}


def document(mutation: str) -> str:
    """A mutation with all that it answers."""
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    selected = f"{mutation}(input: $input) {{ {_FIELDS[mutation]} {_ERRORS} }}"
    return f"mutation ($input: {kind}!) {{ {selected} }}"


async def do(client: Client, mutation: str, **given: Any) -> Any:
    """Do it; its payload."""
    return (await client.send(document(mutation), input=given)).data[mutation]


async def begin(
    client: Client, provider: str = "esia", redirect_uri: str = REDIRECT_URI
) -> dict[str, Any]:
    """Begin a visit; the payload of one that began."""
    payload: dict[str, Any] = await do(
        client, "beginExternalSignIn", provider=provider, redirectUri=redirect_uri
    )
    assert payload.pop("userErrors") == []
    return payload


async def go(client: Client, esia: StandIn, oid: str | None = None) -> Return:
    """Visit ESIA as whoever sits in front of it, and come back."""
    begun = await begin(client)
    if oid is not None:
        esia.oid = oid
    answer = await client.http.get(begun["authorizationUrl"])
    return back(begun["ticket"], answer)


def back(ticket: str, answer: httpx.Response) -> Return:
    """What the provider sends a browser back with."""
    assert answer.is_redirect, answer.text
    address = answer.headers["Location"]
    assert address.partition("?")[0] == REDIRECT_URI
    said = dict(parse_qsl(urlsplit(address).query))
    return Return(ticket, said["state"], said["code"])


async def complete(client: Client, returned: Return, **more: Any) -> Any:
    """Complete the visit; the payload."""
    return await do(client, "completeExternalSignIn", **returned.given, **more)


async def link(client: Client, ticket: str, account: AccountMade, **changed: Any) -> Any:
    """Link the account, by its own password unless told; the payload."""
    given = {"login": account.login, "password": PASSWORD, "consent": True, **changed}
    return await do(client, "linkExternalIdentity", ticket=ticket, **given)


async def linked(door: Diary, esia: StandIn, account: AccountMade) -> Client:
    """A client that is signed in since whoever sits in front of ESIA has linked the account."""
    client = door.nobody
    returned = await go(client, esia)
    await complete(client, returned, link=True)
    payload = await link(client, returned.ticket, account)
    assert (payload["linked"], reasons(payload)) == (True, [])
    return signed_in(client, payload)


def signed_in(client: Client, payload: Any) -> Client:
    """The client, in the session that the payload has begun."""
    assert reasons(payload) == []
    client.token = payload["session"]["accessToken"]
    client.refresh_token = payload["session"]["refreshToken"]
    return client


async def identities(client: Client) -> Any:
    """The login, and which providers open the account."""
    viewer = (await client.send(_IDENTITIES)).data["viewer"]
    return viewer["login"], [each["provider"] for each in viewer["externalIdentities"]]
