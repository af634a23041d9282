"""Whom announcements reach, derived from who belongs where today; made in migrations, read only."""

from typing import ClassVar

from tortoise import fields

from models.events import SchoolEvent
from models.fields import Record, reference
from models.people import Person


class AudienceKey(Record):
    """A key of audiences under which a person is reached today; `id` is the person's.

    A guardian is reached as one of the parents, and on behalf of the child as the pupil is.
    `is_own` says that it is not on behalf of another.
    """

    person: fields.ForeignKeyRelation[Person] = reference("Person", "audience_keys")
    person_id: int
    organization_id = fields.BigIntField()
    key = fields.CharField(max_length=64)
    is_own = fields.BooleanField()

    class Meta:
        table = "audience_key"


class AwaitedReader(Record):
    """Somebody for whom an event is that asks to be acknowledged, and who has not done so.

    `id` is the event's.
    """

    key: ClassVar[tuple[str, ...]] = ("event_id", "person_id")

    event: fields.ForeignKeyRelation[SchoolEvent] = reference("SchoolEvent", "awaited_readers")
    event_id: int
    person_id = fields.BigIntField()
    full_name = fields.CharField(max_length=302)

    class Meta:
        table = "awaited_reader"
