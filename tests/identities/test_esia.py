"""Signing in through ESIA: what leads to a session, and what of ESIA's words is not believed."""

import asyncio
import time
from collections.abc import Callable
from gzip import compress
from typing import Any

import jwt
import pytest
from starlette.responses import JSONResponse, RedirectResponse, Response

from models import (
    AuditEntry,
    ConsentPurpose,
    DataConsent,
    ExternalIdentity,
    ExternalSignIn,
    Session,
)
from tests.diary import Diary
from tests.factories import AccountMade, SchoolMade, StaffMade, gid
from tests.identities.declared import SYSTEM, pair
from tests.identities.stand_in import Claims, StandIn, honest, huge, slow
from tests.identities.visiting import (
    BAD_TICKET,
    complete,
    do,
    go,
    identities,
    link,
    linked,
    signed_in,
)
from tests.servers import wait_until
from tests.traces import Deed, deeds, reasons

pytestmark = pytest.mark.usefixtures("database")

UNAVAILABLE = [("PROVIDER_UNAVAILABLE", None)]
REFUSED = [("IDENTITY_REFUSED", "code")]
_NOTHING = {"session": None, "nextStep": None, "linkNeeded": None, "accounts": None}


async def test_the_providers_are_listed_in_their_order(door: Diary, diary: Diary) -> None:
    asked = "{ identityProviders { name title kind } }"
    assert (await door.nobody.send(asked)).data["identityProviders"] == [
        {"name": "esia", "title": "Госуслуги", "kind": "ESIA"},
        {"name": "region", "title": "Вход региона", "kind": "OIDC"},
        {"name": "impostor", "title": "Вход региона", "kind": "OIDC"},
        {"name": "phone", "title": "Вход региона", "kind": "OIDC"},
        {"name": "gone", "title": "Вход региона", "kind": "OIDC"},
    ]
    assert (await diary.nobody.send(asked)).data["identityProviders"] == []


async def test_an_account_is_linked_once_and_opened_ever_after(
    door: Diary, esia: StandIn, school: SchoolMade, teacher: StaffMade, account: AccountMade
) -> None:
    client = door.nobody
    returned = await go(client, esia)
    assert await complete(client, returned) == {**_NOTHING, "linkNeeded": True, "userErrors": []}
    assert not await Session.filter(account_id=account.id).exists()

    payload = await link(client, returned.ticket, account)
    assert payload["linked"] is True
    assert await identities(signed_in(client, payload)) == (account.login, ["esia"])

    again = door.nobody
    payload = await complete(again, await go(again, esia))
    assert (payload["linkNeeded"], payload["accounts"]) == (False, None)
    assert await identities(signed_in(again, payload)) == (account.login, ["esia"])
    assert await Session.filter(account_id=account.id).count() == 2

    row = await ExternalIdentity.get(account_id=account.id)
    assert (row.provider, row.unlinked_at) == ("esia", None)
    assert esia.oid not in row.subject_digest
    # Whoever links is not signed in yet, so no role does it.
    after = {"provider": "esia"}
    told = Deed("identity.linked", teacher.id, [], None, after)
    assert await deeds("ExternalIdentity", row.id) == [told]
    consent = await DataConsent.get(subject_id=teacher.id)
    assert (consent.purpose, consent.given_by_id) == (ConsentPurpose.EXTERNAL_IDENTITY, teacher.id)
    assert (consent.organization_id, consent.given_on) == (school.id, school.today)


async def test_of_several_accounts_one_is_chosen(
    door: Diary, esia: StandIn, school: SchoolMade, account: AccountMade
) -> None:
    pupil = await (await school.class_("7А")).pupil()
    guardian = await pupil.guardian()
    other, foreign = await guardian.account(), await (await school.teacher()).account()
    for each in (account, other):
        await linked(door, esia, each)
    client = door.nobody
    returned = await go(client, esia)
    payload = await complete(client, returned)
    here = school.row.name
    found = payload.pop("accounts")
    assert payload == {"session": None, "nextStep": None, "linkNeeded": False, "userErrors": []}
    assert [(each["login"], each["roles"]) for each in found] == [
        (account.login, [{"role": "TEACHER", "organization": here}]),
        (other.login, [{"role": "GUARDIAN", "organization": here}]),
    ]

    before = await Session.all().count()
    for wrong in (gid("LinkedAccount", foreign.id), gid("Viewer", other.id)):
        refused = await _choose(client, returned.ticket, wrong)
        assert reasons(refused) == [("NOT_FOUND", "accountId")]
    assert await Session.all().count() == before

    payload = await _choose(client, returned.ticket, found[1]["id"])
    assert await identities(signed_in(client, payload)) == (other.login, ["esia"])
    spent = await _choose(client, returned.ticket, found[0]["id"])
    assert reasons(spent) == BAD_TICKET
    assert await Session.all().count() == before + 1


async def _choose(client: Any, ticket: str, account_id: str) -> Any:
    return await do(client, "chooseExternalAccount", ticket=ticket, accountId=account_id)


@pytest.mark.parametrize("trusted", [False, None, "true", 1])
async def test_an_identity_that_nobody_confirmed_opens_nothing(
    door: Diary, esia: StandIn, account: AccountMade, trusted: Any
) -> None:
    await linked(door, esia, account)
    before = await Session.all().count()
    esia.trusted[esia.oid] = trusted
    client = door.nobody
    returned = await go(client, esia)
    payload = await complete(client, returned)
    assert payload == {**_NOTHING, "userErrors": payload["userErrors"]}
    assert reasons(payload) == [("IDENTITY_NOT_CONFIRMED", None)]
    assert reasons(await link(client, returned.ticket, account)) == BAD_TICKET
    assert reasons(await complete(client, returned)) == BAD_TICKET
    assert await Session.all().count() == before


def _signed(by: str, algorithm: str = "RS256") -> Callable[[Claims], str]:
    return lambda claims: jwt.encode(claims, pair(by).key, algorithm=algorithm)


def _saying(**changed: Any) -> Callable[[Claims], str]:
    """An honest token that says something else; None is not said."""

    def sign(claims: Claims) -> str:
        said = {**claims, **changed}
        return honest({name: value for name, value in said.items() if value is not None})

    return sign


def _unsigned(claims: Claims) -> str:
    return jwt.encode(claims, "", algorithm="none")


def _by_public_key(claims: Claims) -> str:
    """As if the provider's public key were a secret that both know."""
    head, body, _ = jwt.encode(claims, "x" * 32, algorithm="HS256").split(".")
    key = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signature = key.sign(f"{head}.{body}".encode(), pair("esia").public_pem)
    return f"{head}.{body}.{jwt.utils.base64url_encode(signature).decode()}"


_NOW = int(time.time())
_NOT_BELIEVED = {
    "another's key": _signed("system"),
    "no signature": _unsigned,
    "the public key as a secret": _by_public_key,
    "another issuer": _saying(iss="http://esia.example/"),
    "no issuer": _saying(iss=None),
    "another client": _saying(client_id="OTHER"),
    "no client": _saying(client_id=None),
    "another audience": _saying(aud=["OTHER"]),
    "an audience among others": _saying(aud=[SYSTEM, "OTHER"]),
    "run out": _saying(exp=_NOW - 3600),
    "no end": _saying(exp=None),
    "not yet": _saying(nbf=_NOW + 3600),
    "of tomorrow": _saying(iat=_NOW + 86_400),
    "nobody": _saying(**{"urn:esia:sbj_id": None}),
    "a way out": _saying(**{"urn:esia:sbj_id": "1/../../aas"}),
    "a number in other digits": _saying(**{"urn:esia:sbj_id": "١٢"}),
    "nonsense": lambda _claims: "nonsense",
    "an empty text": lambda _claims: "",
}


@pytest.mark.parametrize("sign", _NOT_BELIEVED.values(), ids=_NOT_BELIEVED)
async def test_what_is_not_believed_opens_nothing(
    door: Diary, esia: StandIn, account: AccountMade, sign: Callable[[Claims], str]
) -> None:
    await linked(door, esia, account)
    before = await Session.all().count()
    esia.behave()
    esia.sign = sign
    client = door.nobody
    returned = await go(client, esia)
    payload = await complete(client, returned)
    assert reasons(payload) == REFUSED
    assert payload == {**_NOTHING, "userErrors": payload["userErrors"]}
    assert esia.asked == ["te"]
    esia.behave()
    assert reasons(await complete(client, returned)) == BAD_TICKET
    assert await Session.all().count() == before


async def test_clocks_may_differ_by_half_a_minute_and_an_audience_may_be_ours(
    door: Diary, esia: StandIn, account: AccountMade
) -> None:
    await linked(door, esia, account)
    late, by_audience = {"exp": int(time.time()) - 30}, {"aud": SYSTEM, "client_id": None}
    for words in (late, by_audience):
        esia.sign = _saying(**words)
        client = door.nobody
        signed_in(client, await complete(client, await go(client, esia)))


_OUT_OF_ORDER: dict[str, Callable[[], Response]] = {
    "broken": lambda: Response(status_code=500),
    "moved": lambda: RedirectResponse("/rs/prns/1"),
    "too long": huge,
    "no JSON": lambda: Response("<html>"),
    "no object": lambda: JSONResponse(["access_token"]),
    "packed": lambda: Response(compress(b"{}"), headers={"Content-Encoding": "gzip"}),
    "nobody's client": lambda: JSONResponse({"error": "invalid_client"}, 401),
}


@pytest.mark.parametrize("instead", _OUT_OF_ORDER.values(), ids=_OUT_OF_ORDER)
async def test_a_visit_outlives_a_provider_that_is_out_of_order(
    door: Diary, esia: StandIn, account: AccountMade, instead: Callable[[], Response]
) -> None:
    await linked(door, esia, account)
    before = await AuditEntry.all().count()
    client = door.nobody
    returned = await go(client, esia)
    esia.instead["te"] = instead
    payload = await complete(client, returned)
    assert payload == {**_NOTHING, "userErrors": payload["userErrors"]}
    assert reasons(payload) == UNAVAILABLE
    assert await AuditEntry.all().count() == before

    esia.behave()
    signed_in(client, await complete(client, returned))


async def test_a_visit_whose_code_was_spent_is_over(
    door: Diary, esia: StandIn, account: AccountMade
) -> None:
    await linked(door, esia, account)
    before = await Session.all().count()
    client = door.nobody
    returned = await go(client, esia)
    esia.instead["prns"] = lambda: Response(status_code=503)
    assert reasons(await complete(client, returned)) == UNAVAILABLE
    esia.behave()
    assert reasons(await complete(client, returned)) == BAD_TICKET
    assert esia.asked == []
    assert await Session.all().count() == before


_AT_ONCE = 30


async def test_a_provider_that_does_not_answer_holds_no_connection(
    door: Diary, esia: StandIn, account: AccountMade
) -> None:
    """More visits wait for it than the service has connections, and others are answered."""
    await linked(door, esia, account)
    clients = [door.nobody for _ in range(_AT_ONCE)]
    returned = [await go(client, esia) for client in clients]
    esia.behave()
    esia.instead["te"] = slow
    waiting = [
        asyncio.create_task(complete(client, one))
        for client, one in zip(clients, returned, strict=True)
    ]
    await asyncio.to_thread(
        wait_until, lambda: esia.asked.count("te") == _AT_ONCE, "all of them to ask"
    )
    async with asyncio.timeout(4):
        assert (await door.nobody.send("{ municipalities { name } }")).data
    assert not any(task.done() for task in waiting)
    began = time.monotonic()
    payloads = await asyncio.gather(*waiting)
    assert time.monotonic() - began < 15
    assert [reasons(payload) for payload in payloads] == [UNAVAILABLE] * _AT_ONCE
    assert await ExternalSignIn.filter(answered_at__isnull=True).count() >= _AT_ONCE
