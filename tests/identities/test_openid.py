"""Plain OpenID Connect: with a provider that we did not write, and with one that lies."""

from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest

from models import ExternalIdentity, ExternalSignIn, Session
from tests.diary import Client, Diary
from tests.factories import AccountMade, serial
from tests.identities.declared import REDIRECT_URI, openid_words, pair, write
from tests.identities.impostor import Impostor, honest
from tests.identities.stand_in import Claims
from tests.identities.visiting import (
    BAD_TICKET,
    Return,
    back,
    begin,
    complete,
    do,
    identities,
    link,
    signed_in,
)
from tests.programs import serving
from tests.traces import reasons

pytestmark = pytest.mark.usefixtures("database")

REFUSED = [("IDENTITY_REFUSED", "code")]


async def _go(client: Client, subject: str) -> Return:
    """Sign in at the page of the provider that we did not write."""
    begun = await begin(client, "region")
    answer = await client.http.post(begun["authorizationUrl"], data={"sub": subject})
    return back(begun["ticket"], answer)


async def test_an_account_is_linked_and_opened_through_a_provider_of_others(
    door: Diary, account: AccountMade
) -> None:
    subject = f"pupil-{serial()}"
    client = door.nobody
    returned = await _go(client, subject)
    assert (await complete(client, returned))["linkNeeded"] is True
    signed_in(client, await link(client, returned.ticket, account))
    assert await identities(client) == (account.login, ["region"])

    again = door.nobody
    signed_in(again, await complete(again, await _go(again, subject)))
    assert (await identities(again))[0] == account.login
    assert (await complete(door.nobody, await _go(door.nobody, "else")))["linkNeeded"] is True


async def test_a_code_is_spent_once_there_too(door: Diary) -> None:
    first = await _go(door.nobody, "somebody")
    await complete(door.nobody, first)
    second = await _go(door.nobody, "somebody")
    replayed = Return(second.ticket, second.state, first.code)
    assert reasons(await complete(door.nobody, replayed)) == REFUSED


async def _visit(client: Client, impostor: Impostor, provider: str = "impostor") -> Return:
    begun = await begin(client, provider)
    assert begun["authorizationUrl"].startswith(f"{impostor.url}/authorize?prompt=login&client_id=")
    return Return(begun["ticket"], **impostor.visit(begun["authorizationUrl"], "7"))


async def _completed(door: Diary, impostor: Impostor) -> Any:
    return await complete(door.nobody, await _visit(door.nobody, impostor))


async def test_code_secret_and_verifier_come_from_who_began(
    door: Diary, impostor: Impostor
) -> None:
    payload = await _completed(door, impostor)
    assert (payload["linkNeeded"], reasons(payload)) == (True, [])


async def test_a_public_client_has_nothing_but_the_verifier(
    door: Diary, impostor: Impostor
) -> None:
    returned = await _visit(door.nobody, impostor, "phone")
    assert reasons(await complete(door.nobody, returned)) == []


def _signed(by: str, algorithm: str = "RS256", **headers: Any) -> Callable[[Claims], str]:
    head = {"kid": "first", **headers}
    return lambda claims: jwt.encode(claims, pair(by).key, algorithm=algorithm, headers=head)


def _unsigned(claims: Claims) -> str:
    return jwt.encode(claims, "", algorithm="none", headers={"kid": "first"})


def _by_secret(key: bytes, kid: str) -> Callable[[Claims], str]:
    """As if a key that the provider publishes were a secret that both know."""

    def sign(claims: Claims) -> str:
        header = {"kid": kid}
        head, body, _ = jwt.encode(claims, "x" * 32, "HS256", headers=header).split(".")
        hmac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
        signature = hmac.sign(f"{head}.{body}".encode(), key)
        return f"{head}.{body}.{jwt.utils.base64url_encode(signature).decode()}"

    return sign


_TOKENS = {
    "another's key": _signed("second"),
    "a key of nobody's": _signed("second", kid="second"),
    "no signature": _unsigned,
    "the public key as a secret": _by_secret(pair("first").public_pem, "first"),
    "a published secret": _by_secret(b"secret", "oct"),
    "nonsense": lambda _claims: "nonsense",
}
_CLAIMS: dict[str, Claims] = {
    "another issuer": {"iss": "https://elsewhere.test"},
    "another client": {"aud": "other"},
    "another client too": {"aud": ["school:diary", "other"]},
    "another party": {"azp": "other"},
    "no audience": {"aud": None},
    "an audience of nothing": {"aud": [7]},
    "another visit": {"nonce": "other"},
    "no visit": {"nonce": None},
    "an odd visit": {"nonce": 7},
    "nobody": {"sub": None},
    "an empty name": {"sub": ""},
    "a number": {"sub": 7},
    "a long name": {"sub": "x" * 256},
    "run out": {"exp": 1},
    "no end": {"exp": None},
    "no beginning": {"iat": None},
}


@pytest.mark.parametrize("sign", _TOKENS.values(), ids=_TOKENS)
async def test_a_token_of_another_hand_opens_nothing(
    door: Diary, impostor: Impostor, sign: Callable[[Claims], str]
) -> None:
    impostor.sign = sign
    await _assert_refused(door, impostor)


@pytest.mark.parametrize("claims", _CLAIMS.values(), ids=_CLAIMS)
async def test_a_token_for_something_else_opens_nothing(
    door: Diary, impostor: Impostor, claims: Claims
) -> None:
    impostor.claims = claims
    await _assert_refused(door, impostor)


async def _assert_refused(door: Diary, impostor: Impostor) -> None:
    before = await Session.all().count(), await ExternalIdentity.all().count()
    returned = await _visit(door.nobody, impostor)
    payload = await complete(door.nobody, returned)
    assert reasons(payload) == REFUSED
    assert payload["session"] is payload["linkNeeded"] is None
    latest = await ExternalSignIn.all().order_by("-id").first()
    assert latest is not None
    assert latest.subject_digest is None
    impostor.behave()
    assert reasons(await complete(door.nobody, returned)) == BAD_TICKET
    assert (await Session.all().count(), await ExternalIdentity.all().count()) == before


async def test_several_audiences_are_ours_if_the_party_is(door: Diary, impostor: Impostor) -> None:
    impostor.claims = {"aud": ["other", "school:diary"], "azp": "school:diary"}
    assert reasons(await _completed(door, impostor)) == []


async def test_a_new_key_is_asked_for_once(door: Diary, impostor: Impostor) -> None:
    assert reasons(await _completed(door, impostor)) == []
    impostor.keys = {"first": pair("first"), "second": pair("second")}
    impostor.jwks_asked = 0
    for _ in range(2):
        impostor.sign = _signed("second", kid="second")
        assert reasons(await _completed(door, impostor)) == []
        impostor.sign = honest
        assert reasons(await _completed(door, impostor)) == []
    assert impostor.jwks_asked == 1
    impostor.sign = _signed("third", kid="third")
    assert reasons(await _completed(door, impostor)) == REFUSED
    assert impostor.jwks_asked == 2
    # Once the old key is gone, nothing of it counts.
    impostor.keys = {"fourth": pair("second")}
    impostor.sign = _signed("second", kid="fourth")
    assert reasons(await _completed(door, impostor)) == []
    impostor.sign = honest
    assert reasons(await _completed(door, impostor)) == REFUSED
    # A token that names no key is verified by the only one.
    impostor.sign = lambda claims: jwt.encode(claims, pair("second").key, algorithm="PS256")
    assert reasons(await _completed(door, impostor)) == []


async def test_who_publishes_another_issuer_is_not_asked(
    database: str, tmp_path: Any, impostor: Impostor
) -> None:
    impostor.issuer = "https://elsewhere.test"
    path = write(tmp_path, openid_words(impostor.url))
    before = await ExternalSignIn.all().count()
    with serving(DATABASE_URL=database, IDENTITY_PROVIDERS=str(path)) as program:
        async with httpx.AsyncClient(timeout=20) as http:
            nobody = Diary(program.url, http).nobody
            asked = {"provider": "region", "redirectUri": REDIRECT_URI}
            payload = await do(nobody, "beginExternalSignIn", **asked)
    assert reasons(payload) == [("PROVIDER_UNAVAILABLE", None)]
    assert "reason='another issuer'" in program.output
    assert await ExternalSignIn.all().count() == before
