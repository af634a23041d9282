"""Documents that a school was shown, and consents that it was given."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from access import vault
from models import ConsentPurpose, DataConsent, DocumentKind, IdentityDocument
from tests.factories.directory import SchoolMade
from tests.factories.made import Made, serial
from tests.factories.people import PersonMade

_NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)


async def a_document(
    person: PersonMade,
    number: str | None = None,
    kind: DocumentKind = DocumentKind.BIRTH_CERTIFICATE,
    **columns: Any,
) -> Made[IdentityDocument]:
    """A document of the person, which they have shown themselves unless told."""
    number = number or f"I-ЕА {serial():06d}"
    held = vault.held()
    usual: dict[str, Any] = {"checked_at": _NOW, "checked_by_id": person.id}
    row = await IdentityDocument.create(
        person_id=person.id,
        kind=kind,
        number_sealed=held.seal(number, vault.DOCUMENT),
        number_digest=held.digest(number, vault.DOCUMENT),
        **usual | columns,
    )
    return Made(row)


async def a_consent(
    subject: PersonMade,
    school: SchoolMade,
    purpose: ConsentPurpose = ConsentPurpose.DATA_PROCESSING,
    given_by: PersonMade | None = None,
    **columns: Any,
) -> Made[DataConsent]:
    """A consent that stands since a month ago, given by the subject unless told."""
    since: date = school.today - timedelta(days=30)
    usual: dict[str, Any] = {"categories": "name, birth date", "document": "№ 1", "given_on": since}
    giver = given_by or subject
    row = await DataConsent.create(
        subject_id=subject.id,
        given_by_id=giver.id,
        organization_id=school.id,
        purpose=purpose,
        recorded_at=_NOW,
        recorded_by_id=giver.id,
        **usual | columns,
    )
    return Made(row)
