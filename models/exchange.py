"""What came from outside: which foreign record became which row."""

from tortoise import fields
from tortoise.indexes import Index

from models.fields import Record, unique


class ExternalRecord(Record):
    """A record of another system, the row it became, and the digest of what it said last."""

    source = fields.CharField(max_length=100)
    kind = fields.CharField(max_length=32)
    sourced_id = fields.CharField(max_length=255)
    row_id = fields.BigIntField()
    digest = fields.CharField(max_length=64)

    class Meta:
        table = "external_record"
        constraints = (unique("external_record_id", "source", "kind", "sourced_id"),)
        indexes = (Index(fields=("kind", "row_id"), name="external_record_row"),)
