"""Which log the numbers of changes are of, so that a cursor of another one is known."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

ONE_ROW = (
    "ALTER TABLE change_epoch ADD CONSTRAINT change_epoch_alone CHECK (id = 1)",
    "INSERT INTO change_epoch (value) VALUES (gen_random_uuid()::text)",
)


class Migration(migrations.Migration):
    """The one row is there from now on."""

    dependencies = [("diary", "0017_live_areas")]

    operations = [
        ops.CreateModel(
            name="ChangeEpoch",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("value", fields.CharField(max_length=36)),
            ],
            options={
                "table": "change_epoch",
                "app": "diary",
                "constraints": [CheckConstraint(check="id = 1", name="change_epoch_alone")],
                "pk_attr": "id",
                "table_description": "One row: which log the numbers are of, for cursors of "
                "another one mean other changes.",
            },
            bases=["Record"],
        ),
        ops.RunSQL([*ONE_ROW]),
    ]
