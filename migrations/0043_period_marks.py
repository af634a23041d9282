"""Marks for years, exams and courses beside those for terms, and the history of all."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from models.journal import MarkChangeKind, MarkSign
from models.period_marks import PeriodMarkKind
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

class Migration(migrations.Migration):
    """Every mark that there is stays one for a term."""

    dependencies = [("diary", "0042_works_and_debts")]

    initial = False

    operations = [
        ops.CreateModel(
            name='PeriodMarkRevision',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('period_mark', fields.ForeignKeyField('diary.PeriodMark', source_field='period_mark_id', db_constraint=True, to_field='id', related_name='history', on_delete=OnDelete.RESTRICT)),
                ('version', fields.IntField()),
                ('kind', fields.CharEnumField(description='RECORDED: RECORDED\nCORRECTED: CORRECTED\nREMOVED: REMOVED', enum_type=MarkChangeKind, max_length=32)),
                ('value', fields.SmallIntField(null=True)),
                ('sign', fields.CharEnumField(null=True, description='PASSED: PASSED\nFAILED: FAILED\nEXEMPT: EXEMPT\nNOT_ATTESTED: NOT_ATTESTED', enum_type=MarkSign, max_length=32)),
                ('former_value', fields.SmallIntField(null=True)),
                ('former_sign', fields.CharEnumField(null=True, description='PASSED: PASSED\nFAILED: FAILED\nEXEMPT: EXEMPT\nNOT_ATTESTED: NOT_ATTESTED', enum_type=MarkSign, max_length=32)),
                ('proposed_value', fields.SmallIntField(null=True)),
                ('proposed_sign', fields.CharEnumField(null=True, description='PASSED: PASSED\nFAILED: FAILED\nEXEMPT: EXEMPT\nNOT_ATTESTED: NOT_ATTESTED', enum_type=MarkSign, max_length=32)),
                ('reason', fields.CharField(null=True, max_length=1000)),
                ('by', fields.ForeignKeyField('diary.Person', source_field='by_id', db_constraint=True, to_field='id', related_name='period_mark_revisions', on_delete=OnDelete.RESTRICT)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'period_mark_revision', 'app': 'diary', 'constraints': [UniqueConstraint(fields=('period_mark_id', 'version'), name='period_mark_revision_version'), CheckConstraint(check='value BETWEEN 1 AND 5', name='period_mark_revision_value_scale'), CheckConstraint(check='(value IS NULL) <> (sign IS NULL)', name='period_mark_revision_value_or_sign')], 'pk_attr': 'id', 'table_description': 'What a period mark was made to, from what, by whom and why; never changed or deleted.'},
            bases=['Record'],
        ),
        ops.AlterModelOptions(
            name='PeriodMark',
            options={'table': 'period_mark', 'app': 'diary', 'constraints': [UniqueConstraint(fields=('student_id', 'term_id', 'section_id'), name='period_mark_term'), UniqueConstraint(fields=('student_id', 'section_id', 'kind'), name='period_mark_year', condition='term_id IS NULL'), CheckConstraint(check="kind IN ('TERM', 'ANNUAL', 'EXAM', 'FINAL')", name='period_mark_kind_known'), CheckConstraint(check="(kind = 'TERM') = (term_id IS NOT NULL)", name='period_mark_kind_of_term'), CheckConstraint(check='value BETWEEN 1 AND 5', name='period_mark_value_scale'), CheckConstraint(check='(value IS NULL) <> (sign IS NULL)', name='period_mark_value_or_sign'), CheckConstraint(check="sign IN ('PASSED', 'FAILED', 'EXEMPT', 'NOT_ATTESTED')", name='period_mark_sign_known'), CheckConstraint(check='version > 0', name='period_mark_version')], 'pk_attr': 'id', 'table_description': "A pupil's mark for a term, or for the year of the section's class, in the section's subject."},
        ),
        ops.AlterField(
            model_name='PeriodMark',
            name='term',
            field=fields.ForeignKeyField('diary.Term', source_field='term_id', null=True, db_constraint=True, to_field='id', related_name='period_marks', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='PeriodMark',
            name='kind',
            field=fields.CharEnumField(default=PeriodMarkKind.TERM, description='TERM: TERM\nANNUAL: ANNUAL\nEXAM: EXAM\nFINAL: FINAL', db_default=PeriodMarkKind.TERM, enum_type=PeriodMarkKind, max_length=32),
        ),
        ops.AddField(
            model_name='PeriodMark',
            name='recorded_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='PeriodMark',
            name='version',
            field=fields.IntField(default=1, db_default=1),
        ),
        ops.AddConstraint(
            model_name='PeriodMark',
            constraint=UniqueConstraint(fields=('student_id', 'section_id', 'kind'), name='period_mark_year', condition='term_id IS NULL'),
        ),
        ops.AddConstraint(
            model_name='PeriodMark',
            constraint=CheckConstraint(check="kind IN ('TERM', 'ANNUAL', 'EXAM', 'FINAL')", name='period_mark_kind_known'),
        ),
        ops.AddConstraint(
            model_name='PeriodMark',
            constraint=CheckConstraint(check="(kind = 'TERM') = (term_id IS NOT NULL)", name='period_mark_kind_of_term'),
        ),
        ops.AddConstraint(
            model_name='PeriodMark',
            constraint=CheckConstraint(check='version > 0', name='period_mark_version'),
        ),
    ]
