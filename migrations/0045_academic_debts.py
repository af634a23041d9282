"""How annual marks are made good: retakes, and days of illness that do not count."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from models.journal import MarkSign
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

CONSTRAINTS = (
    """
    ALTER TABLE retake
    ADD CONSTRAINT retake_number UNIQUE (period_mark_id, number),
    ADD CONSTRAINT retake_of_two CHECK (number IN (1, 2)),
    ADD CONSTRAINT retake_by_commission CHECK (number = 1 OR is_by_commission),
    ADD CONSTRAINT retake_value_scale CHECK (value BETWEEN 1 AND 5),
    ADD CONSTRAINT retake_value_or_sign CHECK ((value IS NULL) <> (sign IS NULL)),
    ADD CONSTRAINT retake_sign_known
        CHECK (sign IN ('PASSED', 'FAILED', 'EXEMPT', 'NOT_ATTESTED'))
    """,
    """
    ALTER TABLE debt_extension
    ADD CONSTRAINT debt_extension_days CHECK (days BETWEEN 1 AND 366)
    """,
)


class Migration(migrations.Migration):
    """New tables; no row changes."""

    dependencies = [("diary", "0044_proposals")]

    initial = False

    operations = [
        ops.CreateModel(
            name='DebtExtension',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('period_mark', fields.ForeignKeyField('diary.PeriodMark', source_field='period_mark_id', db_constraint=True, to_field='id', related_name='extensions', on_delete=OnDelete.RESTRICT)),
                ('days', fields.SmallIntField()),
                ('reason', fields.CharField(max_length=1000)),
                ('by', fields.ForeignKeyField('diary.Person', source_field='by_id', db_constraint=True, to_field='id', related_name='debt_extensions', on_delete=OnDelete.RESTRICT)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'debt_extension', 'app': 'diary', 'constraints': [CheckConstraint(check='days BETWEEN 1 AND 366', name='debt_extension_days')], 'indexes': [Index(fields=['period_mark_id'], name='debt_extension_mark')], 'pk_attr': 'id', 'table_description': 'Days of illness that do not count in the year in which a debt is to be made good.'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='Retake',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('period_mark', fields.ForeignKeyField('diary.PeriodMark', source_field='period_mark_id', db_constraint=True, to_field='id', related_name='retakes', on_delete=OnDelete.RESTRICT)),
                ('number', fields.SmallIntField()),
                ('held_on', fields.DateField()),
                ('is_by_commission', fields.BooleanField()),
                ('value', fields.SmallIntField(null=True)),
                ('sign', fields.CharEnumField(null=True, description='PASSED: PASSED\nFAILED: FAILED\nEXEMPT: EXEMPT\nNOT_ATTESTED: NOT_ATTESTED', enum_type=MarkSign, max_length=32)),
                ('by', fields.ForeignKeyField('diary.Person', source_field='by_id', db_constraint=True, to_field='id', related_name='retakes_recorded', on_delete=OnDelete.RESTRICT)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'retake', 'app': 'diary', 'constraints': [UniqueConstraint(fields=('period_mark_id', 'number'), name='retake_number'), CheckConstraint(check='number IN (1, 2)', name='retake_of_two'), CheckConstraint(check='number = 1 OR is_by_commission', name='retake_by_commission'), CheckConstraint(check='value BETWEEN 1 AND 5', name='retake_value_scale'), CheckConstraint(check='(value IS NULL) <> (sign IS NULL)', name='retake_value_or_sign'), CheckConstraint(check="sign IN ('PASSED', 'FAILED', 'EXEMPT', 'NOT_ATTESTED')", name='retake_sign_known')], 'pk_attr': 'id', 'table_description': 'One of the two times that a pupil may retake what an annual mark did not attest.'},
            bases=['Record'],
        ),
        ops.RunSQL([*CONSTRAINTS]),
    ]
