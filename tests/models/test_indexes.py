"""Every way that a foreign key or a client's question leads has an index, or a reason for none."""

import asyncpg
import pytest

Path = tuple[str, ...]

# Foreign keys without an index of their own: what they refer to is never deleted, and nobody asks
# from that side; an index would only slow down every write.
_WITHOUT = {
    ("absence_alert", "term_id"): "asked for with the pupil; a term stays",
    ("absence_note", "submitted_by_id"): "notes are found by pupil or class, whoever wrote them",
    ("absence_note", "decided_by_id"): "who decided on a note is only shown with it",
    ("debt_mark", "set_by_id"): "debts are found by pupil, lesson or work",
    ("journal_lock", "lifted_by_id"): "who lifted a lock is only shown with it",
    ("journal_lock", "locked_by_id"): "who locked a page is only shown with it",
    ("journal_lock", "subject_id"): "asked for within a class; a subject stays for ever",
    ("journal_lock", "term_id"): "asked for within a class; a term stays for ever",
    ("data_consent", "recorded_by_id"): "who wrote a consent down is only shown with it",
    ("identity_document", "checked_by_id"): "who looked at a paper is only shown with it",
    ("assignment", "work_type_id"): "works are found by lesson or section, never by their type",
    ("course_section", "subject_id"): "asked for within a class; a subject stays for ever",
    (
        "event_registration",
        "registered_by_id",
    ): "found by event or person, whoever did it",
    ("service_notice", "published_by_id"): "there are few, and who wrote one is only shown",
    ("mark", "work_type_id"): "marks are found by lesson or pupil; a work type stays",
    ("mark_revision", "by_id"): "what a person did is asked of the audit trail",
    ("message_draft_recipient", "person_id"): "asked for with the draft alone",
    ("message_report", "resolved_by_id"): "who resolved a report is only shown with it",
    ("period_figure", "subject_id"): "told with the place; a subject stays for ever",
    ("retake", "by_id"): "what a person did is asked of the audit trail",
    ("debt_extension", "by_id"): "what a person did is asked of the audit trail",
    ("period_mark_revision", "by_id"): "what a person did is asked of the audit trail",
    ("period_mark", "term_id"): "asked for with the pupil; a term stays",
}

# The contract's operations, and the columns by which each looks rows up, in the index's order.
_PATHS: dict[str, set[Path]] = {
    "SignInDirectory": {
        ("municipality", "region_id"),
        ("settlement", "municipality_id"),
        ("organization", "settlement_id", "kind"),
    },
    "SignIn": {("account", "login"), ("staff_post", "person_id")},
    "RefreshSession": {("refresh_token", "digest"), ("refresh_token", "session_id")},
    "Viewer": {
        ("account", "person_id"),
        ("student", "person_id"),
        ("guardianship", "guardian_id"),
        ("school_class", "homeroom_teacher_id"),
        ("enrollment", "student_id"),
    },
    "DiaryWeek": {
        ("enrollment", "student_id"),
        ("lesson", "school_class_id", "date", "shift", "number", "set_aside"),
        ("homework", "lesson_id"),
        ("attendance", "lesson_id", "student_id"),
        ("mark", "lesson_id", "student_id"),
    },
    "ParentDashboard": {
        ("message_receipt", "recipient_id", "read_at"),
        ("school_event", "starts_at"),
        ("event_audience", "event_id", "key"),
        ("event_audience", "key", "event_id"),
        ("event_audience", "organization_id"),
        ("mark", "student_id", "recorded_at", "id"),
        ("course_section", "school_class_id", "subject_id"),
        ("assignment", "section_id", "due_on"),
        ("mark", "assignment_id", "student_id"),
    },
    "StudentCard": {("guardianship", "student_id")},
    "MyLessons": {("lesson", "teacher_id", "date", "shift", "number", "set_aside")},
    "ClassTerms": {("term", "school_year_id", "grade_level")},
    "ClassJournal": {
        ("school_class", "parent_id"),
        ("course_section", "school_class_id", "subject_id"),
        ("lesson", "section_id", "date"),
        ("enrollment", "school_class_id"),
        ("attendance", "lesson_id", "student_id"),
        ("mark", "lesson_id", "student_id"),
        ("period_mark", "student_id", "term_id", "section_id"),
    },
    "Reports": {
        ("school_class", "organization_id"),
        ("course_section", "school_class_id", "subject_id"),
        ("period_mark", "section_id"),
        ("period_mark", "student_id", "term_id", "section_id"),
        ("enrollment", "organization_id"),
        ("teaching_assignment", "section_id"),
        ("lesson", "section_id", "date"),
        ("attendance", "lesson_id", "student_id"),
        ("mark", "lesson_id", "student_id"),
        ("period_figure", "organization_id", "school_year"),
    },
    "RecordMark": {("teaching_assignment", "teacher_id"), ("work_type", "organization_id", "code")},
    "CorrectMark": {("mark_revision", "mark_id", "version")},
    "Inbox": {("message_receipt", "recipient_id", "message_id")},
    "Threads": {("message", "thread_id", "id")},
    "SentMessages": {("message", "sender_id", "id")},
    "MessageFolders": {
        ("message_folder", "owner_id", "name"),
        ("message_receipt", "folder_id", "message_id"),
    },
    "MessageDrafts": {
        ("message_draft", "owner_id", "changed_at", "id"),
        ("message_draft_recipient", "draft_id", "person_id"),
    },
    "MessageReports": {
        ("message_report", "organization_id", "id"),
        ("message_report", "message_id", "reporter_id"),
        ("message_report", "reporter_id"),
    },
    "Recipients": {("staff_post", "organization_id"), ("teaching_assignment", "section_id")},
    "MarkMessageRead": {("message_receipt", "message_id", "recipient_id")},
    "MarkChanges, MessageReceived, EventChanges": {("change_entry", "topic", "seq")},
}

# Whole b-trees only: a partial index or an exclusion does not answer every question.
_INDEXES = """
SELECT i.indrelid::regclass::text AS table,
       array_agg(a.attname::text ORDER BY k.position) AS columns
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_am m ON m.oid = c.relam AND m.amname = 'btree'
CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k (attnum, position)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE c.relnamespace = 'public'::regnamespace AND i.indpred IS NULL
GROUP BY i.indexrelid, i.indrelid
"""
_FOREIGN_KEYS = """
SELECT conrelid::regclass::text AS table, attname AS column
FROM pg_constraint
JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
WHERE contype = 'f' AND cardinality(conkey) = 1 AND connamespace = 'public'::regnamespace
"""


@pytest.fixture(scope="module")
async def indexed(database: str) -> set[Path]:
    """Return each table with the columns of each of its indexes, and every beginning of those."""
    connection = await asyncpg.connect(database)
    rows = await connection.fetch(_INDEXES)
    await connection.close()
    return {
        (row["table"], *row["columns"][:length])
        for row in rows
        for length in range(1, len(row["columns"]) + 1)
    }


async def test_every_foreign_key_has_an_index_or_a_reason(
    database: str, indexed: set[Path]
) -> None:
    connection = await asyncpg.connect(database)
    keys = {tuple(row) for row in await connection.fetch(_FOREIGN_KEYS)}
    await connection.close()
    assert keys - indexed == set(_WITHOUT)


@pytest.mark.parametrize("operation", _PATHS)
async def test_every_way_of_the_contract_has_an_index(operation: str, indexed: set[Path]) -> None:
    assert _PATHS[operation] - indexed == set()
