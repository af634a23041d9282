"""Which account an identity opens: by whose password, with whose consent, and until when."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from access import vault
from access.vault import Vault
from models import ConsentPurpose, DataConsent, ExternalIdentity, Session
from tests.accounts.signing import is_signed_in
from tests.diary import Client, Diary
from tests.factories import AccountMade, PupilMade, SchoolMade, StaffMade, a_person
from tests.identities.declared import esia_words, write
from tests.identities.stand_in import StandIn
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
from tests.programs import serving
from tests.traces import deeds, reasons

pytestmark = pytest.mark.usefixtures("database")

WRONG = [("INVALID_CREDENTIALS", None)]


async def _named(client: Client, esia: StandIn) -> str:
    """The ticket of a visit that waits for an account."""
    returned = await go(client, esia)
    payload = await complete(client, returned, link=True)
    assert (payload["linkNeeded"], reasons(payload)) == (True, [])
    return returned.ticket


async def _needs_link(door: Diary, esia: StandIn) -> bool:
    """Whether whoever sits in front of ESIA is let in nowhere."""
    payload = await complete(door.nobody, await go(door.nobody, esia))
    assert reasons(payload) == []
    return payload["linkNeeded"] and payload["session"] is None


async def _nothing_came(account: AccountMade) -> bool:
    rows = (ExternalIdentity, Session)
    return not any([await row.filter(account_id=account.id).exists() for row in rows])


async def test_only_who_knows_the_password_links(
    door: Diary, esia: StandIn, account: AccountMade
) -> None:
    blocked = await (await a_person()).account()
    await blocked.block()
    client = door.nobody
    ticket = await _named(client, esia)
    for who, changed in (
        (account, {"password": "guess"}),
        (account, {"login": "nobody.at.all"}),
        (blocked, {}),
    ):
        payload = await link(client, ticket, who, **changed)
        assert payload == {
            "session": None, "nextStep": None, "linked": None, "userErrors": payload["userErrors"],
        }  # fmt: skip
        assert reasons(payload) == WRONG
        assert await _nothing_came(who)
    # The visit waits for the right one.
    signed_in(client, await link(client, ticket, account))


async def test_nothing_is_linked_without_consent(
    door: Diary, esia: StandIn, teacher: StaffMade, account: AccountMade
) -> None:
    ticket = await _named(door.nobody, esia)
    payload = await link(door.nobody, ticket, account, consent=False)
    assert reasons(payload) == [("CONSENT_REQUIRED", "consent")]
    assert await _nothing_came(account)
    assert not await DataConsent.filter(subject_id=teacher.id).exists()


async def _pupil(school: SchoolMade, years: int | None) -> PupilMade:
    """A pupil who is so many years old today, or of unknown age."""
    born = None if years is None else _years_before(school.today, years)
    return await (await school.class_("8А")).pupil(birth_date=born)


def _years_before(day: date, years: int) -> date:
    return (day + timedelta(days=1)).replace(year=day.year - years) - timedelta(days=1)


async def _guardians_consent(school: SchoolMade, pupil: PupilMade, **changed: Any) -> DataConsent:
    guardian = await pupil.guardian()
    words: dict[str, Any] = {
        "subject_id": pupil.person.id,
        "given_by_id": guardian.id,
        "organization_id": school.id,
        "purpose": ConsentPurpose.EXTERNAL_IDENTITY,
        "categories": "id",
        "document": "7",
        "given_on": school.today,
        "recorded_at": datetime.now(UTC),
        "recorded_by_id": guardian.id,
    }
    return await DataConsent.create(**(words | changed))


async def test_from_fourteen_on_one_consents_oneself(
    door: Diary, esia: StandIn, school: SchoolMade
) -> None:
    pupil = await _pupil(school, 14)
    await linked(door, esia, await pupil.account())
    assert (await DataConsent.get(subject_id=pupil.person.id)).given_by_id == pupil.person.id


@pytest.mark.parametrize("years", [13, None])
async def test_a_guardian_consents_for_a_child(
    door: Diary, esia: StandIn, school: SchoolMade, years: int | None
) -> None:
    pupil = await _pupil(school, years)
    account = await pupil.account()
    ticket = await _named(door.nobody, esia)
    await _guardians_consent(school, pupil, purpose=ConsentPurpose.DATA_PROCESSING)
    await _guardians_consent(school, pupil, withdrawn_at=datetime.now(UTC))
    await _guardians_consent(
        school, pupil, given_on=school.today - timedelta(days=9), valid_until=school.today
    )
    payload = await link(door.nobody, ticket, account)
    assert reasons(payload) == [("CONSENT_REQUIRED", "consent")]
    assert await _nothing_came(account)

    consent = await _guardians_consent(school, pupil)
    signed_in(door.nobody, await link(door.nobody, ticket, account))
    assert not await _needs_link(door, esia)
    # The link ends with the consent, whoever withdraws it.
    consent.withdrawn_at = datetime.now(UTC)
    await consent.save()
    assert await _needs_link(door, esia)


async def test_who_is_nothing_anywhere_links_nothing(door: Diary, esia: StandIn) -> None:
    account = await (await a_person()).account()
    ticket = await _named(door.nobody, esia)
    assert reasons(await link(door.nobody, ticket, account)) == [("FORBIDDEN", None)]
    assert await _nothing_came(account)


async def test_an_account_with_a_second_factor_is_linked_behind_it(
    door: Diary, esia: StandIn, account: AccountMade
) -> None:
    factor = await account.second_factor()
    client = door.nobody
    ticket = await _named(client, esia)
    payload = await link(client, ticket, account)
    assert (payload["linked"], payload["session"]) == (False, None)
    assert payload["nextStep"]["kind"] == "SECOND_FACTOR"
    assert await _nothing_came(account)

    entered = await client.send(
        "mutation ($input: EnterSecondFactorInput!) { enterSecondFactor(input: $input) {"
        " session { accessToken refreshToken } userErrors { code message field } } }",
        input={"ticket": payload["nextStep"]["ticket"], "code": factor.generator.code()},
    )
    signed_in(client, entered.data["enterSecondFactor"])
    payload = await link(client, ticket, account)
    assert (payload["linked"], payload["session"], reasons(payload)) == (True, None, [])
    assert await identities(client) == (account.login, ["esia"])
    assert await Session.filter(account_id=account.id).count() == 1
    # And the provider's word stands for the password alone.
    payload = await complete(door.nobody, await go(door.nobody, esia))
    assert (payload["session"], payload["nextStep"]["kind"]) == (None, "SECOND_FACTOR")


async def test_a_printed_password_is_changed_before_anything_is_linked(
    door: Diary, esia: StandIn, account: AccountMade
) -> None:
    await account.initial()
    payload = await link(door.nobody, await _named(door.nobody, esia), account)
    assert (payload["linked"], payload["nextStep"]["kind"]) == (False, "NEW_PASSWORD")
    assert await _nothing_came(account)


async def test_one_account_has_one_identity_of_a_provider(
    door: Diary, esia: StandIn, account: AccountMade
) -> None:
    client = await linked(door, esia, account)
    first = esia.oid
    esia.somebody()
    ticket = await _named(client, esia)
    payload = await link(client, ticket, account)
    assert reasons(payload) == [("CONFLICT", "login")]
    assert await ExternalIdentity.filter(account_id=account.id).count() == 1
    # Linking the same once more changes nothing.
    esia.oid = first
    payload = await link(client, await _named(client, esia), account)
    assert (payload["linked"], payload["session"]) == (True, None)
    assert await ExternalIdentity.filter(account_id=account.id).count() == 1


async def test_a_blocked_account_reads_as_not_linked(
    door: Diary, esia: StandIn, account: AccountMade
) -> None:
    await linked(door, esia, account)
    await account.block()
    assert await _needs_link(door, esia)
    payload = await link(door.nobody, await _named(door.nobody, esia), account)
    assert reasons(payload) == WRONG


async def _unlink(client: Client, provider: str = "esia") -> Any:
    return await do(client, "unlinkExternalIdentity", provider=provider)


async def test_what_is_unlinked_opens_nothing_and_sessions_go_on(
    door: Diary, esia: StandIn, teacher: StaffMade, account: AccountMade
) -> None:
    client = await linked(door, esia, account)
    other = await door.sign_in(account)
    assert await _unlink(client) == {"provider": "esia", "userErrors": []}
    assert await identities(client) == (account.login, [])
    assert await is_signed_in(other)
    assert await _needs_link(door, esia)

    row = await ExternalIdentity.get(account_id=account.id)
    assert row.unlinked_at is not None
    told = await deeds("ExternalIdentity", row.id)
    assert [(one.action, one.roles) for one in told] == [
        ("identity.linked", []),
        ("identity.unlinked", ["TEACHER"]),
    ]
    assert (told[1].person_id, told[1].before) == (teacher.id, {"provider": "esia"})
    assert (await DataConsent.get(subject_id=teacher.id)).withdrawn_at is not None
    assert reasons(await _unlink(client)) == [("NOT_FOUND", "provider")]

    # What was unlinked may be linked again: the old row stays.
    await linked(door, esia, account)
    assert await ExternalIdentity.filter(account_id=account.id).count() == 2
    assert not await _needs_link(door, esia)


async def test_nobody_unlinks_what_is_anothers(
    door: Diary, esia: StandIn, account: AccountMade
) -> None:
    await linked(door, esia, account)
    stranger = await door.sign_in(await (await a_person()).account())
    for provider in ("esia", "e" * 5_000, "\x00"):
        assert reasons(await _unlink(stranger, provider)) == [("NOT_FOUND", "provider")]
    document = 'mutation { unlinkExternalIdentity(input: {provider: "esia"}) { provider } }'
    assert (await door.nobody.send(document)).codes == ["UNAUTHENTICATED"]
    assert (await ExternalIdentity.get(account_id=account.id)).unlinked_at is None


async def test_links_outlive_a_new_key_and_no_secret_of_a_visit_is_written_down(
    database: str, tmp_path: Any, door: Diary, esia: StandIn, account: AccountMade
) -> None:
    await linked(door, esia, account)
    new = "n" * 32
    path = write(tmp_path, esia_words(esia.url))
    environ = {"IDENTITY_PROVIDERS": str(path), "PERSONAL_DATA_KEY": new, "LOG_LEVEL": "debug"}
    with serving(DATABASE_URL=database, **environ) as program:
        async with httpx.AsyncClient(timeout=20) as http:
            own = Diary(program.url, http)
            returned = await go(own.nobody, esia)
            signed_in(own.nobody, await complete(own.nobody, returned))
            assert reasons(await complete(own.nobody, returned)) == BAD_TICKET
    row = await ExternalIdentity.get(account_id=account.id)
    assert row.subject_digest == Vault([new]).digest(f"esia\n{esia.oid}", vault.SUBJECT)
    assert "INVALID_TOKEN" in program.output or "operation=" in program.output
    for secret in (returned.ticket, returned.state, returned.code, esia.oid, account.login):
        assert secret not in program.output
