"""Who takes part in an event, who has read it, and who has not."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint

# Begins with the event, whose audience leads to its organizations' people by their indexes. An
# event for more than one organization asks nobody.
AWAITED_READER = """
CREATE VIEW awaited_reader AS
SELECT DISTINCT e.id, e.id AS event_id, k.person_id, p.full_name
FROM school_event e
JOIN event_audience a ON a.event_id = e.id
JOIN audience_key k ON k.organization_id = a.organization_id AND k.key = a.key AND k.is_own
JOIN person p ON p.id = k.person_id
WHERE e.asks_acknowledgement AND e.published_at IS NOT NULL AND k.person_id <> e.author_id
  AND NOT EXISTS (
      SELECT FROM event_acknowledgement r WHERE r.event_id = e.id AND r.person_id = k.person_id
  )
"""
ONCE = (
    """
    ALTER TABLE event_acknowledgement
    ADD CONSTRAINT event_acknowledgement_once UNIQUE (event_id, person_id)
    """,
    """
    CREATE UNIQUE INDEX event_registration_once ON event_registration (event_id, person_id)
    WHERE withdrawn_at IS NULL
    """,
)


def _id() -> fields.BigIntField:
    return fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)


def _reference(to: str, column: str, name: str) -> fields.ForeignKeyRelation:
    return fields.ForeignKeyField(
        f"diary.{to}",
        source_field=column,
        db_constraint=True,
        to_field="id",
        related_name=name,
        on_delete=OnDelete.RESTRICT,
    )


class Migration(migrations.Migration):
    """New tables and a view; no row changes."""

    dependencies = [("diary", "0022_mail_policy")]

    operations = [
        ops.CreateModel(
            name="EventAcknowledgement",
            fields=[
                ("id", _id()),
                ("event", _reference("SchoolEvent", "event_id", "acknowledgements")),
                ("person", _reference("Person", "person_id", "event_acknowledgements")),
                ("acknowledged_at", fields.DatetimeField()),
            ],
            options={
                "table": "event_acknowledgement",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("event_id", "person_id"), name="event_acknowledgement_once"
                    )
                ],
                "indexes": [
                    Index(fields=["event_id", "id"], name="event_acknowledgement_event"),
                    Index(fields=["person_id"], name="event_acknowledgement_person"),
                ],
                "pk_attr": "id",
                "table_description": "Somebody says that they have read what was announced.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="EventRegistration",
            fields=[
                ("id", _id()),
                ("event", _reference("SchoolEvent", "event_id", "registrations")),
                ("person", _reference("Person", "person_id", "event_registrations")),
                ("registered_by", _reference("Person", "registered_by_id", "made_registrations")),
                ("registered_at", fields.DatetimeField()),
                ("is_waiting", fields.BooleanField()),
                ("withdrawn_at", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "event_registration",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("event_id", "person_id"),
                        name="event_registration_once",
                        condition="withdrawn_at IS NULL",
                    )
                ],
                "indexes": [
                    Index(fields=["event_id", "id"], name="event_registration_event"),
                    Index(fields=["person_id"], name="event_registration_person"),
                ],
                "pk_attr": "id",
                "table_description": "Somebody takes part in an event, or waits for a place; until "
                "it is withdrawn.",
            },
            bases=["Record"],
        ),
        ops.RunSQL([*ONCE, AWAITED_READER]),
    ]
