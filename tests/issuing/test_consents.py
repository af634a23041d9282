"""Consents: who gives them for whom, who withdraws them, and what becomes of the account."""

from datetime import date, timedelta
from typing import Any

import pytest

from models import Account, DataConsent
from tests.accounts.signing import is_signed_in
from tests.factories import PersonMade, PupilMade, gid
from tests.factories.papers import a_consent
from tests.issuing.conftest import Office
from tests.issuing.office import do, holder
from tests.traces import deeds, number, reasons


async def _consent(
    office: Office, subject: PersonMade | PupilMade, giver: PersonMade | PupilMade, **given: Any
) -> Any:
    said = {
        "purpose": "DATA_PROCESSING",
        "categories": "ФИО, СНИЛС",
        "document": "№ 7",
        "givenOn": str(office.school.today),
    }
    ids = {"subjectId": holder(subject), "givenById": holder(giver)}
    return await do(office.client, "recordConsent", **ids, **said | given)


async def test_a_guardian_consents_for_a_minor_and_an_adult_for_themselves(office: Office) -> None:
    for subject, giver in ((office.pupil, office.mother), (office.teacher, office.teacher)):
        payload = await _consent(office, subject, giver)
        assert payload["userErrors"] == []
        told = payload["consent"]
        row = await DataConsent.get(id=number(told["id"]))
        assert (row.organization_id, row.recorded_by_id) == (
            office.school.id,
            office.administrator.id,
        )
        assert (told["purpose"], told["isInForce"]) == ("DATA_PROCESSING", True)
        (deed,) = await deeds("DataConsent", row.id)
        assert (deed.action, deed.after["given_by_id"]) == ("consent.recorded", giver.id)


async def test_nobody_else_consents(office: Office) -> None:
    former = await office.pupil.guardian()
    grown = await office.klass.pupil(birth_date=office.school.today - timedelta(days=19 * 366))
    parent = await grown.guardian()
    await former.guardianship.end()
    other = await (await office.klass.pupil()).guardian()
    for subject, giver in (
        (office.pupil, office.pupil),
        (office.pupil, office.teacher),
        (office.pupil, other),
        (grown, parent),
        (office.mother, office.teacher),
    ):
        told = reasons(await _consent(office, subject, giver))
        assert told == [("MAY_NOT_CONSENT", "givenById")]
    assert reasons(await _consent(office, office.pupil, former)) == [("NOT_FOUND", "givenById")]
    assert reasons(await _consent(office, grown, grown)) == []
    assert not await DataConsent.filter(subject_id=office.pupil.person.id).exists()


async def test_every_other_error_is_told_together(office: Office) -> None:
    today: date = office.school.today
    payload = await _consent(
        office,
        office.teacher,
        office.teacher,
        categories=" ",
        document="ы" * 201,
        givenOn=str(today + timedelta(days=1)),
        validUntil=str(today),
    )
    assert reasons(payload) == [
        ("REQUIRED", "categories"),
        ("TOO_LONG", "document"),
        ("IN_FUTURE", "givenOn"),
        ("IN_PAST", "validUntil"),
    ]


@pytest.mark.parametrize("by", ["the school", "the guardian who gave it"])
async def test_with_the_last_consent_the_account_is_blocked(office: Office, by: str) -> None:
    pupil = await office.diary.as_(office.pupil)
    consents = [
        await a_consent(office.pupil.person, office.mother, office.school.id) for _ in range(2)
    ]
    client = office.client if by == "the school" else await office.diary.as_(office.mother)
    for place, consent in enumerate(consents):
        given = {"consentId": gid("DataConsent", consent.id), "reason": "Заявление"}
        payload = await do(client, "withdrawConsent", **given)
        assert payload["userErrors"] == []
        assert payload["consent"]["isInForce"] is False
        assert await is_signed_in(pupil) is (place == 0)
    account = await Account.get(person_id=office.pupil.person.id)
    assert account.blocked_at is not None
    assert [deed.action for deed in await deeds("Account", account.id)] == ["account.blocked"]
    again = await do(client, "withdrawConsent", **given)
    assert reasons(again) == [("DUPLICATE", "consentId")]


async def test_whoever_did_not_give_it_reads_it_alone(office: Office) -> None:
    consent = await a_consent(office.pupil.person, office.mother, office.school.id)
    father = await office.pupil.guardian()
    given = {"consentId": gid("DataConsent", consent.id), "reason": "Заявление"}
    stranger = await (await office.klass.pupil()).guardian()
    for who, code in (
        (father, "FORBIDDEN"),
        (office.pupil, "NOT_FOUND"),
        (stranger, "NOT_FOUND"),
    ):
        told = await do(await office.diary.as_(who), "withdrawConsent", **given)
        assert reasons(told) == [(code, "consentId")]
    mother = await office.diary.as_(office.mother)
    listed = (await mother.send("{ viewer { consents { id } } }")).data["viewer"]["consents"]
    assert listed == [{"id": gid("DataConsent", consent.id)}]
    assert (await DataConsent.get(id=consent.id)).withdrawn_at is None


async def test_it_takes_a_reason(office: Office) -> None:
    consent = await a_consent(office.teacher, office.teacher, office.school.id)
    given = {"consentId": gid("DataConsent", consent.id), "reason": " "}
    told = await do(office.client, "withdrawConsent", **given)
    assert reasons(told) == [("REQUIRED", "reason")]
