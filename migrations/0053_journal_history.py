"""Marks for years are locked too, locks say why they were lifted, and deeds stand by their lesson."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from models.period_marks import PeriodMarkKind

# What the audit has of it already.
LIFT_REASONS = """
UPDATE journal_lock SET lift_reason = entry.after ->> 'reason'
FROM audit_entry entry
WHERE entry.entity = 'JournalLock' AND entry.row_id = journal_lock.id
  AND entry.action = 'journal.unlocked'
"""

# A page of a year has no term.
ONE_LOCK_A_PAGE = """
CREATE UNIQUE INDEX journal_lock_once
ON journal_lock (school_class_id, subject_id, kind, coalesce(term_id, 0))
WHERE lifted_at IS NULL
"""

LOCKED_PAGE = """
CREATE OR REPLACE VIEW locked_page AS
SELECT k.id, p.section_id, p.term_id, p.starts_on, p.ends_on, k.kind
FROM journal_lock k
JOIN journal_page p
  ON p.school_class_id = k.school_class_id
 AND p.subject_id = k.subject_id
 AND p.term_id = k.term_id
WHERE k.lifted_at IS NULL
UNION ALL
SELECT k.id, s.id, NULL, NULL, NULL, k.kind
FROM course_section s
JOIN school_class c ON c.id = s.school_class_id
JOIN journal_lock k ON k.school_class_id IN (c.id, c.parent_id) AND k.subject_id = s.subject_id
WHERE k.lifted_at IS NULL AND k.term_id IS NULL
"""

GUARD = (
    """
    CREATE OR REPLACE VIEW journal_guard AS
    SELECT NULL::bigint AS id, NULL::bigint AS section_id, NULL::date AS date,
           NULL::bigint AS term_id, NULL::varchar(32) AS kind
    WHERE false
    """,
    """
    CREATE OR REPLACE FUNCTION refuse_where_locked() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock_shared(hashtextextended('journal', NEW.section_id));
        IF EXISTS (
            SELECT FROM locked_page locked WHERE locked.section_id = NEW.section_id
            AND (locked.term_id = NEW.term_id
                 OR NEW.date BETWEEN locked.starts_on AND locked.ends_on
                 OR locked.kind = NEW.kind)
        ) THEN
            RAISE EXCEPTION 'this page of the journal is locked' USING ERRCODE = 'DJ001';
        END IF;
        RETURN NEW;
    END $$
    """,
)

# The audit knows of everything but why marks were changed, which stands in their own history. Their
# numbers are turned below zero, so that none is an audit entry's.
JOURNAL_DEED = """
CREATE VIEW journal_deed AS
SELECT -revision.id AS id, 'MARK' AS kind, revision.mark_id AS row_id, mark.lesson_id, mark.student_id,
       revision.at, revision.by_id, 'mark.' || lower(revision.kind) AS action,
       to_jsonb(former) - ARRAY['id', 'mark_id', 'kind', 'version', 'reason', 'by_id', 'at']
           AS before,
       to_jsonb(revision) - ARRAY['id', 'mark_id', 'kind', 'version', 'reason', 'by_id', 'at']
           AS after,
       revision.reason
FROM mark
JOIN mark_revision revision ON revision.mark_id = mark.id
LEFT JOIN mark_revision former
  ON former.mark_id = revision.mark_id AND former.version = revision.version - 1
UNION ALL
SELECT deed.id, place.kind, deed.row_id, place.lesson_id, place.student_id,
       deed.at, deed.person_id, deed.action,
       deed.before, nullif(deed.after - 'reason', '{}'), deed.after ->> 'reason'
FROM (
    SELECT 'ATTENDANCE' AS kind, 'Attendance' AS entity, id AS row_id, lesson_id, student_id
    FROM attendance
    UNION ALL SELECT 'WORK', 'Assignment', id, lesson_id, NULL FROM assignment
    UNION ALL SELECT 'DEBT', 'DebtMark', id, lesson_id, student_id FROM debt_mark
    UNION ALL SELECT 'HOMEWORK', 'Homework', id, lesson_id, NULL FROM homework
) place
JOIN audit_entry deed ON deed.entity = place.entity AND deed.row_id = place.row_id
UNION ALL
SELECT deed.id, 'TOPIC', deed.row_id, lesson.id, NULL, deed.at, deed.person_id, deed.action,
       deed.before, nullif(deed.after - 'reason', '{}'), deed.after ->> 'reason'
FROM lesson
JOIN audit_entry deed ON deed.entity = 'Lesson' AND deed.row_id = lesson.id
WHERE deed.before ? 'topic'
"""


class Migration(migrations.Migration):
    """Every lock that there is stays one of a term's page."""

    dependencies = [("diary", "0052_timetable_clashes")]

    operations = [
        ops.RunSQL(["DROP INDEX journal_lock_once"]),
        ops.AlterField(
            "JournalLock",
            "term",
            fields.ForeignKeyField(
                "diary.Term",
                source_field="term_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="locks",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            "JournalLock",
            "kind",
            fields.CharEnumField(
                default=PeriodMarkKind.TERM,
                description="TERM: TERM\nANNUAL: ANNUAL\nEXAM: EXAM\nFINAL: FINAL",
                db_default=PeriodMarkKind.TERM,
                enum_type=PeriodMarkKind,
                max_length=32,
            ),
        ),
        ops.AddField("JournalLock", "lift_reason", fields.CharField(null=True, max_length=1000)),
        ops.AddConstraint(
            "JournalLock",
            CheckConstraint(
                check="kind IN ('TERM', 'ANNUAL', 'EXAM', 'FINAL')", name="journal_lock_kind_known"
            ),
        ),
        ops.AddConstraint(
            "JournalLock",
            CheckConstraint(
                check="(kind = 'TERM') = (term_id IS NOT NULL)", name="journal_lock_kind_of_term"
            ),
        ),
        ops.RunSQL([LIFT_REASONS, ONE_LOCK_A_PAGE, LOCKED_PAGE, *GUARD, JOURNAL_DEED]),
    ]
