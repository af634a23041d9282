"""A second factor is changed for another without a time in which there is none."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    dependencies = [('diary', '0008_access')]

    initial = False

    operations = [
        ops.AlterModelOptions(
            name='SecondFactor',
            options={'table': 'second_factor', 'app': 'diary', 'constraints': [CheckConstraint(check='(secret_sealed IS NULL) = (confirmed_at IS NULL)', name='second_factor_confirmed'), CheckConstraint(check="secret_sealed LIKE 'v1.%'", name='second_factor_secret_sealed_is_sealed'), CheckConstraint(check="pending_sealed LIKE 'v1.%'", name='second_factor_pending_sealed_is_sealed')], 'pk_attr': 'id', 'table_description': 'A generator of one-time codes (RFC 6238); its secret counts since `confirmed_at`.'},
        ),
        ops.AlterField(
            model_name='SecondFactor',
            name='secret_sealed',
            field=fields.CharField(null=True, max_length=200),
        ),
        ops.AddField(
            model_name='SecondFactor',
            name='pending_sealed',
            field=fields.CharField(null=True, max_length=200),
        ),
        ops.AddConstraint(
            model_name='SecondFactor',
            constraint=CheckConstraint(check='(secret_sealed IS NULL) = (confirmed_at IS NULL)', name='second_factor_confirmed'),
        ),
        ops.AddConstraint(
            model_name='SecondFactor',
            constraint=CheckConstraint(check="pending_sealed LIKE 'v1.%'", name='second_factor_pending_sealed_is_sealed'),
        ),
    ]
