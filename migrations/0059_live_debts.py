"""Works and debts are told live and are news, as is all else that a family waits for."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from models.changes import ChangeArea

_AREAS = (
    *("MARKS", "ATTENDANCE", "HOMEWORK", "LESSONS", "MESSAGES", "RECEIPTS", "REPORTS", "EVENTS"),
    *("NOTICES", "SESSIONS", "FINAL_MARKS", "ABSENCES", "ABSENCE_ALERTS", "ANSWERS"),
    *("WORKS", "DEBTS"),
)

# In the order in which all who write here take their locks: the work, what is owed of it, and at
# the end the log. So the mark's own statement clears the debt before it comes to its topic.
# A work that is held is being taken back, or is owed in a moment: each look is a new one.
SETTLED = (
    "DROP TRIGGER mark_clears_debt ON mark",
    "DROP FUNCTION clear_debt()",
    """
    CREATE FUNCTION settle_debt() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        is_gone boolean;
    BEGIN
        SELECT removed_at IS NOT NULL INTO is_gone FROM assignment
        WHERE id = NEW.assignment_id FOR KEY SHARE;
        IF is_gone THEN
            RAISE EXCEPTION 'the work was taken back' USING ERRCODE = 'DJ002';
        END IF;
        IF NEW.value IS NOT NULL THEN
            UPDATE debt_mark SET cleared_at = now(), is_settled = TRUE
            WHERE assignment_id = NEW.assignment_id AND student_id = NEW.student_id
              AND cleared_at IS NULL;
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER mark_settles_debt BEFORE INSERT ON mark
    FOR EACH ROW WHEN (NEW.assignment_id IS NOT NULL AND NEW.removed_at IS NULL)
    EXECUTE FUNCTION settle_debt()
    """,
    """
    CREATE TRIGGER corrected_mark_settles_debt BEFORE UPDATE OF value ON mark
    FOR EACH ROW WHEN (
        NEW.assignment_id IS NOT NULL AND NEW.removed_at IS NULL
        AND NEW.value IS DISTINCT FROM OLD.value
    )
    EXECUTE FUNCTION settle_debt()
    """,
    """
    CREATE FUNCTION tell_settled_debt() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        told change_topic;
    BEGIN
        INSERT INTO change_topic (topic, last_seq)
        SELECT 'school:' || class.organization_id, 1
        FROM lesson JOIN school_class class ON class.id = lesson.school_class_id
        WHERE lesson.id = NEW.lesson_id
        ON CONFLICT (topic) DO UPDATE SET last_seq = change_topic.last_seq + 1
        RETURNING * INTO told;
        INSERT INTO change_entry (topic, seq, area, kind, row_id, student_id, at)
        VALUES (told.topic, told.last_seq, 'DEBTS', 'SETTLED', NEW.id, NEW.student_id, now());
        RETURN NULL;
    END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER debt_mark_settled_told AFTER UPDATE ON debt_mark
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.is_settled AND NOT OLD.is_settled)
    EXECUTE FUNCTION tell_settled_debt()
    """,
)

# As before, and more columns at the end.
_SEEN = """
    SELECT school.topic, coalesce(m.seq, 0) AS seq
    FROM (
        SELECT DISTINCT 'school:' || e.organization_id AS topic
        FROM enrollment e WHERE e.student_id = s.id
    ) school
    LEFT JOIN diary_marker m
      ON m.account_id = a.id AND m.student_id = s.id AND m.topic = school.topic
"""
_COLUMNS = {
    "mark": ("MARKS", "new_mark_count"),
    "attendance": ("ATTENDANCE", "new_attendance_count"),
    "homework": ("HOMEWORK", "new_homework_count"),
    "homework_answer": ("ANSWERS", "new_homework_answer_count"),
    "period_mark": ("FINAL_MARKS", "new_final_mark_count"),
    "assignment": ("WORKS", "new_assignment_count"),
    "debt": ("DEBTS", "new_debt_count"),
    "absence_note": ("ABSENCES", "new_absence_note_count"),
    "absence_alert": ("ABSENCE_ALERTS", "new_absence_alert_count"),
    "lesson": ("LESSONS", "new_lesson_change_count"),
}
_FORMER = ("mark", "attendance", "homework")
# A note that was taken back stays, and says so.
_SHOWN = ",\n       ".join(
    f"CASE WHEN latest.area = '{area}'"
    + ("" if name == "absence_note" else " AND latest.kind NOT IN ('REMOVED', 'SETTLED')")
    + f"\n            THEN latest.row_id END AS {name}_id"
    for name, (area, _) in _COLUMNS.items()
)
_TOLD = ", ".join(f"'{area}'" for area, _ in _COLUMNS.values())
_COUNTS = {name: count for name, (_, count) in _COLUMNS.items()}
_COUNTED = ",\n           ".join(
    f"count(c.{name}_id)::int AS {count}" for name, count in _COUNTS.items()
)
_FIRST = ", ".join(f"counted.{_COUNTS[name]}" for name in _FORMER)
_LATER = ", ".join(f"counted.{count}" for name, count in _COUNTS.items() if name not in _FORMER)
# What was written down at a lesson (CHANGED) is told by itself; families wait for when it is.
DIARY_CHANGE = f"""
CREATE OR REPLACE VIEW diary_change AS
SELECT latest.id, a.id AS account_id, s.id AS student_id, latest.area, latest.kind, latest.at,
       {_SHOWN}
FROM student s
CROSS JOIN account a
CROSS JOIN LATERAL (
    SELECT DISTINCT ON (e.area, e.row_id) e.id, e.area, e.kind, e.row_id, e.at
    FROM ({_SEEN}) seen
    JOIN change_entry e ON e.topic = seen.topic AND e.seq > seen.seq
    WHERE e.area IN ({_TOLD})
      AND NOT (e.area = 'LESSONS' AND e.kind = 'CHANGED')
      AND (e.student_id = s.id OR s.id = ANY (e.students))
    ORDER BY e.area, e.row_id, e.seq DESC
) latest
"""
DIARY_NEWS = f"""
CREATE OR REPLACE VIEW diary_news AS
SELECT s.id, a.id AS account_id, s.id AS student_id, {_FIRST},
       NOT EXISTS (
           SELECT FROM ({_SEEN}) seen
           JOIN change_topic t ON t.topic = seen.topic AND t.last_seq > seen.seq
           WHERE NOT EXISTS (
               SELECT FROM change_entry e WHERE e.topic = seen.topic AND e.seq = seen.seq + 1
           )
       ) AS is_complete,
       {_LATER}
FROM student s
CROSS JOIN account a
CROSS JOIN LATERAL (
    SELECT {_COUNTED}
    FROM diary_change c WHERE c.account_id = a.id AND c.student_id = s.id
) counted
"""


class Migration(migrations.Migration):
    """No row changes."""

    dependencies = [("diary", "0058_works_of_cancelled_lessons")]

    operations = [
        ops.RemoveConstraint("ChangeEntry", name="change_entry_area_known", fields=None),
        ops.AlterField(
            "ChangeEntry",
            "area",
            fields.CharEnumField(
                description="\n".join(f"{area}: {area}" for area in _AREAS),
                enum_type=ChangeArea,
                max_length=32,
            ),
        ),
        ops.AddConstraint(
            "ChangeEntry",
            CheckConstraint(
                check=f"area IN ({', '.join(repr(area) for area in _AREAS)})",
                name="change_entry_area_known",
            ),
        ),
        ops.AddField(
            "DebtMark", "is_settled", fields.BooleanField(default=False, db_default=False)
        ),
        ops.AddConstraint(
            "DebtMark",
            CheckConstraint(
                check="cleared_at IS NOT NULL OR NOT is_settled", name="debt_mark_settled"
            ),
        ),
        ops.RunSQL([*SETTLED, DIARY_CHANGE, DIARY_NEWS]),
    ]
