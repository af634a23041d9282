"""Papers on file: sealed, one person's each, never told in plain form."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from access import vault
from access.vault import Vault
from models import AuditEntry, DocumentKind, IdentityDocument, Person
from tests.factories import serial
from tests.factories.papers import a_document, a_snils, with_snils
from tests.issuing.conftest import Office
from tests.issuing.office import do, holder
from tests.programs import serving
from tests.sessions import SECRET_KEY
from tests.traces import deeds, number, reasons

_FORMER = "a key of years ago that has thirty-two bytes"


async def _shown(office: Office, who: Any, kind: str, text: str, **given: Any) -> Any:
    return await do(
        office.client, "recordDocument", personId=holder(who), kind=kind, number=text, **given
    )


async def test_a_paper_is_kept_sealed(office: Office) -> None:
    series = f"II-ИМ № {100_000 + serial()}"
    payload = await _shown(
        office, office.pupil, "BIRTH_CERTIFICATE", series.lower(), issuedOn="2015-03-04"
    )
    assert payload["userErrors"] == []
    row = await IdentityDocument.get(id=number(payload["document"]["id"]))
    plain = "".join(each for each in series if each.isalnum())
    assert vault.held().open(row.number_sealed, vault.DOCUMENT) == plain
    assert row.number_digest == vault.held().digest(plain, vault.DOCUMENT)
    assert (row.person_id, row.checked_by_id) == (
        office.pupil.person.id,
        office.administrator.id,
    )
    (deed,) = await deeds("IdentityDocument", row.id)
    assert (deed.action, deed.after) == (
        "document.recorded",
        {
            "person_id": office.pupil.person.id,
            "kind": "BIRTH_CERTIFICATE",
            "issued_on": "2015-03-04",
        },
    )


async def test_a_snils_is_kept_sealed_and_replaces_a_former_one(office: Office) -> None:
    former = await with_snils(office.teacher)
    given = a_snils()
    spelt = f"{given[:3]}-{given[3:6]}-{given[6:9]} {given[9:]}"
    payload = await do(office.client, "recordSnils", personId=holder(office.teacher), snils=spelt)
    assert (payload["isRecorded"], payload["userErrors"]) == (True, [])
    row = await Person.get(id=office.teacher.id)
    assert row.snils_sealed is not None
    assert vault.held().open(row.snils_sealed, vault.SNILS) == given
    audited = [f"{each.before}{each.after}" for each in await AuditEntry.all()]
    assert not [each for each in audited if given in each or former in each]


@pytest.mark.parametrize("key", [SECRET_KEY, _FORMER], ids=["today's key", "a former key"])
async def test_a_number_is_one_person_s_and_it_is_not_told_whose(
    office: Office, database: str, key: str
) -> None:
    passport, snils = f"{8_800_000_000 + serial()}", a_snils()
    today_s = vault.held()
    vault.use(Vault([key]))
    try:
        await a_document(office.mother, DocumentKind.PASSPORT, passport)
        await with_snils(office.mother, snils)
    finally:
        vault.use(today_s)
    keys = {"PERSONAL_DATA_KEY": SECRET_KEY, "FORMER_PERSONAL_DATA_KEYS": _FORMER}
    with serving(DATABASE_URL=database, **keys) as program:
        office.client.url = program.url
        for who, code in ((office.teacher, "TAKEN"), (office.mother, "DUPLICATE")):
            told = await _shown(office, who, "PASSPORT", f"{passport[:4]} {passport[4:]}")
            assert reasons(told) == [(code, "number")]
            assert office.mother.row.last_name not in str(told)
            told = await do(office.client, "recordSnils", personId=holder(who), snils=snils)
            assert reasons(told) == [(code, "snils")]
    assert not await IdentityDocument.filter(person_id=office.teacher.id).exists()
    assert (await Person.get(id=office.teacher.id)).snils_digest is None


async def test_two_people_bring_one_number_at_once(office: Office) -> None:
    passport = f"{8_900_000_000 + serial()}"
    people = [office.mother, office.teacher, await office.school.teacher()]
    payloads = await asyncio.gather(
        *(_shown(office, each, "PASSPORT", passport) for each in people)
    )
    told = sorted(str(reasons(each)) for each in payloads)
    assert told == ["[('TAKEN', 'number')]"] * 2 + ["[]"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("PASSPORT", "8700 12345"),
        ("PASSPORT", "8700 12345А"),
        ("PASSPORT", "٨٧٠٠١٢٣٤٥٦"),
        ("BIRTH_CERTIFICATE", "—"),
        ("BIRTH_CERTIFICATE", "безномера"),
        ("OTHER", "1" * 41),
    ],
)
async def test_what_is_no_number_is_refused(office: Office, kind: str, text: str) -> None:
    payload = await _shown(office, office.teacher, kind, text)
    assert reasons(payload) == [("MALFORMED", "number")]
    assert not await IdentityDocument.filter(person_id=office.teacher.id).exists()


async def test_other_errors(office: Office) -> None:
    tomorrow = str(office.school.today + timedelta(days=1))
    payload = await _shown(
        office, office.teacher, "PASSPORT", "8700123456", issuedOn=tomorrow, issuedBy="ы" * 301
    )
    assert reasons(payload) == [("TOO_LONG", "issuedBy"), ("IN_FUTURE", "issuedOn")]
    payload = await do(
        office.client, "recordSnils", personId=holder(office.teacher), snils="112-233-445 96"
    )
    assert reasons(payload) == [("MALFORMED", "snils")]


async def test_nobody_records_their_own_papers(office: Office) -> None:
    payload = await _shown(office, office.administrator, "PASSPORT", f"{8_100_000_000 + serial()}")
    assert reasons(payload) == [("FORBIDDEN", "personId")]
