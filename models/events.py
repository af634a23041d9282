"""What is announced, whom it is for, and who takes part or has read it."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index

from models.classes import SchoolClass
from models.directory import Municipality, Organization, Region
from models.fields import Record, check, choice, one_of, reference, unique
from models.people import Person


class AudienceRole(StrEnum):
    """As whom people are spoken to, where it is not everybody of a place."""

    PUPILS = "PUPILS"
    PARENTS = "PARENTS"
    TEACHERS = "TEACHERS"
    STAFF = "STAFF"


class SchoolEvent(Record):
    """Something that is announced: a meeting, a trip, a concert; a draft until `published_at`.

    `organization` is where its author writes it. With `takes_registrations` people register until
    `registration_closes_at`, or else its beginning, and `capacity` of them take part.
    """

    author: fields.ForeignKeyRelation[Person] = reference("Person", "authored_events")
    author_id: int
    organization: fields.ForeignKeyRelation[Organization] = reference("Organization", "events")
    organization_id: int
    title = fields.CharField(max_length=300)
    body = fields.TextField(null=True)
    place = fields.CharField(max_length=300, null=True)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField(null=True)
    version = fields.IntField(default=1, db_default=1)
    published_at = fields.DatetimeField(null=True)
    cancelled_at = fields.DatetimeField(null=True)
    cancellation_reason = fields.CharField(max_length=1000, null=True)
    asks_acknowledgement = fields.BooleanField(default=False, db_default=False)
    takes_registrations = fields.BooleanField(default=False, db_default=False)
    capacity = fields.IntField(null=True)
    registration_closes_at = fields.DatetimeField(null=True)

    class Meta:
        table = "school_event"
        constraints = (
            check("school_event_in_order", "ends_at IS NULL OR ends_at >= starts_at"),
            check(
                "school_event_capacity", "capacity IS NULL OR takes_registrations AND capacity > 0"
            ),
            check(
                "school_event_registration",
                "registration_closes_at IS NULL OR takes_registrations",
            ),
            check("school_event_cancelled", "cancelled_at IS NULL OR published_at IS NOT NULL"),
            check(
                "school_event_cancellation",
                "cancellation_reason IS NULL OR cancelled_at IS NOT NULL",
            ),
        )
        indexes = (
            Index(fields=("starts_at",), name="school_event_start"),
            Index(fields=("author_id", "id"), name="school_event_author"),
            Index(fields=("organization_id",), name="school_event_organization"),
        )


class EventAudience(Record):
    """A place that an event is for, and there, if told, a grade level and a role.

    The place is a region, a municipality, an organization or one of its classes. PostgreSQL makes
    `key` of all that: `audience_key` has the same keys of everybody.
    """

    event: fields.ForeignKeyRelation[SchoolEvent] = reference("SchoolEvent", "audiences")
    event_id: int
    region: fields.ForeignKeyNullableRelation[Region] = reference(
        "Region", "event_audiences", null=True
    )
    region_id: int | None
    municipality: fields.ForeignKeyNullableRelation[Municipality] = reference(
        "Municipality", "event_audiences", null=True
    )
    municipality_id: int | None
    organization: fields.ForeignKeyNullableRelation[Organization] = reference(
        "Organization", "event_audiences", null=True
    )
    organization_id: int | None
    school_class: fields.ForeignKeyNullableRelation[SchoolClass] = reference(
        "SchoolClass", "event_audiences", null=True
    )
    school_class_id: int | None
    grade_level = fields.SmallIntField(null=True)
    role: AudienceRole | None = choice(AudienceRole, null=True)
    key = fields.CharField(max_length=64, generated=True)

    class Meta:
        table = "event_audience"
        constraints = (
            unique("event_audience_once", "event_id", "key"),
            check(
                "event_audience_place",
                "num_nonnulls(region_id, municipality_id, organization_id) = 1",
            ),
            check(
                "event_audience_class",
                "school_class_id IS NULL OR organization_id IS NOT NULL AND grade_level IS NULL",
            ),
            check("event_audience_grade_level", "grade_level BETWEEN 0 AND 12"),
            one_of("event_audience", "role", AudienceRole),
        )
        indexes = (
            Index(fields=("key", "event_id"), name="event_audience_key"),
            Index(fields=("organization_id",), name="event_audience_of_organization"),
            Index(fields=("school_class_id",), name="event_audience_of_class"),
            Index(fields=("municipality_id",), name="event_audience_of_municipality"),
            Index(fields=("region_id",), name="event_audience_of_region"),
        )


class EventRegistration(Record):
    """Somebody takes part in an event, or waits for a place; until it is withdrawn."""

    event: fields.ForeignKeyRelation[SchoolEvent] = reference("SchoolEvent", "registrations")
    event_id: int
    person: fields.ForeignKeyRelation[Person] = reference("Person", "event_registrations")
    person_id: int
    registered_by: fields.ForeignKeyRelation[Person] = reference("Person", "made_registrations")
    registered_by_id: int
    registered_at = fields.DatetimeField()
    is_waiting = fields.BooleanField()
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = "event_registration"
        constraints = (
            unique(
                "event_registration_once", "event_id", "person_id", where="withdrawn_at IS NULL"
            ),
        )
        indexes = (
            Index(fields=("event_id", "id"), name="event_registration_event"),
            Index(fields=("person_id",), name="event_registration_person"),
        )


class EventAcknowledgement(Record):
    """Somebody says that they have read what was announced."""

    event: fields.ForeignKeyRelation[SchoolEvent] = reference("SchoolEvent", "acknowledgements")
    event_id: int
    person: fields.ForeignKeyRelation[Person] = reference("Person", "event_acknowledgements")
    person_id: int
    acknowledged_at = fields.DatetimeField()

    class Meta:
        table = "event_acknowledgement"
        constraints = (unique("event_acknowledgement_once", "event_id", "person_id"),)
        indexes = (
            Index(fields=("event_id", "id"), name="event_acknowledgement_event"),
            Index(fields=("person_id",), name="event_acknowledgement_person"),
        )
