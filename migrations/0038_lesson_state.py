"""Lessons that were cancelled or moved; nothing is written into the journal of a cancelled one."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.fields import MadeNumberField

_SLOT = ("date", "shift", "number", "set_aside")
_TAKEN_BY = {
    "lesson_class_slot": "school_class_id",
    "lesson_teacher_slot": "teacher_id",
    "lesson_room_slot": "room_id",
}
_COLUMNS = {
    "cancelled_at": fields.DatetimeField(null=True),
    "cancellation_reason": fields.CharField(max_length=1000, null=True),
    "moved_from_date": fields.DateField(null=True),
    "moved_from_shift": fields.SmallIntField(null=True),
    "moved_from_number": fields.SmallIntField(null=True),
    "set_aside": MadeNumberField(
        generated=True, made_of="CASE WHEN cancelled_at IS NULL THEN 0 ELSE id END"
    ),
}

# It runs behind the checks of keys, which wait for whoever is cancelling the lesson, and sees what
# they have committed; once for each statement, so that whole journals are still copied quickly.
NOT_CANCELLED = (
    """
    CREATE FUNCTION refuse_at_cancelled_lessons() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM made JOIN lesson ON lesson.id = made.lesson_id
            WHERE lesson.cancelled_at IS NOT NULL
        ) THEN
            RAISE EXCEPTION 'the lesson was cancelled' USING
                ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
        END IF;
        RETURN NULL;
    END $$
    """,
    *(
        f"""
        CREATE TRIGGER {table}_at_lesson_held AFTER INSERT ON {table}
        REFERENCING NEW TABLE AS made
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_at_cancelled_lessons()
        """
        for table in ("mark", "attendance")
    ),
)

# The same as before, and four columns more at its end.
DIARY_ENTRY = """
CREATE OR REPLACE VIEW diary_entry AS
SELECT l.id, e.student_id, l.id AS lesson_id, l.section_id, l.teacher_id, l.room_id,
       l.date, l.shift, l.number, l.starts_at, l.ends_at, l.topic,
       l.cancelled_at, l.cancellation_reason, l.moved_from_date, l.moved_from_number
FROM enrollment e
JOIN lesson l
  ON l.school_class_id = e.school_class_id
 AND l.date >= e.valid_from
 AND (e.valid_until IS NULL OR l.date < e.valid_until)
"""


class Migration(migrations.Migration):
    """Every lesson that is there takes place as it was planned."""

    dependencies = [("diary", "0037_report_lists")]

    operations = [
        *(ops.RemoveConstraint("Lesson", name=name) for name in _TAKEN_BY),
        *(ops.AddField("Lesson", name, column) for name, column in _COLUMNS.items()),
        *(
            ops.AddConstraint("Lesson", UniqueConstraint(fields=(key, *_SLOT), name=name))
            for name, key in _TAKEN_BY.items()
        ),
        ops.AddConstraint(
            "Lesson",
            CheckConstraint(
                check="(cancelled_at IS NULL) = (cancellation_reason IS NULL)",
                name="lesson_cancelled_for_a_reason",
            ),
        ),
        ops.AddConstraint(
            "Lesson",
            CheckConstraint(
                check="num_nulls(moved_from_date, moved_from_shift, moved_from_number) IN (0, 3)",
                name="lesson_moved_from_slot",
            ),
        ),
        ops.RunSQL([*NOT_CANCELLED, DIARY_ENTRY]),
    ]
