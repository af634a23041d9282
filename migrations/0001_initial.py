"""The tables of every area, with their keys and indexes; constraints follow in 0002."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from models.changes import ChangeArea
from models.classes import ClassKind
from models.curriculum import TermKind
from models.directory import OrganizationKind
from models.fields import LocalTimeField
from models.journal import AttendanceCode, MarkChangeKind, MarkSign
from models.people import GuardianRelation, HealthGroup, Position, Sex
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="ChangeEntry",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("topic", fields.CharField(max_length=64)),
                ("seq", fields.BigIntField()),
                (
                    "area",
                    fields.CharEnumField(
                        description="MARKS: MARKS\nATTENDANCE: ATTENDANCE\nHOMEWORK: HOMEWORK",
                        enum_type=ChangeArea,
                        max_length=32,
                    ),
                ),
                ("kind", fields.CharField(max_length=32)),
                ("row_id", fields.BigIntField()),
                ("student_id", fields.BigIntField(null=True)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "change_entry",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(fields=("topic", "seq"), name="change_entry_seq"),
                    CheckConstraint(
                        check="area IN ('MARKS', 'ATTENDANCE', 'HOMEWORK')",
                        name="change_entry_area_known",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "One committed change: ids only, never a value that somebody might not see.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="ChangeTopic",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("topic", fields.CharField(unique=True, max_length=64)),
                ("last_seq", fields.BigIntField()),
            ],
            options={
                "table": "change_topic",
                "app": "diary",
                "pk_attr": "id",
                "table_description": "The last number given out in one topic.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="ExternalRecord",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("source", fields.CharField(max_length=100)),
                ("kind", fields.CharField(max_length=32)),
                ("sourced_id", fields.CharField(max_length=255)),
                ("row_id", fields.BigIntField()),
                ("digest", fields.CharField(max_length=64)),
            ],
            options={
                "table": "external_record",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("source", "kind", "sourced_id"), name="external_record_id"
                    )
                ],
                "indexes": [Index(fields=["kind", "row_id"], name="external_record_row")],
                "pk_attr": "id",
                "table_description": "A record of another system, the row it became, and the digest of what it said last.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("last_name", fields.CharField(max_length=100)),
                ("first_name", fields.CharField(max_length=100)),
                ("middle_name", fields.CharField(default="", max_length=100)),
                ("full_name", fields.CharField(generated=True, max_length=302)),
                ("birth_date", fields.DateField(null=True)),
                (
                    "sex",
                    fields.CharEnumField(
                        null=True,
                        description="FEMALE: FEMALE\nMALE: MALE",
                        enum_type=Sex,
                        max_length=32,
                    ),
                ),
                ("snils", fields.CharField(null=True, unique=True, max_length=11)),
                ("phone", fields.CharField(null=True, max_length=32)),
                ("email", fields.CharField(null=True, max_length=254)),
            ],
            options={
                "table": "person",
                "app": "diary",
                "constraints": [
                    CheckConstraint(check="sex IN ('FEMALE', 'MALE')", name="person_sex_known"),
                    CheckConstraint(check="snils ~ '^[0-9]{11}$'", name="person_snils_digits"),
                ],
                "pk_attr": "id",
                "table_description": "A human being, once, whatever they are to how many schools.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "person",
                    fields.OneToOneField(
                        "diary.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="account",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("login", fields.CharField(unique=True, max_length=64)),
                ("password_hash", fields.CharField(max_length=200)),
                ("blocked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "account",
                "app": "diary",
                "constraints": [
                    CheckConstraint(check="login = lower(login)", name="account_login_lower")
                ],
                "pk_attr": "id",
                "table_description": "The login of one person; `password_hash` is argon2id's own encoding.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "diary.Person",
                        source_field="person_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="audit_entries",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("roles", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("action", fields.CharField(max_length=64)),
                ("entity", fields.CharField(max_length=64)),
                ("row_id", fields.BigIntField(null=True)),
                ("before", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("after", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("request_id", fields.CharField(max_length=64)),
                ("address", fields.CharField(max_length=45)),
            ],
            options={
                "table": "audit_entry",
                "app": "diary",
                "indexes": [
                    Index(fields=["entity", "row_id"], name="audit_entry_row"),
                    Index(fields=["person_id", "at"], name="audit_entry_person"),
                ],
                "pk_attr": "id",
                "table_description": "One deed; PostgreSQL refuses to change or delete it.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="IdempotentAnswer",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "diary.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="idempotent_answers",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("key", fields.CharField(max_length=200)),
                ("place", fields.CharField(max_length=200)),
                ("digest", fields.CharField(max_length=64)),
                ("values", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "idempotent_answer",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("account_id", "key", "place"), name="idempotent_answer_key"
                    )
                ],
                "indexes": [Index(fields=["at"], name="idempotent_answer_age")],
                "pk_attr": "id",
                "table_description": "What one mutation answered under a key: its payload's ids, and a digest of its input.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "sender",
                    fields.ForeignKeyField(
                        "diary.Person",
                        source_field="sender_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="sent_messages",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("subject", fields.CharField(max_length=300)),
                ("body", fields.TextField(unique=False)),
                ("sent_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "message",
                "app": "diary",
                "constraints": [
                    CheckConstraint(check="length(body) <= 65535", name="message_body_length")
                ],
                "indexes": [Index(fields=["sender_id", "sent_at"], name="message_sender")],
                "pk_attr": "id",
                "table_description": "A message that has been sent; it never changes.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="MessageReceipt",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "message",
                    fields.ForeignKeyField(
                        "diary.Message",
                        source_field="message_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="receipts",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "recipient",
                    fields.ForeignKeyField(
                        "diary.Person",
                        source_field="recipient_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="receipts",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("read_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "message_receipt",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("message_id", "recipient_id"), name="message_receipt_once"
                    )
                ],
                "indexes": [
                    Index(fields=["recipient_id", "message_id"], name="message_receipt_inbox"),
                    Index(fields=["recipient_id", "read_at"], name="message_receipt_unread"),
                ],
                "pk_attr": "id",
                "table_description": "A message in one recipient's inbox, and when it was read.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="Region",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("name", fields.CharField(unique=True, max_length=200)),
            ],
            options={
                "table": "region",
                "app": "diary",
                "pk_attr": "id",
                "table_description": "The region that this deployment serves.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="Municipality",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "region",
                    fields.ForeignKeyField(
                        "diary.Region",
                        source_field="region_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="municipalities",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("name", fields.CharField(max_length=200)),
            ],
            options={
                "table": "municipality",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(fields=("region_id", "name"), name="municipality_name")
                ],
                "pk_attr": "id",
                "table_description": "A municipal or urban district of the region.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="MunicipalityCode",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "municipality",
                    fields.ForeignKeyField(
                        "diary.Municipality",
                        source_field="municipality_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="codes",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("oktmo", fields.CharField(max_length=11)),
                ("valid_from", fields.DateField()),
                ("valid_until", fields.DateField(null=True)),
            ],
            options={
                "table": "municipality_code",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("municipality_id", "valid_from"), name="municipality_code_start"
                    ),
                    CheckConstraint(
                        check="valid_until IS NULL OR valid_until >= valid_from",
                        name="municipality_code_valid_until_in_order",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A municipality's OKTMO code while it held.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="SchoolEvent",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "author",
                    fields.ForeignKeyField(
                        "diary.Person",
                        source_field="author_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="authored_events",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("title", fields.CharField(max_length=300)),
                ("body", fields.TextField(null=True, unique=False)),
                ("place", fields.CharField(null=True, max_length=300)),
                ("starts_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ends_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("published_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "cancelled_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "school_event",
                "app": "diary",
                "constraints": [
                    CheckConstraint(
                        check="ends_at IS NULL OR ends_at >= starts_at",
                        name="school_event_in_order",
                    )
                ],
                "indexes": [Index(fields=["starts_at"], name="school_event_start")],
                "pk_attr": "id",
                "table_description": "Something that a school announces: a meeting, a trip, a holiday concert.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="Session",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "diary.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="sessions",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("address", fields.CharField(default="", max_length=45)),
                ("user_agent", fields.CharField(default="", max_length=300)),
            ],
            options={
                "table": "session",
                "app": "diary",
                "constraints": [
                    CheckConstraint(check="expires_at > created_at", name="session_times_in_order")
                ],
                "indexes": [Index(fields=["account_id"], name="session_account")],
                "pk_attr": "id",
                "table_description": "One signed-in device; it ends by signing out, by reuse of a token, or by its time.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="RefreshToken",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "session",
                    fields.ForeignKeyField(
                        "diary.Session",
                        source_field="session_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="refresh_tokens",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("digest", fields.CharField(unique=True, max_length=64)),
                ("issued_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "refresh_token",
                "app": "diary",
                "indexes": [Index(fields=["session_id"], name="refresh_token_session")],
                "pk_attr": "id",
                "table_description": "One link of a session's chain of refresh tokens; only the SHA-256 of it is kept.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="Settlement",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "municipality",
                    fields.ForeignKeyField(
                        "diary.Municipality",
                        source_field="municipality_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="settlements",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("name", fields.CharField(max_length=200)),
                ("kind", fields.CharField(max_length=8)),
            ],
            options={
                "table": "settlement",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("municipality_id", "name", "kind"), name="settlement_name"
                    )
                ],
                "pk_attr": "id",
                "table_description": "A town or village; `kind` is the usual Russian abbreviation (г, пгт, с, п, д).",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="Organization",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "settlement",
                    fields.ForeignKeyField(
                        "diary.Settlement",
                        source_field="settlement_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="organizations",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        description="PRESCHOOL: PRESCHOOL\nGENERAL: GENERAL\nSUPPLEMENTARY: SUPPLEMENTARY\nVOCATIONAL: VOCATIONAL\nMUNICIPAL_AUTHORITY: MUNICIPAL_AUTHORITY\nREGIONAL_AUTHORITY: REGIONAL_AUTHORITY\nOPERATOR: OPERATOR",
                        enum_type=OrganizationKind,
                        max_length=32,
                    ),
                ),
                ("name", fields.CharField(max_length=300)),
            ],
            options={
                "table": "organization",
                "app": "diary",
                "constraints": [
                    CheckConstraint(
                        check="kind IN ('PRESCHOOL', 'GENERAL', 'SUPPLEMENTARY', 'VOCATIONAL', 'MUNICIPAL_AUTHORITY', 'REGIONAL_AUTHORITY', 'OPERATOR')",
                        name="organization_kind_known",
                    )
                ],
                "indexes": [
                    Index(fields=["settlement_id", "kind"], name="organization_settlement")
                ],
                "pk_attr": "id",
                "table_description": "A school, kindergarten, club, college, education authority or the system's operator.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="BellSchedule",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "diary.Organization",
                        source_field="organization_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="bell_schedules",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("name", fields.CharField(max_length=100)),
            ],
            options={
                "table": "bell_schedule",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(fields=("organization_id", "name"), name="bell_schedule_name")
                ],
                "pk_attr": "id",
                "table_description": "A set of bell times that a school uses on some days (ordinary, shortened).",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="BellPeriod",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "bell_schedule",
                    fields.ForeignKeyField(
                        "diary.BellSchedule",
                        source_field="bell_schedule_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="periods",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("shift", fields.SmallIntField(default=1)),
                ("number", fields.SmallIntField()),
                ("starts_at", LocalTimeField(generated=False, null=False, unique=False)),
                ("ends_at", LocalTimeField(generated=False, null=False, unique=False)),
            ],
            options={
                "table": "bell_period",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("bell_schedule_id", "shift", "number"), name="bell_period_number"
                    ),
                    CheckConstraint(check="ends_at > starts_at", name="bell_period_in_order"),
                ],
                "pk_attr": "id",
                "table_description": "When the n-th lesson of a shift begins and ends.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="Room",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "diary.Organization",
                        source_field="organization_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="rooms",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("name", fields.CharField(max_length=50)),
            ],
            options={
                "table": "room",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(fields=("organization_id", "name"), name="room_name")
                ],
                "pk_attr": "id",
                "table_description": "A room where lessons are held.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="SchoolYear",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "diary.Organization",
                        source_field="organization_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="years",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("name", fields.CharField(max_length=100)),
                ("starts_on", fields.DateField()),
                ("ends_on", fields.DateField()),
            ],
            options={
                "table": "school_year",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("organization_id", "starts_on"), name="school_year_start"
                    ),
                    CheckConstraint(check="ends_on > starts_on", name="school_year_in_order"),
                ],
                "pk_attr": "id",
                "table_description": "An organization's school year; both dates are days of it.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="SchoolClass",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "diary.Organization",
                        source_field="organization_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="classes",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "school_year",
                    fields.ForeignKeyField(
                        "diary.SchoolYear",
                        source_field="school_year_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="classes",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        description="HOMEROOM: HOMEROOM\nGROUP: GROUP",
                        enum_type=ClassKind,
                        max_length=32,
                    ),
                ),
                (
                    "parent",
                    fields.ForeignKeyField(
                        "diary.SchoolClass",
                        source_field="parent_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="groups",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("grade_level", fields.SmallIntField()),
                ("name", fields.CharField(max_length=100)),
                (
                    "homeroom_teacher",
                    fields.ForeignKeyField(
                        "diary.Person",
                        source_field="homeroom_teacher_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="homeroom_classes",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "school_class",
                "app": "diary",
                "constraints": [
                    CheckConstraint(
                        check="kind IN ('HOMEROOM', 'GROUP')", name="school_class_kind_known"
                    ),
                    UniqueConstraint(fields=("school_year_id", "name"), name="school_class_name"),
                    UniqueConstraint(
                        fields=("id", "organization_id", "kind"), name="school_class_identity"
                    ),
                    UniqueConstraint(fields=("id", "organization_id"), name="school_class_place"),
                    CheckConstraint(
                        check="grade_level BETWEEN 0 AND 12", name="school_class_grade_level"
                    ),
                    CheckConstraint(
                        check="parent_id IS NULL OR kind = 'GROUP'", name="school_class_group_of"
                    ),
                ],
                "indexes": [
                    Index(fields=["organization_id"], name="school_class_organization"),
                    Index(fields=["parent_id"], name="school_class_parent"),
                    Index(fields=["homeroom_teacher_id"], name="school_class_homeroom_teacher"),
                ],
                "pk_attr": "id",
                "table_description": "A class (7А) or a teaching group of one school year; a group may belong to a class.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="EventAudience",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "event",
                    fields.ForeignKeyField(
                        "diary.SchoolEvent",
                        source_field="event_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="audiences",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "diary.Organization",
                        source_field="organization_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="event_audiences",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "school_class",
                    fields.ForeignKeyField(
                        "diary.SchoolClass",
                        source_field="school_class_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="event_audiences",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "event_audience",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("event_id", "school_class_id"), name="event_audience_class"
                    ),
                    UniqueConstraint(
                        fields=("event_id", "organization_id"),
                        name="event_audience_organization",
                        condition="school_class_id IS NULL",
                    ),
                ],
                "indexes": [
                    Index(fields=["organization_id"], name="event_audience_of_organization"),
                    Index(fields=["school_class_id"], name="event_audience_of_class"),
                ],
                "pk_attr": "id",
                "table_description": "A school, or one of its classes, that an event is for.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="StaffPost",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "diary.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="posts",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "diary.Organization",
                        source_field="organization_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="posts",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "position",
                    fields.CharEnumField(
                        description="TEACHER: TEACHER\nDEPUTY_HEAD: DEPUTY_HEAD\nHEAD: HEAD\nSCHOOL_ADMINISTRATOR: SCHOOL_ADMINISTRATOR\nLIBRARIAN: LIBRARIAN\nPSYCHOLOGIST: PSYCHOLOGIST\nMUNICIPAL_AUTHORITY: MUNICIPAL_AUTHORITY\nREGIONAL_OPERATOR: REGIONAL_OPERATOR\nSYSTEM_ADMINISTRATOR: SYSTEM_ADMINISTRATOR\nSUPPORT: SUPPORT",
                        enum_type=Position,
                        max_length=32,
                    ),
                ),
                ("valid_from", fields.DateField()),
                ("valid_until", fields.DateField(null=True)),
            ],
            options={
                "table": "staff_post",
                "app": "diary",
                "constraints": [
                    CheckConstraint(
                        check="position IN ('TEACHER', 'DEPUTY_HEAD', 'HEAD', 'SCHOOL_ADMINISTRATOR', 'LIBRARIAN', 'PSYCHOLOGIST', 'MUNICIPAL_AUTHORITY', 'REGIONAL_OPERATOR', 'SYSTEM_ADMINISTRATOR', 'SUPPORT')",
                        name="staff_post_position_known",
                    ),
                    CheckConstraint(
                        check="valid_until IS NULL OR valid_until >= valid_from",
                        name="staff_post_valid_until_in_order",
                    ),
                ],
                "indexes": [
                    Index(fields=["person_id"], name="staff_post_person"),
                    Index(fields=["organization_id", "position"], name="staff_post_organization"),
                ],
                "pk_attr": "id",
                "table_description": "A person holds a post in an organization from `valid_from` until before `valid_until`.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="Student",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "person",
                    fields.OneToOneField(
                        "diary.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="student",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "health_group",
                    fields.CharEnumField(
                        null=True,
                        description="I: I\nII: II\nIII: III\nIV: IV\nV: V",
                        enum_type=HealthGroup,
                        max_length=32,
                    ),
                ),
            ],
            options={
                "table": "student",
                "app": "diary",
                "constraints": [
                    CheckConstraint(
                        check="health_group IN ('I', 'II', 'III', 'IV', 'V')",
                        name="student_health_group_known",
                    )
                ],
                "pk_attr": "id",
                "table_description": "A person as a pupil: the head of the personal file (личное дело).",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="Enrollment",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "student",
                    fields.ForeignKeyField(
                        "diary.Student",
                        source_field="student_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="enrollments",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "school_class",
                    fields.ForeignKeyField(
                        "diary.SchoolClass",
                        source_field="school_class_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="enrollments",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "diary.Organization",
                        source_field="organization_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="enrollments",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        description="HOMEROOM: HOMEROOM\nGROUP: GROUP",
                        enum_type=ClassKind,
                        max_length=32,
                    ),
                ),
                ("valid_from", fields.DateField()),
                ("valid_until", fields.DateField(null=True)),
            ],
            options={
                "table": "enrollment",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("student_id", "school_class_id", "valid_from"),
                        name="enrollment_start",
                    ),
                    CheckConstraint(
                        check="valid_until IS NULL OR valid_until >= valid_from",
                        name="enrollment_valid_until_in_order",
                    ),
                ],
                "indexes": [
                    Index(fields=["school_class_id"], name="enrollment_class"),
                    Index(fields=["organization_id"], name="enrollment_organization"),
                ],
                "pk_attr": "id",
                "table_description": "A pupil belongs to a class from `valid_from` until the day before `valid_until`.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="Guardianship",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "student",
                    fields.ForeignKeyField(
                        "diary.Student",
                        source_field="student_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="guardianships",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "guardian",
                    fields.ForeignKeyField(
                        "diary.Person",
                        source_field="guardian_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="guardianships",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "relation",
                    fields.CharEnumField(
                        description="MOTHER: MOTHER\nFATHER: FATHER\nGRANDPARENT: GRANDPARENT\nGUARDIAN: GUARDIAN\nOTHER: OTHER",
                        enum_type=GuardianRelation,
                        max_length=32,
                    ),
                ),
                ("valid_from", fields.DateField()),
                ("valid_until", fields.DateField(null=True)),
            ],
            options={
                "table": "guardianship",
                "app": "diary",
                "constraints": [
                    CheckConstraint(
                        check="relation IN ('MOTHER', 'FATHER', 'GRANDPARENT', 'GUARDIAN', 'OTHER')",
                        name="guardianship_relation_known",
                    ),
                    CheckConstraint(
                        check="valid_until IS NULL OR valid_until >= valid_from",
                        name="guardianship_valid_until_in_order",
                    ),
                ],
                "indexes": [
                    Index(fields=["student_id"], name="guardianship_student"),
                    Index(fields=["guardian_id"], name="guardianship_guardian"),
                ],
                "pk_attr": "id",
                "table_description": "An adult represents a pupil from `valid_from` until the day before `valid_until`.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="Subject",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("name", fields.CharField(unique=True, max_length=200)),
            ],
            options={
                "table": "subject",
                "app": "diary",
                "pk_attr": "id",
                "table_description": "A subject of the region's common list.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="CourseSection",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "school_class",
                    fields.ForeignKeyField(
                        "diary.SchoolClass",
                        source_field="school_class_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="sections",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "subject",
                    fields.ForeignKeyField(
                        "diary.Subject",
                        source_field="subject_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="sections",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "course_section",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("school_class_id", "subject_id"), name="course_section_subject"
                    ),
                    UniqueConstraint(fields=("id", "school_class_id"), name="course_section_class"),
                ],
                "pk_attr": "id",
                "table_description": "One subject taught to one class or subgroup.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="Lesson",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "section",
                    fields.ForeignKeyField(
                        "diary.CourseSection",
                        source_field="section_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="lessons",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "school_class",
                    fields.ForeignKeyField(
                        "diary.SchoolClass",
                        source_field="school_class_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="lessons",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "teacher",
                    fields.ForeignKeyField(
                        "diary.Person",
                        source_field="teacher_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="lessons",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "room",
                    fields.ForeignKeyField(
                        "diary.Room",
                        source_field="room_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="lessons",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("date", fields.DateField()),
                ("shift", fields.SmallIntField(default=1)),
                ("number", fields.SmallIntField()),
                ("starts_at", LocalTimeField(generated=False, null=False, unique=False)),
                ("ends_at", LocalTimeField(generated=False, null=False, unique=False)),
                ("topic", fields.CharField(null=True, max_length=500)),
            ],
            options={
                "table": "lesson",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("school_class_id", "date", "shift", "number"),
                        name="lesson_class_slot",
                    ),
                    UniqueConstraint(
                        fields=("teacher_id", "date", "shift", "number"), name="lesson_teacher_slot"
                    ),
                    UniqueConstraint(
                        fields=("room_id", "date", "shift", "number"), name="lesson_room_slot"
                    ),
                    UniqueConstraint(fields=("id", "section_id"), name="lesson_section_pair"),
                    CheckConstraint(check="number BETWEEN 0 AND 20", name="lesson_number"),
                    CheckConstraint(check="ends_at > starts_at", name="lesson_in_order"),
                ],
                "indexes": [Index(fields=["section_id", "date"], name="lesson_section")],
                "pk_attr": "id",
                "table_description": "One lesson on one day: a column of the class journal.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="Attendance",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "lesson",
                    fields.ForeignKeyField(
                        "diary.Lesson",
                        source_field="lesson_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="attendance",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "student",
                    fields.ForeignKeyField(
                        "diary.Student",
                        source_field="student_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="attendance",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "code",
                    fields.CharEnumField(
                        description="PRESENT: PRESENT\nABSENT: ABSENT\nABSENT_EXCUSED: ABSENT_EXCUSED\nABSENT_SICK: ABSENT_SICK\nABSENT_UNEXCUSED: ABSENT_UNEXCUSED\nLATE: LATE\nEXEMPT: EXEMPT",
                        enum_type=AttendanceCode,
                        max_length=32,
                    ),
                ),
                ("note", fields.CharField(null=True, max_length=500)),
            ],
            options={
                "table": "attendance",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("lesson_id", "student_id"), name="attendance_lesson_student"
                    ),
                    CheckConstraint(
                        check="code IN ('PRESENT', 'ABSENT', 'ABSENT_EXCUSED', 'ABSENT_SICK', 'ABSENT_UNEXCUSED', 'LATE', 'EXEMPT')",
                        name="attendance_code_known",
                    ),
                ],
                "indexes": [Index(fields=["student_id"], name="attendance_student")],
                "pk_attr": "id",
                "table_description": "A pupil's attendance at one lesson; no row means present.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="Homework",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "lesson",
                    fields.ForeignKeyField(
                        "diary.Lesson",
                        source_field="lesson_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="homework",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("text", fields.CharField(max_length=4000)),
                ("due_on", fields.DateField()),
            ],
            options={
                "table": "homework",
                "app": "diary",
                "indexes": [Index(fields=["lesson_id"], name="homework_lesson")],
                "pk_attr": "id",
                "table_description": "Homework given at a lesson, to be done by a day.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="TeachingAssignment",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "section",
                    fields.ForeignKeyField(
                        "diary.CourseSection",
                        source_field="section_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="assignments",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "teacher",
                    fields.ForeignKeyField(
                        "diary.Person",
                        source_field="teacher_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="teaching_assignments",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("valid_from", fields.DateField()),
                ("valid_until", fields.DateField(null=True)),
            ],
            options={
                "table": "teaching_assignment",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("section_id", "teacher_id", "valid_from"),
                        name="teaching_assignment_start",
                    ),
                    CheckConstraint(
                        check="valid_until IS NULL OR valid_until >= valid_from",
                        name="teaching_assignment_valid_until_in_order",
                    ),
                ],
                "indexes": [Index(fields=["teacher_id"], name="teaching_assignment_teacher")],
                "pk_attr": "id",
                "table_description": "A teacher teaches a section from `valid_from` until before `valid_until` (нагрузка).",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="Term",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "school_year",
                    fields.ForeignKeyField(
                        "diary.SchoolYear",
                        source_field="school_year_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="terms",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("grade_level", fields.SmallIntField()),
                (
                    "kind",
                    fields.CharEnumField(
                        description="QUARTER: QUARTER\nTRIMESTER: TRIMESTER\nSEMESTER: SEMESTER\nOTHER: OTHER",
                        enum_type=TermKind,
                        max_length=32,
                    ),
                ),
                ("number", fields.SmallIntField()),
                ("name", fields.CharField(max_length=100)),
                ("starts_on", fields.DateField()),
                ("ends_on", fields.DateField()),
            ],
            options={
                "table": "term",
                "app": "diary",
                "constraints": [
                    CheckConstraint(
                        check="kind IN ('QUARTER', 'TRIMESTER', 'SEMESTER', 'OTHER')",
                        name="term_kind_known",
                    ),
                    UniqueConstraint(
                        fields=("school_year_id", "grade_level", "kind", "number"),
                        name="term_number",
                    ),
                    CheckConstraint(check="ends_on >= starts_on", name="term_in_order"),
                    CheckConstraint(check="grade_level BETWEEN 0 AND 12", name="term_grade_level"),
                ],
                "pk_attr": "id",
                "table_description": "A grading period of one grade level; both dates are days of it.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="PeriodMark",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "student",
                    fields.ForeignKeyField(
                        "diary.Student",
                        source_field="student_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="period_marks",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "section",
                    fields.ForeignKeyField(
                        "diary.CourseSection",
                        source_field="section_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="period_marks",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "term",
                    fields.ForeignKeyField(
                        "diary.Term",
                        source_field="term_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="period_marks",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("value", fields.SmallIntField(null=True)),
                (
                    "sign",
                    fields.CharEnumField(
                        null=True,
                        description="PASSED: PASSED\nFAILED: FAILED\nEXEMPT: EXEMPT\nNOT_ATTESTED: NOT_ATTESTED",
                        enum_type=MarkSign,
                        max_length=32,
                    ),
                ),
            ],
            options={
                "table": "period_mark",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("student_id", "term_id", "section_id"), name="period_mark_term"
                    ),
                    CheckConstraint(check="value BETWEEN 1 AND 5", name="period_mark_value_scale"),
                    CheckConstraint(
                        check="(value IS NULL) <> (sign IS NULL)", name="period_mark_value_or_sign"
                    ),
                    CheckConstraint(
                        check="sign IN ('PASSED', 'FAILED', 'EXEMPT', 'NOT_ATTESTED')",
                        name="period_mark_sign_known",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A pupil's mark for a term in a section's subject (четвертная отметка).",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="WorkType",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "diary.Organization",
                        source_field="organization_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="work_types",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("code", fields.CharField(max_length=64)),
                ("abbreviation", fields.CharField(max_length=8)),
                ("name", fields.CharField(max_length=200)),
                ("weight", fields.SmallIntField()),
            ],
            options={
                "table": "work_type",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(fields=("organization_id", "code"), name="work_type_code"),
                    CheckConstraint(check="weight > 0", name="work_type_weight"),
                ],
                "pk_attr": "id",
                "table_description": "A kind of work that is marked, with the school's usual weight for it.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="Assignment",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "lesson",
                    fields.ForeignKeyField(
                        "diary.Lesson",
                        source_field="lesson_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="assignments",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "section",
                    fields.ForeignKeyField(
                        "diary.CourseSection",
                        source_field="section_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="assigned_works",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "work_type",
                    fields.ForeignKeyField(
                        "diary.WorkType",
                        source_field="work_type_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="assignments",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("title", fields.CharField(max_length=300)),
                ("due_on", fields.DateField()),
                ("is_mandatory", fields.BooleanField(default=True)),
            ],
            options={
                "table": "assignment",
                "app": "diary",
                "indexes": [
                    Index(fields=["lesson_id"], name="assignment_lesson"),
                    Index(fields=["section_id", "due_on"], name="assignment_due"),
                ],
                "pk_attr": "id",
                "table_description": "A work that pupils hand in or write at a lesson (задание).",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="Mark",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "lesson",
                    fields.ForeignKeyField(
                        "diary.Lesson",
                        source_field="lesson_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="marks",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "student",
                    fields.ForeignKeyField(
                        "diary.Student",
                        source_field="student_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="marks",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "assignment",
                    fields.ForeignKeyField(
                        "diary.Assignment",
                        source_field="assignment_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="marks",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "work_type",
                    fields.ForeignKeyField(
                        "diary.WorkType",
                        source_field="work_type_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="marks",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("value", fields.SmallIntField(null=True)),
                (
                    "sign",
                    fields.CharEnumField(
                        null=True,
                        description="PASSED: PASSED\nFAILED: FAILED\nEXEMPT: EXEMPT\nNOT_ATTESTED: NOT_ATTESTED",
                        enum_type=MarkSign,
                        max_length=32,
                    ),
                ),
                ("weight", fields.SmallIntField()),
                ("comment", fields.CharField(null=True, max_length=1000)),
                ("version", fields.IntField(default=1)),
                ("recorded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("removed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "mark",
                "app": "diary",
                "constraints": [
                    CheckConstraint(check="value BETWEEN 1 AND 5", name="mark_value_scale"),
                    CheckConstraint(
                        check="(value IS NULL) <> (sign IS NULL)", name="mark_value_or_sign"
                    ),
                    CheckConstraint(
                        check="sign IN ('PASSED', 'FAILED', 'EXEMPT', 'NOT_ATTESTED')",
                        name="mark_sign_known",
                    ),
                    CheckConstraint(check="weight > 0", name="mark_weight"),
                    CheckConstraint(check="version > 0", name="mark_version"),
                ],
                "indexes": [
                    Index(fields=["lesson_id", "student_id"], name="mark_lesson_student"),
                    Index(fields=["student_id", "recorded_at", "id"], name="mark_student_recent"),
                    Index(fields=["assignment_id", "student_id"], name="mark_assignment"),
                ],
                "pk_attr": "id",
                "table_description": "One mark of one pupil at one lesson; a removed mark stays, with `removed_at` set.",
            },
            bases=["Record"],
        ),
        ops.CreateModel(
            name="MarkRevision",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "mark",
                    fields.ForeignKeyField(
                        "diary.Mark",
                        source_field="mark_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="history",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("version", fields.IntField()),
                (
                    "kind",
                    fields.CharEnumField(
                        description="RECORDED: RECORDED\nCORRECTED: CORRECTED\nREMOVED: REMOVED",
                        enum_type=MarkChangeKind,
                        max_length=32,
                    ),
                ),
                ("value", fields.SmallIntField(null=True)),
                (
                    "sign",
                    fields.CharEnumField(
                        null=True,
                        description="PASSED: PASSED\nFAILED: FAILED\nEXEMPT: EXEMPT\nNOT_ATTESTED: NOT_ATTESTED",
                        enum_type=MarkSign,
                        max_length=32,
                    ),
                ),
                ("weight", fields.SmallIntField()),
                ("comment", fields.CharField(null=True, max_length=1000)),
                ("reason", fields.CharField(null=True, max_length=1000)),
                (
                    "by",
                    fields.ForeignKeyField(
                        "diary.Person",
                        source_field="by_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="mark_revisions",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "mark_revision",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(fields=("mark_id", "version"), name="mark_revision_version"),
                    CheckConstraint(
                        check="kind IN ('RECORDED', 'CORRECTED', 'REMOVED')",
                        name="mark_revision_kind_known",
                    ),
                    CheckConstraint(
                        check="sign IN ('PASSED', 'FAILED', 'EXEMPT', 'NOT_ATTESTED')",
                        name="mark_revision_sign_known",
                    ),
                    CheckConstraint(
                        check="value BETWEEN 1 AND 5", name="mark_revision_value_scale"
                    ),
                    CheckConstraint(
                        check="(value IS NULL) <> (sign IS NULL)",
                        name="mark_revision_value_or_sign",
                    ),
                    CheckConstraint(check="weight > 0", name="mark_revision_weight"),
                ],
                "pk_attr": "id",
                "table_description": "What a mark was made to at one moment, by whom and why; never changed or deleted.",
            },
            bases=["Record"],
        ),
    ]
