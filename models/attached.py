"""Files that go with something that somebody has written; the files are kept elsewhere."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from models.fields import Record, check


class AttachedFile(Record):
    """A file as it was called and as large as it was when it was sent along.

    `file_id` is the file service's number.
    """

    file_id = fields.BigIntField()
    name = fields.CharField(max_length=255)
    size_bytes = fields.IntField()
    media_type = fields.CharField(max_length=127)

    class Meta:
        abstract = True


def of_some_size(table: str) -> CheckConstraint:
    """A file is as large as it is."""
    return check(f"{table}_size", "size_bytes >= 0")
