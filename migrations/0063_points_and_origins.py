"""Exams of a hundred points, and marks that a pupil brings from another school."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

_ONE_OF_THREE = "num_nonnulls(value, sign, points) = 1"
_NEW = {
    "PeriodMark": ("points", "carried_from"),
    "PeriodMarkRevision": ("points", "carried_from", "former_points", "former_carried_from"),
}


def _field(name):
    if name.endswith("points"):
        return fields.SmallIntField(null=True)
    return fields.CharField(null=True, max_length=300)


def _add(model, table, *checks):
    """The columns of a table, and what holds for them."""
    return [
        *(ops.AddField(model, name, _field(name)) for name in _NEW[model]),
        ops.RemoveConstraint(model, name=f"{table}_value_or_sign", fields=None),
        *(
            ops.AddConstraint(model, CheckConstraint(check=check, name=f"{table}_{name}"))
            for name, check in (("value_or_sign", _ONE_OF_THREE), *checks)
        ),
    ]


class Migration(migrations.Migration):
    """Every mark that there is stays as it is."""

    dependencies = [("diary", "0062_class_days_by_class")]

    operations = [
        *_add(
            "PeriodMark",
            "period_mark",
            ("points", "points IS NULL OR kind = 'EXAM' AND points BETWEEN 0 AND 100"),
            ("carried", "carried_from IS NULL OR kind = 'TERM'"),
        ),
        *_add(
            "PeriodMarkRevision",
            "period_mark_revision",
            ("points", "points BETWEEN 0 AND 100"),
        ),
    ]
