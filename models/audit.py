"""The audit trail: who did what to which row, when and from where, chained by hashes."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from models.directory import Organization
from models.fields import Record, choice, reference, unique
from models.people import Person


class AuditKind(StrEnum):
    """What a deed was about: the first word of its action, which PostgreSQL takes from there."""

    MARK = "MARK"
    ATTENDANCE = "ATTENDANCE"
    HOMEWORK = "HOMEWORK"
    JOURNAL = "JOURNAL"
    SUBSTITUTION = "SUBSTITUTION"
    LESSON = "LESSON"
    TIMETABLE = "TIMETABLE"
    CALENDAR = "CALENDAR"
    MESSAGE = "MESSAGE"
    EVENT = "EVENT"
    NOTICE = "NOTICE"
    SESSION = "SESSION"
    SIGN_IN = "SIGN_IN"
    SIGN_IN_STEP = "SIGN_IN_STEP"
    SECOND_FACTOR = "SECOND_FACTOR"
    IDENTITY = "IDENTITY"
    ACCOUNT = "ACCOUNT"
    PERSON = "PERSON"
    REVEAL = "REVEAL"
    DOCUMENT = "DOCUMENT"
    CONSENT = "CONSENT"
    POST = "POST"
    POLICY = "POLICY"
    PERSONAL_DATA = "PERSONAL_DATA"
    RETENTION = "RETENTION"
    IMPORT = "IMPORT"


class AuditEntry(Record):
    """One deed; PostgreSQL refuses to change or delete it.

    PostgreSQL also puts it at the end of a chain (`strand`, `number`, `hash`), whatever its writer
    says: the hash is of the one before it in the strand and of all other columns.
    """

    at = fields.DatetimeField()
    person: fields.ForeignKeyNullableRelation[Person] = reference(
        "Person", "audit_entries", null=True
    )
    person_id: int | None
    organization: fields.ForeignKeyNullableRelation[Organization] = reference(
        "Organization", "audit_entries", null=True
    )
    organization_id: int | None
    roles: Any = fields.JSONField()
    action = fields.CharField(max_length=64)
    kind: AuditKind = choice(AuditKind, generated=True)
    entity = fields.CharField(max_length=64)
    row_id = fields.BigIntField(null=True)
    before: Any = fields.JSONField(null=True)
    after: Any = fields.JSONField(null=True)
    request_id = fields.CharField(max_length=64)
    address = fields.CharField(max_length=45)
    strand = fields.SmallIntField()
    number = fields.BigIntField()
    hash = fields.BinaryField()

    class Meta:
        table = "audit_entry"
        constraints = (unique("audit_entry_number", "strand", "number"),)
        indexes = (
            Index(fields=("entity", "row_id"), name="audit_entry_row"),
            Index(fields=("person_id", "at"), name="audit_entry_person"),
            Index(fields=("organization_id", "at"), name="audit_entry_school"),
            Index(fields=("kind", "at"), name="audit_entry_kind"),
        )


class AuditStrand(Record):
    """The end of one chain: the number and the hash of its last entry.

    Whoever writes an entry holds the row of its strand until the commit.
    """

    last_number = fields.BigIntField()
    last_hash = fields.BinaryField()

    class Meta:
        table = "audit_strand"
