"""The areas of live delivery beyond the journal, and whom alone an entry concerns."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from models.changes import ChangeArea
from tortoise.contrib.postgres.fields import ArrayField
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    """No row changes."""

    dependencies = [('diary', '0016_standing_consent')]

    initial = False

    operations = [
        ops.RemoveConstraint(
            model_name='ChangeEntry',
            name='change_entry_area_known',
            fields=None,
        ),
        ops.AlterField(
            model_name='ChangeEntry',
            name='area',
            field=fields.CharEnumField(description='MARKS: MARKS\nATTENDANCE: ATTENDANCE\nHOMEWORK: HOMEWORK\nLESSONS: LESSONS\nMESSAGES: MESSAGES\nRECEIPTS: RECEIPTS\nEVENTS: EVENTS\nNOTICES: NOTICES\nSESSIONS: SESSIONS', enum_type=ChangeArea, max_length=32),
        ),
        ops.AddField(
            model_name='ChangeEntry',
            name='organizations',
            field=ArrayField(null=True, element_type='BIGINT'),
        ),
        ops.AddField(
            model_name='ChangeEntry',
            name='people',
            field=ArrayField(null=True, element_type='BIGINT'),
        ),
        ops.AddConstraint(
            model_name='ChangeEntry',
            constraint=CheckConstraint(check="area IN ('MARKS', 'ATTENDANCE', 'HOMEWORK', 'LESSONS', 'MESSAGES', 'RECEIPTS', 'EVENTS', 'NOTICES', 'SESSIONS')", name='change_entry_area_known'),
        ),
    ]
