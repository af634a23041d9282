"""Reports of messages are heard of."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from models.changes import ChangeArea

_AREAS = (
    *("MARKS", "ATTENDANCE", "HOMEWORK", "LESSONS", "MESSAGES", "RECEIPTS"),
    *("REPORTS", "EVENTS", "NOTICES", "SESSIONS"),
)


class Migration(migrations.Migration):
    """No row changes."""

    dependencies = [("diary", "0029_substitutes_mail")]

    operations = [
        ops.RemoveConstraint("ChangeEntry", name="change_entry_area_known"),
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
                check=f"area IN ({', '.join(f'{area!r}' for area in _AREAS)})",
                name="change_entry_area_known",
            ),
        ),
    ]
