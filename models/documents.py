"""Documents that were shown to a school, and consents to data processing that were given to it."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index

from models.directory import Organization
from models.fields import Record, check, choice, one_of, reference, sealed, unique
from models.people import Person


class DocumentKind(StrEnum):
    """What kind of paper says who somebody is, or whose child."""

    PASSPORT = "PASSPORT"
    FOREIGN_PASSPORT = "FOREIGN_PASSPORT"
    BIRTH_CERTIFICATE = "BIRTH_CERTIFICATE"
    ADOPTION_RECORD = "ADOPTION_RECORD"
    OTHER = "OTHER"


class ConsentPurpose(StrEnum):
    """What a consent is given for; each needs one of its own (152-ФЗ, art. 9 and 10.1)."""

    DATA_PROCESSING = "DATA_PROCESSING"
    EXTERNAL_IDENTITY = "EXTERNAL_IDENTITY"
    CONTACT_SHARING = "CONTACT_SHARING"
    PUBLICATION = "PUBLICATION"


class IdentityDocument(Record):
    """A document that somebody of the school has looked at; its number is sealed."""

    person: fields.ForeignKeyRelation[Person] = reference("Person", "documents")
    person_id: int
    kind: DocumentKind = choice(DocumentKind)
    number_sealed = fields.CharField(max_length=300)
    number_digest = fields.CharField(max_length=64)
    issued_on = fields.DateField(null=True)
    issued_by = fields.CharField(max_length=300, null=True)
    checked_at = fields.DatetimeField()
    checked_by: fields.ForeignKeyRelation[Person] = reference("Person", "checked_documents")
    checked_by_id: int

    class Meta:
        table = "identity_document"
        constraints = (
            one_of("identity_document", "kind", DocumentKind),
            unique("identity_document_number", "kind", "number_digest"),
            sealed("identity_document", "number_sealed"),
        )
        indexes = (Index(fields=("person_id",), name="identity_document_person"),)


class DataConsent(Record):
    """A consent to process somebody's data (152-ФЗ, art. 9), given by them or their guardian.

    It holds from `given_on` until it is withdrawn or, where it has one, the day `valid_until`.
    `document` names the signed paper, `categories` the data that it is about.
    """

    subject: fields.ForeignKeyRelation[Person] = reference("Person", "consents")
    subject_id: int
    given_by: fields.ForeignKeyRelation[Person] = reference("Person", "given_consents")
    given_by_id: int
    organization: fields.ForeignKeyRelation[Organization] = reference("Organization", "consents")
    organization_id: int
    purpose: ConsentPurpose = choice(ConsentPurpose)
    categories = fields.CharField(max_length=500)
    document = fields.CharField(max_length=200)
    given_on = fields.DateField()
    valid_until = fields.DateField(null=True)
    recorded_at = fields.DatetimeField()
    recorded_by: fields.ForeignKeyRelation[Person] = reference("Person", "recorded_consents")
    recorded_by_id: int
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = "data_consent"
        constraints = (
            one_of("data_consent", "purpose", ConsentPurpose),
            check("data_consent_in_order", "valid_until IS NULL OR valid_until > given_on"),
        )
        indexes = (
            Index(fields=("subject_id", "purpose"), name="data_consent_subject"),
            Index(fields=("given_by_id",), name="data_consent_given_by"),
            Index(fields=("organization_id",), name="data_consent_organization"),
        )
