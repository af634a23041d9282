"""Where a recovery was asked for, so that a stranger's does not end the owner's."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('diary', '0009_pending_factor')]

    initial = False

    operations = [
        ops.AddField(
            model_name='PasswordRecovery',
            name='address',
            field=fields.CharField(default='', max_length=45),
        ),
    ]
