"""The audit trail as chains of hashes, each entry's school, and what an entry is about."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint

from models.audit import AuditKind

STRANDS = 64

# What entries of the journal were about, for those that were written before schools were named.
SCHOOLS = (
    "ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only",
    """
    UPDATE audit_entry SET organization_id = class.organization_id
    FROM (
        SELECT 'Mark' AS entity, id, lesson_id FROM mark
        UNION ALL SELECT 'Attendance', id, lesson_id FROM attendance
        UNION ALL SELECT 'Homework', id, lesson_id FROM homework
    ) written
    JOIN lesson ON lesson.id = written.lesson_id
    JOIN school_class class ON class.id = lesson.school_class_id
    WHERE written.entity = audit_entry.entity AND written.id = audit_entry.row_id
    """,
    """
    ALTER TABLE audit_entry DROP COLUMN kind, ADD COLUMN kind varchar(32) NOT NULL
    GENERATED ALWAYS AS (upper(split_part(action, '.', 1))) STORED
    """,
    # Its few rows are changed all the time, each beside its former versions.
    "ALTER TABLE audit_strand SET (fillfactor = 10)",
    f"""
    INSERT INTO audit_strand (id, last_number, last_hash)
    SELECT id, 0, '' FROM generate_series(0, {STRANDS} - 1) AS id
    """,
)

# Of the definer's rights, because whoever writes an entry may not touch the strands. Nothing that
# the writer says of place and hash is believed.
CHAIN = f"""
CREATE FUNCTION chain_audit_entry() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    previous bytea;
BEGIN
    NEW.strand := coalesce(NEW.person_id, 0) % {STRANDS};
    SELECT last_number + 1, last_hash INTO STRICT NEW.number, previous
    FROM audit_strand WHERE id = NEW.strand FOR NO KEY UPDATE;
    NEW.hash := sha256(previous || convert_to(json_build_array(
        1, NEW.strand, NEW.number, NEW.id,
        to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        NEW.person_id, NEW.organization_id, NEW.roles, NEW.action, NEW.entity, NEW.row_id,
        NEW.before, NEW.after, NEW.request_id, NEW.address
    )::text, 'UTF8'));
    UPDATE audit_strand SET last_number = NEW.number, last_hash = NEW.hash WHERE id = NEW.strand;
    RETURN NEW;
END $$
"""

# The trigger itself chains what was written before it, in the order of the ids.
CHAINED = (
    """
    CREATE TRIGGER audit_entry_chained BEFORE UPDATE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION chain_audit_entry()
    """,
    """
    DO $$
    DECLARE
        written bigint;
    BEGIN
        FOR written IN SELECT id FROM audit_entry ORDER BY id LOOP
            UPDATE audit_entry SET strand = NULL WHERE id = written;
        END LOOP;
    END $$
    """,
    "DROP TRIGGER audit_entry_chained ON audit_entry",
    """
    CREATE TRIGGER audit_entry_chained BEFORE INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION chain_audit_entry()
    """,
    "ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_append_only",
    """
    CREATE TRIGGER audit_strand_stays BEFORE DELETE OR TRUNCATE ON audit_strand
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)


class Migration(migrations.Migration):
    """Entries that are there already are chained as if they were written now."""

    dependencies = [("diary", "0010_recovery_address")]

    operations = [
        ops.CreateModel(
            name="AuditStrand",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("last_number", fields.BigIntField()),
                ("last_hash", fields.BinaryField()),
            ],
            options={
                "table": "audit_strand",
                "app": "diary",
                "pk_attr": "id",
                "table_description": "The end of one chain: the number and the hash of its last entry.",
            },
            bases=["Record"],
        ),
        ops.AddField(
            "AuditEntry",
            "organization",
            fields.ForeignKeyField(
                "diary.Organization",
                source_field="organization_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="audit_entries",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            "AuditEntry",
            "kind",
            fields.CharEnumField(AuditKind, max_length=32, generated=True, default=AuditKind.MARK),
        ),
        ops.AddField("AuditEntry", "strand", fields.SmallIntField(null=True)),
        ops.AddField("AuditEntry", "number", fields.BigIntField(null=True)),
        ops.AddField("AuditEntry", "hash", fields.BinaryField(null=True)),
        ops.RunSQL([*SCHOOLS, CHAIN, *CHAINED]),
        ops.AlterField("AuditEntry", "strand", fields.SmallIntField()),
        ops.AlterField("AuditEntry", "number", fields.BigIntField()),
        ops.AlterField("AuditEntry", "hash", fields.BinaryField()),
        ops.AddConstraint(
            "AuditEntry",
            UniqueConstraint(fields=("strand", "number"), name="audit_entry_number"),
        ),
        ops.AddIndex("AuditEntry", Index(fields=("organization_id", "at"), name="audit_entry_school")),
        ops.AddIndex("AuditEntry", Index(fields=("kind", "at"), name="audit_entry_kind")),
    ]
