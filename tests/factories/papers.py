"""What has to be on file before somebody is issued an account."""

from typing import Any

from access import vault
from models import ConsentPurpose, DataConsent, DocumentKind, IdentityDocument
from tests.factories.made import Fact, Made, serial, today
from tests.factories.people import GuardianMade, PersonMade, PupilMade


def a_snils() -> str:
    """Eleven digits that nobody else has."""
    number = f"{400_000_000 + serial():09d}"
    weights = range(9, 0, -1)
    total = sum(int(each) * weight for each, weight in zip(number, weights, strict=True))
    return f"{number}{total % 101 % 100:02d}"


async def a_document(
    person: PersonMade, kind: DocumentKind, number: str | None = None
) -> Made[IdentityDocument]:
    """A paper of the person, of that number."""
    text, held = number or f"{4_500_000_000 + serial()}", vault.held()
    row = await IdentityDocument.create(
        person=person.row,
        kind=kind,
        number_sealed=held.seal(text, vault.DOCUMENT),
        number_digest=held.digest(text, vault.DOCUMENT),
        checked_at="2026-09-01T09:00:00Z",
        checked_by=person.row,
    )
    return Made(row)


async def a_consent(
    subject: PersonMade, given_by: PersonMade, organization_id: int, **columns: Any
) -> Fact[DataConsent]:
    """A consent to data processing that holds from today."""
    purpose = columns.pop("purpose", ConsentPurpose.DATA_PROCESSING)
    row = await DataConsent.create(
        subject=subject.row,
        given_by=given_by.row,
        organization_id=organization_id,
        purpose=purpose,
        categories="ФИО, дата рождения, СНИЛС",
        document=f"Согласие № {serial()}",
        given_on=columns.pop("given_on", None) or await today(),
        recorded_at="2026-09-01T09:00:00Z",
        recorded_by=given_by.row,
        **columns,
    )
    return Fact(row)


async def papers_of_a_pupil(pupil: PupilMade, guardian: PersonMade, organization_id: int) -> None:
    """All that a pupil needs for an account."""
    await with_snils(pupil.person)
    await a_document(pupil.person, DocumentKind.BIRTH_CERTIFICATE)
    await a_consent(pupil.person, guardian, organization_id)


async def papers_of_an_adult(person: PersonMade | GuardianMade, organization_id: int) -> None:
    """All that an adult needs, but for the papers of children."""
    await with_snils(person)
    await a_document(person, DocumentKind.PASSPORT)
    await a_consent(person, person, organization_id)


async def with_snils(person: PersonMade, number: str | None = None) -> str:
    """Give the person a SNILS, and return it."""
    number, held = number or a_snils(), vault.held()
    await person.change(
        snils_sealed=held.seal(number, vault.SNILS), snils_digest=held.digest(number, vault.SNILS)
    )
    return number
