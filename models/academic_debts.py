"""How annual marks are made good: retakes, and days of illness that do not count."""

from tortoise import fields
from tortoise.indexes import Index

from models.fields import Record, check, choice, one_of, reference, unique
from models.journal import MarkSign
from models.people import Person
from models.period_marks import PeriodMark


class Retake(Record):
    """One of the two times that a pupil may retake what an annual mark did not attest."""

    period_mark: fields.ForeignKeyRelation[PeriodMark] = reference("PeriodMark", "retakes")
    period_mark_id: int
    number = fields.SmallIntField()
    held_on = fields.DateField()
    is_by_commission = fields.BooleanField()
    value = fields.SmallIntField(null=True)
    sign: MarkSign | None = choice(MarkSign, null=True)
    by: fields.ForeignKeyRelation[Person] = reference("Person", "retakes_recorded")
    by_id: int
    at = fields.DatetimeField()

    class Meta:
        table = "retake"
        constraints = (
            unique("retake_number", "period_mark_id", "number"),
            check("retake_of_two", "number IN (1, 2)"),
            check("retake_by_commission", "number = 1 OR is_by_commission"),
            check("retake_value_scale", "value BETWEEN 1 AND 5"),
            check("retake_value_or_sign", "(value IS NULL) <> (sign IS NULL)"),
            one_of("retake", "sign", MarkSign),
        )


class DebtExtension(Record):
    """Days of illness that do not count in the year in which a debt is to be made good."""

    period_mark: fields.ForeignKeyRelation[PeriodMark] = reference("PeriodMark", "extensions")
    period_mark_id: int
    days = fields.SmallIntField()
    reason = fields.CharField(max_length=1000)
    by: fields.ForeignKeyRelation[Person] = reference("Person", "debt_extensions")
    by_id: int
    at = fields.DatetimeField()

    class Meta:
        table = "debt_extension"
        constraints = (check("debt_extension_days", "days BETWEEN 1 AND 366"),)
        indexes = (Index(fields=("period_mark_id",), name="debt_extension_mark"),)
