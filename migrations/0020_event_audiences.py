"""Events for regions, municipalities, schools, grades, classes and roles; drafts, changes, reasons."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.events import AudienceRole

# An event that was for nobody, by somebody who works nowhere, is seen by nobody else.
ORGANIZATIONS = (
    """
    UPDATE school_event event SET organization_id = coalesce(
        (SELECT min(organization_id) FROM event_audience WHERE event_id = event.id),
        (SELECT min(organization_id) FROM staff_post WHERE person_id = event.author_id)
    )
    """,
    "DELETE FROM school_event WHERE organization_id IS NULL",
    "ALTER TABLE school_event ALTER COLUMN organization_id SET NOT NULL",
)
KEY = """
ALTER TABLE event_audience DROP COLUMN key, ADD COLUMN key varchar(64) NOT NULL
GENERATED ALWAYS AS (
    CASE WHEN school_class_id IS NOT NULL THEN 'class:' || school_class_id::text
         WHEN organization_id IS NOT NULL THEN 'organization:' || organization_id::text
         WHEN municipality_id IS NOT NULL THEN 'municipality:' || municipality_id::text
         ELSE 'region:' || region_id::text
    END || coalesce(' grade:' || grade_level::text, '') || coalesce(' ' || role, '')
) STORED
"""
CONSTRAINTS = (
    """
    ALTER TABLE event_audience
    ADD CONSTRAINT event_audience_once UNIQUE (event_id, key),
    ADD CONSTRAINT event_audience_place
        CHECK (num_nonnulls(region_id, municipality_id, organization_id) = 1),
    ADD CONSTRAINT event_audience_class
        CHECK (school_class_id IS NULL OR organization_id IS NOT NULL AND grade_level IS NULL),
    ADD CONSTRAINT event_audience_grade_level CHECK (grade_level BETWEEN 0 AND 12),
    ADD CONSTRAINT event_audience_role_known
        CHECK (role IN ('PUPILS', 'PARENTS', 'TEACHERS', 'STAFF'))
    """,
    """
    ALTER TABLE school_event
    ADD CONSTRAINT school_event_capacity
        CHECK (capacity IS NULL OR takes_registrations AND capacity > 0),
    ADD CONSTRAINT school_event_registration
        CHECK (registration_closes_at IS NULL OR takes_registrations),
    ADD CONSTRAINT school_event_cancelled
        CHECK (cancelled_at IS NULL OR published_at IS NOT NULL),
    ADD CONSTRAINT school_event_cancellation
        CHECK (cancellation_reason IS NULL OR cancelled_at IS NOT NULL)
    """,
    "CREATE INDEX event_audience_key ON event_audience (key, event_id)",
    "CREATE INDEX event_audience_of_municipality ON event_audience (municipality_id)",
    "CREATE INDEX event_audience_of_region ON event_audience (region_id)",
    "CREATE INDEX school_event_author ON school_event (author_id, id)",
    "CREATE INDEX school_event_organization ON school_event (organization_id)",
)

_TODAY = """{0}.valid_from <= CURRENT_DATE
  AND ({0}.valid_until IS NULL OR {0}.valid_until > CURRENT_DATE)"""
# Everybody who belongs to a place stands in it as one or several roles; ' PUPILS' is also a
# guardian's, on behalf of the child.
_AT_CLASSES = """
CROSS JOIN LATERAL (
    SELECT c.id, c.organization_id, c.grade_level, t.municipality_id, m.region_id
    FROM school_class c
    JOIN organization o ON o.id = c.organization_id
    JOIN settlement t ON t.id = o.settlement_id
    JOIN municipality m ON m.id = t.municipality_id
    WHERE c.id = {0}
) at
CROSS JOIN LATERAL (VALUES
    ('class:' || at.id),
    ('organization:' || at.organization_id),
    ('organization:' || at.organization_id || ' grade:' || at.grade_level),
    ('municipality:' || at.municipality_id),
    ('municipality:' || at.municipality_id || ' grade:' || at.grade_level),
    ('region:' || at.region_id),
    ('region:' || at.region_id || ' grade:' || at.grade_level)
) place (key)
"""
_KEYS = "at.organization_id, (place.key || standing.role)::varchar AS key, standing.is_own"
AUDIENCE_KEY = f"""
CREATE VIEW audience_key AS
SELECT s.person_id AS id, s.person_id, {_KEYS}
FROM student s
JOIN enrollment e ON e.student_id = s.id
{_AT_CLASSES.format("e.school_class_id")}
CROSS JOIN (VALUES ('', true), (' PUPILS', true)) standing (role, is_own)
WHERE {_TODAY.format("e")}
UNION ALL
SELECT g.guardian_id, g.guardian_id, {_KEYS}
FROM guardianship g
JOIN enrollment e ON e.student_id = g.student_id
{_AT_CLASSES.format("e.school_class_id")}
CROSS JOIN (VALUES ('', true), (' PARENTS', true), (' PUPILS', false)) standing (role, is_own)
WHERE {_TODAY.format("e")} AND {_TODAY.format("g")}
UNION ALL
SELECT a.teacher_id, a.teacher_id, {_KEYS}
FROM teaching_assignment a
JOIN course_section section ON section.id = a.section_id
{_AT_CLASSES.format("section.school_class_id")}
JOIN staff_post p ON p.person_id = a.teacher_id AND p.organization_id = at.organization_id
CROSS JOIN (VALUES (' TEACHERS', true)) standing (role, is_own)
WHERE {_TODAY.format("a")} AND {_TODAY.format("p")}
UNION ALL
SELECT class.homeroom_teacher_id, class.homeroom_teacher_id, {_KEYS}
FROM school_class class
JOIN school_year y ON y.id = class.school_year_id
JOIN staff_post p
  ON p.person_id = class.homeroom_teacher_id AND p.organization_id = class.organization_id
{_AT_CLASSES.format("class.id")}
CROSS JOIN (VALUES (' TEACHERS', true)) standing (role, is_own)
WHERE y.ends_on >= CURRENT_DATE AND {_TODAY.format("p")}
UNION ALL
SELECT p.person_id, p.person_id, {_KEYS}
FROM staff_post p
CROSS JOIN LATERAL (
    SELECT o.id AS organization_id, t.municipality_id, m.region_id
    FROM organization o
    JOIN settlement t ON t.id = o.settlement_id
    JOIN municipality m ON m.id = t.municipality_id
    WHERE o.id = p.organization_id
) at
CROSS JOIN LATERAL (VALUES
    ('organization:' || at.organization_id),
    ('municipality:' || at.municipality_id),
    ('region:' || at.region_id)
) place (key)
JOIN (VALUES ('', true), (' STAFF', true), (' TEACHERS', true)) standing (role, is_own)
  ON standing.role <> ' TEACHERS' OR p.position = 'TEACHER'
WHERE {_TODAY.format("p")}
"""  # noqa: S608 — constants of this module


def _reference(to: str, name: str, *, null: bool) -> fields.ForeignKeyRelation:
    return fields.ForeignKeyField(
        f"diary.{to}",
        source_field=f"{to.lower()}_id",
        null=null,
        db_constraint=True,
        to_field="id",
        related_name=name,
        on_delete=OnDelete.RESTRICT,
    )


class Migration(migrations.Migration):
    """Old events were for schools and classes, and stay so."""

    dependencies = [("diary", "0019_change_students")]

    operations = [
        ops.RemoveConstraint("EventAudience", name="event_audience_class"),
        ops.RemoveConstraint("EventAudience", name="event_audience_organization"),
        ops.AlterModelOptions(
            name="EventAudience",
            options={
                "table": "event_audience",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(fields=("event_id", "key"), name="event_audience_once"),
                    CheckConstraint(
                        check="num_nonnulls(region_id, municipality_id, organization_id) = 1",
                        name="event_audience_place",
                    ),
                    CheckConstraint(
                        check="school_class_id IS NULL OR organization_id IS NOT NULL "
                        "AND grade_level IS NULL",
                        name="event_audience_class",
                    ),
                    CheckConstraint(
                        check="grade_level BETWEEN 0 AND 12", name="event_audience_grade_level"
                    ),
                    CheckConstraint(
                        check="role IN ('PUPILS', 'PARENTS', 'TEACHERS', 'STAFF')",
                        name="event_audience_role_known",
                    ),
                ],
                "indexes": [
                    Index(fields=["key", "event_id"], name="event_audience_key"),
                    Index(fields=["organization_id"], name="event_audience_of_organization"),
                    Index(fields=["school_class_id"], name="event_audience_of_class"),
                    Index(fields=["municipality_id"], name="event_audience_of_municipality"),
                    Index(fields=["region_id"], name="event_audience_of_region"),
                ],
                "pk_attr": "id",
                "table_description": "A place that an event is for, and there, if told, a grade "
                "level and a role.",
            },
        ),
        ops.AlterField(
            "EventAudience",
            "organization",
            _reference("Organization", "event_audiences", null=True),
        ),
        ops.AddField("EventAudience", "grade_level", fields.SmallIntField(null=True)),
        ops.AddField("EventAudience", "key", fields.CharField(generated=True, max_length=64)),
        ops.AddField(
            "EventAudience",
            "municipality",
            _reference("Municipality", "event_audiences", null=True),
        ),
        ops.AddField(
            "EventAudience", "region", _reference("Region", "event_audiences", null=True)
        ),
        ops.AddField(
            "EventAudience",
            "role",
            fields.CharEnumField(
                null=True,
                description="PUPILS: PUPILS\nPARENTS: PARENTS\nTEACHERS: TEACHERS\nSTAFF: STAFF",
                enum_type=AudienceRole,
                max_length=32,
            ),
        ),
        ops.AlterModelOptions(
            name="SchoolEvent",
            options={
                "table": "school_event",
                "app": "diary",
                "constraints": [
                    CheckConstraint(
                        check="ends_at IS NULL OR ends_at >= starts_at",
                        name="school_event_in_order",
                    ),
                    CheckConstraint(
                        check="capacity IS NULL OR takes_registrations AND capacity > 0",
                        name="school_event_capacity",
                    ),
                    CheckConstraint(
                        check="registration_closes_at IS NULL OR takes_registrations",
                        name="school_event_registration",
                    ),
                    CheckConstraint(
                        check="cancelled_at IS NULL OR published_at IS NOT NULL",
                        name="school_event_cancelled",
                    ),
                    CheckConstraint(
                        check="cancellation_reason IS NULL OR cancelled_at IS NOT NULL",
                        name="school_event_cancellation",
                    ),
                ],
                "indexes": [
                    Index(fields=["starts_at"], name="school_event_start"),
                    Index(fields=["author_id", "id"], name="school_event_author"),
                    Index(fields=["organization_id"], name="school_event_organization"),
                ],
                "pk_attr": "id",
                "table_description": "Something that is announced: a meeting, a trip, a concert; a "
                "draft until `published_at`.",
            },
        ),
        ops.AlterField("SchoolEvent", "published_at", fields.DatetimeField(null=True)),
        ops.AddField(
            "SchoolEvent",
            "asks_acknowledgement",
            fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            "SchoolEvent", "cancellation_reason", fields.CharField(null=True, max_length=1000)
        ),
        ops.AddField("SchoolEvent", "capacity", fields.IntField(null=True)),
        ops.AddField(
            "SchoolEvent", "organization", _reference("Organization", "events", null=True)
        ),
        ops.RunSQL([*ORGANIZATIONS]),
        ops.AlterField(
            "SchoolEvent", "organization", _reference("Organization", "events", null=False)
        ),
        ops.AddField("SchoolEvent", "registration_closes_at", fields.DatetimeField(null=True)),
        ops.AddField(
            "SchoolEvent",
            "takes_registrations",
            fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField("SchoolEvent", "version", fields.IntField(default=1, db_default=1)),
        ops.RunSQL([KEY, *CONSTRAINTS, AUDIENCE_KEY]),
    ]
