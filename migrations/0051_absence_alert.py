"""Alerts that somebody misses too much, and the area of the log in which they are heard of."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.changes import ChangeArea

CONSTRAINTS = """
ALTER TABLE absence_alert
ADD CONSTRAINT absence_alert_once UNIQUE (student_id, term_id),
ADD CONSTRAINT absence_alert_beyond CHECK (missed_lessons * 100 > limit_percent * held_lessons)
"""


class Migration(migrations.Migration):
    """A new table; no row changes."""

    dependencies = [("diary", "0050_attendance_counts")]

    initial = False

    operations = [
        ops.CreateModel(
            name='AbsenceAlert',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('student', fields.ForeignKeyField('diary.Student', source_field='student_id', db_constraint=True, to_field='id', related_name='absence_alerts', on_delete=OnDelete.RESTRICT)),
                ('term', fields.ForeignKeyField('diary.Term', source_field='term_id', db_constraint=True, to_field='id', related_name='absence_alerts', on_delete=OnDelete.RESTRICT)),
                ('school_class', fields.ForeignKeyField('diary.SchoolClass', source_field='school_class_id', db_constraint=True, to_field='id', related_name='absence_alerts', on_delete=OnDelete.RESTRICT)),
                ('organization', fields.ForeignKeyField('diary.Organization', source_field='organization_id', db_constraint=True, to_field='id', related_name='absence_alerts', on_delete=OnDelete.RESTRICT)),
                ('missed_lessons', fields.IntField()),
                ('held_lessons', fields.IntField()),
                ('limit_percent', fields.SmallIntField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'absence_alert', 'app': 'diary', 'constraints': [UniqueConstraint(fields=('student_id', 'term_id'), name='absence_alert_once'), CheckConstraint(check='missed_lessons * 100 > limit_percent * held_lessons', name='absence_alert_beyond')], 'indexes': [Index(fields=['student_id', 'id'], name='absence_alert_student'), Index(fields=['school_class_id', 'id'], name='absence_alert_class'), Index(fields=['organization_id'], name='absence_alert_organization')], 'pk_attr': 'id', 'table_description': "That a pupil missed more of a term's lessons than the school lets pass; once a term."},
            bases=['Record'],
        ),
        ops.RemoveConstraint(
            model_name='ChangeEntry',
            name='change_entry_area_known',
            fields=None,
        ),
        ops.AlterField(
            model_name='ChangeEntry',
            name='area',
            field=fields.CharEnumField(description='MARKS: MARKS\nATTENDANCE: ATTENDANCE\nHOMEWORK: HOMEWORK\nLESSONS: LESSONS\nMESSAGES: MESSAGES\nRECEIPTS: RECEIPTS\nREPORTS: REPORTS\nEVENTS: EVENTS\nNOTICES: NOTICES\nSESSIONS: SESSIONS\nFINAL_MARKS: FINAL_MARKS\nABSENCES: ABSENCES\nABSENCE_ALERTS: ABSENCE_ALERTS\nANSWERS: ANSWERS', enum_type=ChangeArea, max_length=32),
        ),
        ops.AddConstraint(
            model_name='ChangeEntry',
            constraint=CheckConstraint(check="area IN ('MARKS', 'ATTENDANCE', 'HOMEWORK', 'LESSONS', 'MESSAGES', 'RECEIPTS', 'REPORTS', 'EVENTS', 'NOTICES', 'SESSIONS', 'FINAL_MARKS', 'ABSENCES', 'ABSENCE_ALERTS', 'ANSWERS')", name='change_entry_area_known'),
        ),
        ops.RunSQL([CONSTRAINTS]),
    ]
