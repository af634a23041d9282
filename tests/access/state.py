"""What stands in the tables that mutations write to, so that two moments can be compared."""

from collections.abc import Collection, Mapping, Sequence

from tortoise.connection import get_connection

from subscriptions import topics

State = Mapping[str, frozenset[str]]
"""The rows of each table, each as JSON."""

# Signing in is audited too, and is left out: it goes before.
_ROWS = """
WITH of_marks AS (SELECT * FROM mark WHERE student_id = ANY($2)),
     of_lessons AS (SELECT * FROM lesson WHERE section_id = ANY($3))
SELECT 'mark' AS name, row_to_json(r)::text AS row FROM of_marks r
UNION ALL SELECT 'mark_revision', row_to_json(r)::text FROM mark_revision r
    WHERE mark_id IN (SELECT id FROM of_marks)
UNION ALL SELECT 'period_mark', row_to_json(r)::text FROM period_mark r WHERE student_id = ANY($2)
UNION ALL SELECT 'retake', row_to_json(r)::text FROM retake r
    WHERE period_mark_id IN (SELECT id FROM period_mark WHERE student_id = ANY($2))
UNION ALL SELECT 'debt_extension', row_to_json(r)::text FROM debt_extension r
    WHERE period_mark_id IN (SELECT id FROM period_mark WHERE student_id = ANY($2))
UNION ALL SELECT 'period_mark_revision', row_to_json(r)::text FROM period_mark_revision r
    WHERE period_mark_id IN (SELECT id FROM period_mark WHERE student_id = ANY($2))
UNION ALL SELECT 'attendance', row_to_json(r)::text FROM attendance r WHERE student_id = ANY($2)
UNION ALL SELECT 'absence_note', row_to_json(r)::text FROM absence_note r
    WHERE student_id = ANY($2)
UNION ALL SELECT 'lesson', row_to_json(r)::text FROM of_lessons r
UNION ALL SELECT 'homework', row_to_json(r)::text FROM homework r
    WHERE lesson_id IN (SELECT id FROM of_lessons)
UNION ALL SELECT 'homework_answer', row_to_json(r)::text FROM homework_answer r
    WHERE student_id = ANY($2)
UNION ALL SELECT 'homework_answer_revision', row_to_json(r)::text FROM homework_answer_revision r
    WHERE answer_id IN (SELECT id FROM homework_answer WHERE student_id = ANY($2))
UNION ALL SELECT 'homework_answer_attachment', row_to_json(r)::text
    FROM homework_answer_attachment r
    WHERE answer_id IN (SELECT id FROM homework_answer WHERE student_id = ANY($2))
UNION ALL SELECT 'journal_lock', row_to_json(r)::text FROM journal_lock r
    WHERE school_class_id IN (SELECT school_class_id FROM of_lessons)
UNION ALL SELECT 'assignment', row_to_json(r)::text FROM assignment r WHERE section_id = ANY($3)
UNION ALL SELECT 'debt_mark', row_to_json(r)::text FROM debt_mark r WHERE student_id = ANY($2)
UNION ALL SELECT 'work_type', row_to_json(r)::text FROM work_type r
    WHERE organization_id IN (
        SELECT organization_id FROM school_class class
        JOIN of_lessons ON of_lessons.school_class_id = class.id
    )
UNION ALL SELECT 'diary_marker', row_to_json(r)::text FROM diary_marker r
    WHERE student_id = ANY($2)
UNION ALL SELECT 'student', row_to_json(r)::text FROM student r WHERE id = ANY($2)
UNION ALL SELECT 'person', row_to_json(r)::text FROM person r
    WHERE id = ANY($4) OR id IN (SELECT person_id FROM student WHERE id = ANY($2))
UNION ALL SELECT 'substitution', row_to_json(r)::text FROM substitution r
    WHERE section_id = ANY($3)
UNION ALL SELECT 'message', row_to_json(r)::text FROM message r WHERE sender_id = ANY($4)
UNION ALL SELECT 'message_receipt', row_to_json(r)::text FROM message_receipt r
    WHERE message_id IN (SELECT id FROM message WHERE sender_id = ANY($4))
UNION ALL SELECT 'school_event', row_to_json(r)::text FROM school_event r
    WHERE author_id = ANY($4)
UNION ALL SELECT 'event_audience', row_to_json(r)::text FROM event_audience r
    WHERE event_id IN (SELECT id FROM school_event WHERE author_id = ANY($4))
UNION ALL SELECT 'event_registration', row_to_json(r)::text FROM event_registration r
    WHERE person_id = ANY($4)
UNION ALL SELECT 'event_acknowledgement', row_to_json(r)::text FROM event_acknowledgement r
    WHERE person_id = ANY($4)
UNION ALL SELECT 'message_report', row_to_json(r)::text FROM message_report r
    WHERE reporter_id = ANY($4)
UNION ALL SELECT 'service_notice', row_to_json(r)::text FROM service_notice r
    WHERE published_by_id = ANY($4)
UNION ALL SELECT 'timetable_entry', row_to_json(r)::text FROM timetable_entry r
    WHERE section_id = ANY($3)
UNION ALL SELECT 'term', row_to_json(r)::text FROM term r
    WHERE school_year_id IN (SELECT id FROM school_year WHERE organization_id = ANY($5))
UNION ALL SELECT 'vacation', row_to_json(r)::text FROM vacation r
    WHERE school_year_id IN (SELECT id FROM school_year WHERE organization_id = ANY($5))
UNION ALL SELECT 'calendar_day', row_to_json(r)::text FROM calendar_day r
    WHERE organization_id = ANY($5)
UNION ALL SELECT 'bell_schedule', row_to_json(r)::text FROM bell_schedule r
    WHERE organization_id = ANY($5)
UNION ALL SELECT 'bell_period', row_to_json(r)::text FROM bell_period r
    WHERE bell_schedule_id IN (SELECT id FROM bell_schedule WHERE organization_id = ANY($5))
UNION ALL SELECT 'bell_day', row_to_json(r)::text FROM bell_day r WHERE organization_id = ANY($5)
UNION ALL SELECT 'room', row_to_json(r)::text FROM room r WHERE organization_id = ANY($5)
UNION ALL SELECT 'change_entry', row_to_json(r)::text FROM change_entry r WHERE topic = ANY($1)
UNION ALL SELECT 'audit_entry', row_to_json(r)::text FROM audit_entry r
    WHERE person_id = ANY($4) AND action NOT LIKE 'session.%'
"""
_TABLES = (
    "mark",
    "mark_revision",
    "period_mark",
    "retake",
    "debt_extension",
    "period_mark_revision",
    "attendance",
    "absence_note",
    "lesson",
    "homework",
    "diary_marker",
    "homework_answer",
    "homework_answer_revision",
    "homework_answer_attachment",
    "journal_lock",
    "assignment",
    "debt_mark",
    "work_type",
    "student",
    "person",
    "substitution",
    "message",
    "message_receipt",
    "message_report",
    "school_event",
    "event_audience",
    "event_registration",
    "event_acknowledgement",
    "service_notice",
    "timetable_entry",
    "term",
    "vacation",
    "calendar_day",
    "bell_schedule",
    "bell_period",
    "bell_day",
    "room",
    "change_entry",
    "audit_entry",
)


async def state_of(
    *,
    schools: Sequence[int],
    students: Sequence[int],
    sections: Sequence[int],
    people: Sequence[int],
) -> State:
    """The rows of these pupils, sections and schools, these people's mail and deeds, all topics."""
    named = [
        *(topics.school(school) for school in schools),
        *{topics.person(person) for person in people},
        topics.EVENTS,
    ]
    rows = await get_connection("default").execute_query_dict(
        _ROWS, [named, students, sections, people, schools]
    )
    return {
        table: frozenset(each["row"] for each in rows if each["name"] == table) for table in _TABLES
    }


def changed(before: State, after: State, *, deleted: Collection[str] = ()) -> dict[str, int]:
    """How many rows of each table are new or no longer what they were.

    None is gone, but for those of the `deleted` tables, of which it is how many are.
    """
    kept = [table for table in _TABLES if table not in deleted]
    assert all(len(after[table]) >= len(before[table]) for table in kept)
    found = {table: len(after[table] - before[table]) for table in kept}
    found |= {table: len(before[table] - after[table]) for table in deleted}
    return {table: count for table, count in found.items() if count}
