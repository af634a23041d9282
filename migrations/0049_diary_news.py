"""What is new in a pupil's diary since an account looked into it."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint

# Tortoise makes a new table without its constraints.
ONCE = """
ALTER TABLE diary_marker
ADD CONSTRAINT diary_marker_once UNIQUE (account_id, student_id, topic)
"""

# The topics in which something of the pupil's is told, each with how far the account has seen it.
_SEEN = """
    SELECT school.topic, coalesce(m.seq, 0) AS seq
    FROM (
        SELECT DISTINCT 'school:' || e.organization_id AS topic
        FROM enrollment e WHERE e.student_id = s.id
    ) school
    LEFT JOIN diary_marker m
      ON m.account_id = a.id AND m.student_id = s.id AND m.topic = school.topic
"""
# Whoever asks names one account and one pupil: it is never made for all of them.
DIARY_CHANGE = f"""
CREATE VIEW diary_change AS
SELECT latest.id, a.id AS account_id, s.id AS student_id, latest.area, latest.kind, latest.at,
       CASE WHEN latest.area = 'MARKS' AND latest.kind <> 'REMOVED'
            THEN latest.row_id END AS mark_id,
       CASE WHEN latest.area = 'ATTENDANCE' AND latest.kind <> 'REMOVED'
            THEN latest.row_id END AS attendance_id,
       CASE WHEN latest.area = 'HOMEWORK' AND latest.kind <> 'REMOVED'
            THEN latest.row_id END AS homework_id
FROM student s
CROSS JOIN account a
CROSS JOIN LATERAL (
    SELECT DISTINCT ON (e.area, e.row_id) e.id, e.area, e.kind, e.row_id, e.at
    FROM ({_SEEN}) seen
    JOIN change_entry e ON e.topic = seen.topic AND e.seq > seen.seq
    WHERE e.area IN ('MARKS', 'ATTENDANCE', 'HOMEWORK')
      AND (e.student_id = s.id OR s.id = ANY (e.students))
    ORDER BY e.area, e.row_id, e.seq DESC
) latest
"""
# The log forgets its oldest entries: what follows the marker is whole while the next one is there.
DIARY_NEWS = f"""
CREATE VIEW diary_news AS
SELECT s.id, a.id AS account_id, s.id AS student_id,
       counted.new_mark_count, counted.new_attendance_count, counted.new_homework_count,
       NOT EXISTS (
           SELECT FROM ({_SEEN}) seen
           JOIN change_topic t ON t.topic = seen.topic AND t.last_seq > seen.seq
           WHERE NOT EXISTS (
               SELECT FROM change_entry e WHERE e.topic = seen.topic AND e.seq = seen.seq + 1
           )
       ) AS is_complete
FROM student s
CROSS JOIN account a
CROSS JOIN LATERAL (
    SELECT count(c.mark_id)::int AS new_mark_count,
           count(c.attendance_id)::int AS new_attendance_count,
           count(c.homework_id)::int AS new_homework_count
    FROM diary_change c WHERE c.account_id = a.id AND c.student_id = s.id
) counted
"""


def _reference(to: str, column: str) -> fields.ForeignKeyRelation:
    return fields.ForeignKeyField(
        f"diary.{to}",
        source_field=column,
        db_constraint=True,
        to_field="id",
        related_name="diary_markers",
        on_delete=OnDelete.RESTRICT,
    )


class Migration(migrations.Migration):
    """A new table and two views; no row changes."""

    dependencies = [("diary", "0048_weekly_timetable")]

    operations = [
        ops.CreateModel(
            name="DiaryMarker",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("account", _reference("Account", "account_id")),
                ("student", _reference("Student", "student_id")),
                ("topic", fields.CharField(max_length=64)),
                ("seq", fields.BigIntField()),
            ],
            options={
                "table": "diary_marker",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("account_id", "student_id", "topic"), name="diary_marker_once"
                    )
                ],
                "indexes": [Index(fields=["student_id"], name="diary_marker_student")],
                "pk_attr": "id",
                "table_description": "Up to which change of a topic an account has seen a pupil's "
                "diary; it only moves forward.",
            },
            bases=["Record"],
        ),
        ops.RunSQL([ONCE, DIARY_CHANGE, DIARY_NEWS]),
    ]
