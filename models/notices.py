"""Notices about the service itself, such as planned works."""

from tortoise import fields
from tortoise.indexes import Index

from models.fields import Record, check, reference
from models.people import Person


class ServiceNotice(Record):
    """What everybody is told of the service, signed in or not, until it is over or ended."""

    published_by: fields.ForeignKeyRelation[Person] = reference("Person", "service_notices")
    published_by_id: int
    title = fields.CharField(max_length=300)
    body = fields.TextField(null=True)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    published_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "service_notice"
        constraints = (check("service_notice_in_order", "ends_at >= starts_at"),)
        indexes = (Index(fields=("ends_at",), name="service_notice_end"),)
