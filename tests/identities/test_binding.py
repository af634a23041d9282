"""A visit belongs to who began it, to one provider's answer, and to one moment."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from access import tokens
from models import ExternalIdentity, ExternalSignIn, Session
from tests.diary import Diary
from tests.factories import PASSWORD, AccountMade, gid, serial
from tests.identities.declared import REDIRECT_URI
from tests.identities.stand_in import StandIn
from tests.identities.visiting import (
    BAD_TICKET,
    begin,
    complete,
    do,
    document,
    go,
    link,
    linked,
    signed_in,
)
from tests.moments import rfc3339
from tests.traces import reasons

pytestmark = pytest.mark.usefixtures("database")

_OF_ADDRESS, _VISITS = 100, 600
TOO_MANY = [("TOO_MANY_ATTEMPTS", None)]


async def _sessions() -> int:
    return await Session.all().count()


async def _row(ticket: str) -> ExternalSignIn:
    return await ExternalSignIn.get(ticket_digest=tokens.digest(ticket))


async def test_what_binds_a_visit_is_kept_in_no_readable_form(door: Diary, esia: StandIn) -> None:
    returned = await go(door.nobody, esia)
    row = await _row(returned.ticket)
    assert row.state_digest == tokens.digest(returned.state)
    assert row.verifier_sealed.startswith("v1.")
    assert (row.expires_at - row.created_at) == timedelta(minutes=10)
    assert (row.answered_at, row.used_at, row.subject_digest) == (None, None, None)


async def test_the_client_is_told_how_long_it_may_take(door: Diary) -> None:
    begun = await begin(door.nobody)
    row = await _row(begun["ticket"])
    assert begun["expiresAt"] == rfc3339(row.expires_at)
    assert begun["ticket"] not in begun["authorizationUrl"]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"provider": "nobody"}, ("NOT_FOUND", "provider")),
        ({"provider": "gone"}, ("PROVIDER_UNAVAILABLE", None)),
        ({"redirectUri": f"{REDIRECT_URI}/"}, ("OUT_OF_RANGE", "redirectUri")),
        ({"redirectUri": f"{REDIRECT_URI}?next=/"}, ("OUT_OF_RANGE", "redirectUri")),
        ({"redirectUri": REDIRECT_URI.upper()}, ("OUT_OF_RANGE", "redirectUri")),
        ({"redirectUri": "http://localhost:3000/signed-in"}, ("OUT_OF_RANGE", "redirectUri")),
        ({"redirectUri": ""}, ("OUT_OF_RANGE", "redirectUri")),
    ],
)
async def test_a_visit_that_cannot_end_well_does_not_begin(
    door: Diary, given: dict[str, str], reason: tuple[str, str | None]
) -> None:
    before = await ExternalSignIn.all().count()
    asked = {"provider": "esia", "redirectUri": REDIRECT_URI, **given}
    payload = await do(door.nobody, "beginExternalSignIn", **asked)
    assert reasons(payload) == [reason]
    assert payload["authorizationUrl"] is payload["ticket"] is payload["expiresAt"] is None
    assert await ExternalSignIn.all().count() == before


async def test_who_did_not_begin_does_not_complete(
    door: Diary, esia: StandIn, account: AccountMade
) -> None:
    """An attacker's code in a victim's browser, and a victim's code in an attacker's."""
    await linked(door, esia, account)
    before = await _sessions()
    client = door.nobody
    mine, theirs = await go(client, esia), await go(client, esia)
    for mixed in (
        replace(mine, ticket=theirs.ticket),
        replace(mine, state=theirs.state),
        replace(mine, ticket=""),
        replace(mine, state=""),
        replace(mine, ticket=mine.state),
    ):
        payload = await complete(client, mixed)
        assert reasons(payload) == BAD_TICKET
        assert payload["session"] is None
    assert await _sessions() == before
    assert esia.asked.count("te") == 1  # that of linking
    # Nobody's guesses have spoilt it for who began.
    signed_in(client, await complete(client, mine))
    payload = await complete(client, replace(theirs, code=mine.code))
    assert reasons(payload) == [("IDENTITY_REFUSED", "code")]
    assert await _sessions() == before + 1


async def test_a_visit_is_completed_once(door: Diary, esia: StandIn, account: AccountMade) -> None:
    await linked(door, esia, account)
    client = door.nobody
    returned = await go(client, esia)
    signed_in(client, await complete(client, returned))
    before = await _sessions()
    assert reasons(await complete(client, returned)) == BAD_TICKET
    assert reasons(await link(client, returned.ticket, account)) == BAD_TICKET
    chosen = {"ticket": returned.ticket, "accountId": gid("LinkedAccount", account.id)}
    assert reasons(await do(client, "chooseExternalAccount", **chosen)) == BAD_TICKET
    assert await _sessions() == before


async def test_of_many_who_complete_at_once_one_does(
    door: Diary, esia: StandIn, account: AccountMade
) -> None:
    await linked(door, esia, account)
    before = await _sessions()
    returned = await go(door.nobody, esia)
    payloads = await asyncio.gather(*(complete(door.nobody, returned) for _ in range(8)))
    found = Counter(str(reasons(payload)) for payload in payloads)
    assert found == {"[]": 1, str(BAD_TICKET): 7}
    assert await _sessions() == before + 1


async def test_of_many_who_link_at_once_one_does(
    door: Diary, esia: StandIn, account: AccountMade
) -> None:
    client = door.nobody
    returned = await go(client, esia)
    await complete(client, returned)
    payloads = await asyncio.gather(
        *(link(door.nobody, returned.ticket, account) for _ in range(6))
    )
    found = Counter(str(reasons(payload)) for payload in payloads)
    assert found == {"[]": 1, str(BAD_TICKET): 5}
    assert await ExternalIdentity.filter(account_id=account.id).count() == 1
    assert await Session.filter(account_id=account.id).count() == 1


async def test_nothing_comes_of_a_visit_before_the_provider_has_spoken(
    door: Diary, esia: StandIn, account: AccountMade
) -> None:
    returned = await go(door.nobody, esia)
    assert reasons(await link(door.nobody, returned.ticket, account)) == BAD_TICKET
    assert not await ExternalIdentity.filter(account_id=account.id).exists()


async def test_ten_minutes_later_it_is_over_and_forgotten(
    door: Diary, esia: StandIn, account: AccountMade
) -> None:
    client = door.nobody
    returned, waiting = await go(client, esia), await go(client, esia)
    await complete(client, waiting, link=True)
    past = datetime.now(UTC) - timedelta(seconds=1)
    numbers = [(await _row(each.ticket)).id for each in (returned, waiting)]
    await ExternalSignIn.filter(id__in=numbers).update(expires_at=past)
    assert reasons(await complete(client, returned)) == BAD_TICKET
    assert reasons(await link(client, waiting.ticket, account)) == BAD_TICKET
    assert not await Session.filter(account_id=account.id).exists()

    await ExternalSignIn.filter(id__lte=max(numbers)).update(expires_at=past)
    left = await ExternalSignIn.filter(id__lte=max(numbers)).count()
    await begin(client)
    assert await ExternalSignIn.filter(id__lte=max(numbers)).count() == max(0, left - 10)


@pytest.mark.parametrize(
    ("code", "reason"), [(" ", ("REQUIRED", "code")), ("x" * 4097, ("TOO_LONG", "code"))]
)
async def test_a_code_is_a_text_of_bounded_length(
    door: Diary, esia: StandIn, code: str, reason: tuple[str, str]
) -> None:
    returned = await go(door.nobody, esia)
    assert reasons(await complete(door.nobody, replace(returned, code=code))) == [reason]
    assert (await _row(returned.ticket)).answered_at is None


async def _from_address(door: Diary, address: str, mutation: str, **given: Any) -> Any:
    request = {"query": document(mutation), "variables": {"input": given}}
    headers = {"X-Forwarded-For": address}
    answer = await door.http.post(f"{door.url}/graphql", json=request, headers=headers)
    return answer.json()["data"][mutation]


async def test_tickets_are_guessed_at_a_hundred_times_and_owners_are_let_through(
    door: Diary, esia: StandIn
) -> None:
    here = f"198.51.100.{serial() % 250}"
    returned = await go(door.nobody, esia)
    guesses = [
        await _from_address(
            door, here, "completeExternalSignIn", ticket=f"guess-{number}", state="x", code="x"
        )
        for number in range(_OF_ADDRESS + 1)
    ]
    assert [reasons(each) for each in guesses] == [BAD_TICKET] * _OF_ADDRESS + [TOO_MANY]
    for mutation, more in (
        ("chooseExternalAccount", {"accountId": gid("LinkedAccount", 1)}),
        ("linkExternalIdentity", {"login": "a", "password": PASSWORD, "consent": True}),
    ):
        refused = await _from_address(door, here, mutation, ticket="guess", **more)
        assert reasons(refused) == TOO_MANY
    owner = await _from_address(door, here, "completeExternalSignIn", **returned.given)
    assert (reasons(owner), owner["linkNeeded"]) == ([], True)


async def test_one_address_begins_so_many_visits_and_no_more(door: Diary) -> None:
    here = f"198.51.101.{serial() % 250}"
    asked = {"provider": "esia", "redirectUri": REDIRECT_URI}
    limits = httpx.Limits(max_connections=20)
    async with httpx.AsyncClient(timeout=60, limits=limits) as http:
        crowd = Diary(door.url, http)
        payloads = await asyncio.gather(
            *(
                _from_address(crowd, here, "beginExternalSignIn", **asked)
                for _ in range(_VISITS + 5)
            )
        )
    found = Counter(str(reasons(payload)) for payload in payloads)
    assert found == {"[]": _VISITS, str(TOO_MANY): 5}


_COMPLETE = 'completeExternalSignIn(input: {ticket: "x", state: "x", code: "x"}) { linkNeeded }'


async def test_one_document_holds_one_guess(door: Diary) -> None:
    answer = await door.nobody.send(f"mutation {{ a: {_COMPLETE} b: {_COMPLETE} }}")
    assert answer.codes == ["BAD_USER_INPUT"]
    assert "data" not in answer.body
