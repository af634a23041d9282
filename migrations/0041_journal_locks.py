"""Pages of the journal are locked, and what is written there meanwhile is refused."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

ONE_LOCK_A_PAGE = """
CREATE UNIQUE INDEX journal_lock_once ON journal_lock (school_class_id, subject_id, term_id)
WHERE lifted_at IS NULL
"""

LOCKED_PAGE = """
CREATE VIEW locked_page AS
SELECT k.id, p.section_id, p.term_id, p.starts_on, p.ends_on
FROM journal_lock k
JOIN journal_page p
  ON p.school_class_id = k.school_class_id
 AND p.subject_id = k.subject_id
 AND p.term_id = k.term_id
WHERE k.lifted_at IS NULL
"""

# Whoever locks a page and whoever writes there wait for one another's commit. What a function asks
# for behind the wait is seen as of then, and not as of its statement's beginning.
GUARD = (
    """
    CREATE FUNCTION close_journal(section bigint) RETURNS void LANGUAGE sql AS $$
        SELECT pg_advisory_xact_lock(hashtextextended('journal', section))
    $$
    """,
    """
    CREATE VIEW journal_guard AS
    SELECT NULL::bigint AS id, NULL::bigint AS section_id, NULL::date AS date,
           NULL::bigint AS term_id
    WHERE false
    """,
    """
    CREATE FUNCTION refuse_where_locked() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock_shared(hashtextextended('journal', NEW.section_id));
        IF EXISTS (
            SELECT FROM locked_page locked WHERE locked.section_id = NEW.section_id
            AND (locked.term_id = NEW.term_id
                 OR NEW.date BETWEEN locked.starts_on AND locked.ends_on)
        ) THEN
            RAISE EXCEPTION 'this page of the journal is locked' USING ERRCODE = 'DJ001';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER journal_guarded INSTEAD OF INSERT ON journal_guard
    FOR EACH ROW EXECUTE FUNCTION refuse_where_locked()
    """,
)


def _reference(name: str, model: str, related: str, *, null: bool = False) -> tuple[str, fields.Field]:
    return (
        name,
        fields.ForeignKeyField(
            f"diary.{model}",
            source_field=f"{name}_id",
            null=null,
            db_constraint=True,
            to_field="id",
            related_name=related,
            on_delete=OnDelete.RESTRICT,
        ),
    )


class Migration(migrations.Migration):
    """A new table; no row changes."""

    dependencies = [("diary", "0040_held_lessons")]

    operations = [
        ops.CreateModel(
            name="JournalLock",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                _reference("school_class", "SchoolClass", "locks"),
                _reference("subject", "Subject", "locks"),
                _reference("term", "Term", "locks"),
                ("reason", fields.CharField(max_length=1000)),
                _reference("locked_by", "Person", "locks_set"),
                ("locked_at", fields.DatetimeField()),
                _reference("lifted_by", "Person", "locks_lifted", null=True),
                ("lifted_at", fields.DatetimeField(null=True)),
            ],
            options={
                "table": "journal_lock",
                "app": "diary",
                "indexes": [
                    Index(
                        fields=["school_class_id", "subject_id", "term_id"],
                        name="journal_lock_page",
                    )
                ],
                "pk_attr": "id",
                "table_description": "A page of the journal (class, subject, term) that teachers "
                "write into no more.",
            },
            bases=["Record"],
        ),
        ops.RunSQL([ONE_LOCK_A_PAGE, LOCKED_PAGE, *GUARD]),
    ]
