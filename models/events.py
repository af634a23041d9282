"""School events and whom they are for."""

from tortoise import fields
from tortoise.indexes import Index

from models.classes import SchoolClass
from models.directory import Organization
from models.fields import Record, check, reference, unique
from models.people import Person


class SchoolEvent(Record):
    """Something that a school announces: a meeting, a trip, a holiday concert."""

    author: fields.ForeignKeyRelation[Person] = reference("Person", "authored_events")
    author_id: int
    title = fields.CharField(max_length=300)
    body = fields.TextField(null=True)
    place = fields.CharField(max_length=300, null=True)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField(null=True)
    published_at = fields.DatetimeField()
    cancelled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "school_event"
        constraints = (check("school_event_in_order", "ends_at IS NULL OR ends_at >= starts_at"),)
        indexes = (Index(fields=("starts_at",), name="school_event_start"),)


class EventAudience(Record):
    """A school, or one of its classes, that an event is for."""

    event: fields.ForeignKeyRelation[SchoolEvent] = reference("SchoolEvent", "audiences")
    event_id: int
    organization: fields.ForeignKeyRelation[Organization] = reference(
        "Organization", "event_audiences"
    )
    organization_id: int
    school_class: fields.ForeignKeyNullableRelation[SchoolClass] = reference(
        "SchoolClass", "event_audiences", null=True
    )
    school_class_id: int | None

    class Meta:
        table = "event_audience"
        constraints = (
            unique("event_audience_class", "event_id", "school_class_id"),
            unique(
                "event_audience_organization",
                "event_id",
                "organization_id",
                where="school_class_id IS NULL",
            ),
        )
        indexes = (
            Index(fields=("organization_id",), name="event_audience_of_organization"),
            Index(fields=("school_class_id",), name="event_audience_of_class"),
        )
