"""Whom announcements reach, derived from who belongs where today; made in migrations, read only."""

from tortoise import fields

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
