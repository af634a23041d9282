"""The audit trail: who did what to which row, when and from where."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from models.fields import Record, reference
from models.people import Person


class AuditEntry(Record):
    """One deed; PostgreSQL refuses to change or delete it."""

    at = fields.DatetimeField()
    person: fields.ForeignKeyNullableRelation[Person] = reference(
        "Person", "audit_entries", null=True
    )
    person_id: int | None
    roles: Any = fields.JSONField()
    action = fields.CharField(max_length=64)
    entity = fields.CharField(max_length=64)
    row_id = fields.BigIntField(null=True)
    before: Any = fields.JSONField(null=True)
    after: Any = fields.JSONField(null=True)
    request_id = fields.CharField(max_length=64)
    address = fields.CharField(max_length=45)

    class Meta:
        table = "audit_entry"
        indexes = (
            Index(fields=("entity", "row_id"), name="audit_entry_row"),
            Index(fields=("person_id", "at"), name="audit_entry_person"),
        )
